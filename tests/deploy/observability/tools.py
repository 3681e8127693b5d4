"""promtool and amtool, as Debian's packages prometheus and prometheus-alertmanager bring them."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

_SECONDS = 110


def run(tool: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Output and error stream together; without the tool nothing would be proved."""
    path = shutil.which(tool)
    if path is None:
        package = {"promtool": "prometheus", "amtool": "prometheus-alertmanager"}[tool]
        pytest.fail(f"{tool} is missing: apt-get install {package}")
    return subprocess.run(
        [path, *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=_SECONDS,
        check=False,
    )
