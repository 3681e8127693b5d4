"""Find a Chromium for the browser tests, or install one where that is possible."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from scripts.stack.supervise import REPOSITORY

INSTALL_SECONDS = 600

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
_APPLICATIONS = (
    "Chromium.app/Contents/MacOS/Chromium",
    "Google Chrome.app/Contents/MacOS/Google Chrome",
)
_PLAYWRIGHT_CACHES = (".cache/ms-playwright", "Library/Caches/ms-playwright")
_IN_PLAYWRIGHT_CACHE = (
    "chromium-*/chrome-linux*/chrome",
    "chromium-*/chrome-mac*/*.app/Contents/MacOS/*",
)


def find_chromium() -> Path | None:
    """A Chromium or Chrome of this machine; ``CHROMIUM_PATH`` comes first."""
    named = os.environ.get("CHROMIUM_PATH")
    if named:
        return Path(named) if os.access(named, os.X_OK) else None
    on_path = (shutil.which(name) for name in _NAMES)
    applications = (Path("/Applications") / name for name in _APPLICATIONS)
    found = [
        *(Path(path) for path in on_path if path),
        *(path for path in applications if path.exists()),
        *_in_playwright_cache(),
    ]
    return found[0] if found else None


def find_or_install_chromium() -> Path | None:
    """As `find_chromium`, installing one where there is none: Playwright's, else Debian's."""
    attempts: tuple[Callable[[], None], ...] = (_install_playwrights, _install_debians)
    found = find_chromium()
    for install in attempts:
        if found is not None:
            break
        install()
        found = find_chromium()
    return found


def _in_playwright_cache() -> list[Path]:
    named = os.environ.get("PLAYWRIGHT_BROWSERS_PATH")
    caches = [Path(named)] if named else [Path.home() / cache for cache in _PLAYWRIGHT_CACHES]
    found = [path for cache in caches for name in _IN_PLAYWRIGHT_CACHE for path in cache.glob(name)]
    return sorted((path for path in found if os.access(path, os.X_OK)), reverse=True)


def _install_playwrights() -> None:
    node = shutil.which("node")
    if node is not None:
        cli = "node_modules/@playwright/test/cli.js"
        _attempt([node, cli, "install", "chromium"], REPOSITORY / "frontend")


def _install_debians() -> None:
    apt = shutil.which("apt-get")
    if apt is not None and os.geteuid() == 0:
        _attempt([apt, "update", "-qq"], REPOSITORY)
        _attempt([apt, "install", "-y", "-qq", "--no-install-recommends", "chromium"], REPOSITORY)


def _attempt(command: list[str], directory: Path) -> None:
    """Run `command`; that it did not work shows in what is found afterwards."""
    print("Trying to install Chromium:", " ".join(command), file=sys.stderr, flush=True)
    try:
        subprocess.run(
            command,
            cwd=directory,
            env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            timeout=INSTALL_SECONDS,
        )
    except subprocess.TimeoutExpired:
        print(f"Gave up after {INSTALL_SECONDS} s.", file=sys.stderr, flush=True)
