"""``python -m tests.e2e``: Playwright's tests against the three real services.

The arguments are handed on to Playwright. Where no Chromium can be had, the tests are skipped
with one line; where ``CI`` is set, that is a failure.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from scripts.browser import find_or_install_chromium
from scripts.stack.supervise import REPOSITORY
from scripts.stack.trial import trial_stack
from tests.e2e.agents import prepare_agents
from tests.e2e.local_yahoo import serve_yahoo
from tests.market_data import market_data_folder

TEST_SECONDS = 1200


def main(arguments: list[str]) -> int:
    chromium = find_or_install_chromium()
    if chromium is None:
        print("### BROWSER TESTS SKIPPED: no Chromium here, and none could be installed. ###")
        print("### Install one, or name it: CHROMIUM_PATH=/path/to/chromium make test-e2e ###")
        return 1 if os.environ.get("CI") else 0
    with tempfile.TemporaryDirectory(prefix="bellwether-e2e-") as folder:
        state_dir = Path(folder)
        prepare_agents(state_dir / "agents")
        with (
            serve_yahoo(market_data_folder()) as yahoo_url,
            trial_stack(state_dir, {"BACKEND_YAHOO_URL": yahoo_url}) as trial,
        ):
            environment = {
                **os.environ,
                "BASE_URL": trial.page_url,
                "GATEWAY_URL": trial.gateway_url,
                "MODEL_URL": trial.model_url,
                "CHROMIUM_PATH": str(chromium),
                "BELLWETHER_DATA": str(market_data_folder()),
            }
            npm = shutil.which("npm") or "npm"
            return subprocess.run(
                [npm, "run", "e2e", "--", *arguments],
                cwd=REPOSITORY / "frontend",
                env=environment,
                stdin=subprocess.DEVNULL,
                timeout=TEST_SECONDS,
            ).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
