"""Write the dashboards, or check that they are as they would be written."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from scripts.dashboards.layout import Dashboard, as_json
from scripts.dashboards.logs import LOGS
from scripts.dashboards.platform import PLATFORM
from scripts.dashboards.pods import PODS
from scripts.dashboards.trading import TRADING

FOLDER = Path(__file__).resolve().parents[2] / "observability/grafana/dashboards"
DASHBOARDS = (PLATFORM, PODS, TRADING, LOGS)


def main() -> int:
    """Exit status 1 where a dashboard is not as it would be written."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing")
    check = parser.parse_args().check
    stale = [one.uid for one in DASHBOARDS if not is_written(one, FOLDER)]
    if check:
        for uid in stale:
            print(f"{uid}.json is not what `python -m scripts.dashboards` writes.", file=sys.stderr)
        return 1 if stale else 0
    FOLDER.mkdir(parents=True, exist_ok=True)
    for one in DASHBOARDS:
        path_of(one, FOLDER).write_text(render(one), encoding="utf-8")
    return 0


def path_of(dashboard: Dashboard, folder: Path) -> Path:
    """File of a dashboard."""
    return folder / f"{dashboard.uid}.json"


def render(dashboard: Dashboard) -> str:
    """Text of its file."""
    return json.dumps(as_json(dashboard), indent=2, ensure_ascii=False) + "\n"


def is_written(dashboard: Dashboard, folder: Path) -> bool:
    """Whether its file holds what would be written."""
    path = path_of(dashboard, folder)
    return path.exists() and path.read_text(encoding="utf-8") == render(dashboard)


if __name__ == "__main__":
    sys.exit(main())
