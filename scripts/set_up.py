"""Make what is needed to run and test Bellwether in this folder, and nothing outside of it.

``python scripts/set_up.py`` makes ``.venv`` with both services, installs the page's packages
and builds the page. Each step is skipped where its inputs have not changed since it last
succeeded; the proof is a hash kept in ``.venv`` or ``node_modules``, so that deleting those is
enough to start afresh. Runs on the standard library alone: it is what installs the rest.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import platform
import re
import shutil
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable, Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
FRONTEND = ROOT / "frontend"
NODE_MODULES = FRONTEND / "node_modules"
LOWEST_NODE = (20, 19)
STEP_SECONDS = 1800

_BUILD_INPUTS = ("src", "public", "index.html", "package-lock.json", "*.json", "*.ts", "*.js")


class SetUpFailed(Exception):
    """A step failed; the message is one sentence that says what to do."""


def main() -> int:
    try:
        with (ROOT / "Makefile").open() as lock:
            # Two set-ups at once in one folder would overwrite each other's work.
            fcntl.flock(lock, fcntl.LOCK_EX)
            set_up()
    except SetUpFailed as failure:
        print(failure, file=sys.stderr)
        return 1
    return 0


def set_up() -> None:
    """All steps, each only where it is due."""
    node = find_node()
    step(
        "Installing the Python packages (some minutes the first time)",
        VENV / "bin" / "bellwether",
        VENV / ".set-up",
        digest([ROOT / "constraints.txt", *ROOT.glob("*_service/pyproject.toml")])
        # An environment does not survive a move of its folder or of its Python.
        + digest_text(development_group(), str(ROOT), platform.python_version()),
        install_python_packages,
    )
    step(
        "Installing the page's packages",
        NODE_MODULES / "vite" / "package.json",
        NODE_MODULES / ".set-up",
        digest([FRONTEND / "package.json", FRONTEND / "package-lock.json"]) + digest_text(node),
        lambda: execute(["npm", "ci", "--no-audit", "--no-fund"], FRONTEND),
    )
    step(
        "Building the page",
        FRONTEND / "dist" / "index.html",
        NODE_MODULES / ".built",
        digest(page_sources()) + digest_text(node),
        lambda: execute(["npm", "run", "build"], FRONTEND),
    )


def step(title: str, product: Path, stamp: Path, wanted: str, make: Callable[[], None]) -> None:
    """Run `make` unless `product` is there and `stamp` says it was made of the inputs `wanted`."""
    if product.exists() and stamp.exists() and stamp.read_text() == wanted:
        return
    print(f"{title} …", flush=True)
    started = time.monotonic()
    make()
    stamp.write_text(wanted)
    print(f"  done in {time.monotonic() - started:.0f} s", flush=True)


def install_python_packages() -> None:
    """A virtual environment with both services (editable) and the development group.

    Two extras come along, because tests need them: of FinBERT, which they export a small model of,
    and of S3, which they run a server of.
    """
    if not _is_usable(PYTHON):
        execute([sys.executable, "-m", "venv", "--clear", str(VENV)])
    pip = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    # `--group` came with pip 25.1, later than what some Pythons bring along.
    execute([*pip, "--upgrade", "pip"])
    services = ["-e", "model_service[finbert,ray,s3]", "-e", "backend_service"]
    execute([*pip, "-c", "constraints.txt", *services, "--group", "dev"])


def find_node() -> str:
    """The version of the Node.js on the path, such as `v20.19.0`.

    Raises
    ------
    SetUpFailed
        Where it, or npm, is missing or too old.
    """
    wanted = ".".join(map(str, LOWEST_NODE))
    node = shutil.which("node")
    if node is None or shutil.which("npm") is None:
        raise SetUpFailed(
            f"Bellwether needs Node.js {wanted} or newer with npm, and there is none on the path; "
            "see https://nodejs.org."
        )
    version = subprocess.run([node, "--version"], capture_output=True, text=True, timeout=60)
    numbers = re.match(r"v(\d+)\.(\d+)\.", version.stdout)
    if numbers is None or (int(numbers[1]), int(numbers[2])) < LOWEST_NODE:
        raise SetUpFailed(
            f"Bellwether needs Node.js {wanted} or newer, and this one is "
            f"{version.stdout.strip() or 'unreadable'}; see https://nodejs.org."
        )
    return version.stdout.strip()


def development_group() -> str:
    """The development dependencies alone: other tool settings do not need an installation."""
    groups = tomllib.loads((ROOT / "pyproject.toml").read_text())["dependency-groups"]
    return "\n".join(groups["dev"])


def page_sources() -> list[Path]:
    """All files that the built page is made of."""
    matches = [match for pattern in _BUILD_INPUTS for match in FRONTEND.glob(pattern)]
    files = [file for match in matches for file in ([match, *match.rglob("*")])]
    return sorted({file for file in files if file.is_file()})


def digest(files: Iterable[Path]) -> str:
    """SHA-256 of names and contents."""
    content = hashlib.sha256()
    for file in sorted(files):
        content.update(str(file.relative_to(ROOT)).encode() + b"\0")
        content.update(hashlib.sha256(file.read_bytes()).digest())
    return content.hexdigest()


def digest_text(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def execute(command: list[str], directory: Path = ROOT) -> None:
    """Run `command`; its output is shown only where it fails."""
    environment = {**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1", "CI": "1"}
    result = subprocess.run(
        command,
        cwd=directory,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=STEP_SECONDS,
    )
    if result.returncode != 0:
        raise SetUpFailed(
            f"{result.stdout}\n`{' '.join(command)}` failed in {directory} with exit code "
            f"{result.returncode}; its output stands above."
        )


def _is_usable(python: Path) -> bool:
    """Whether an environment is there, works, and was made for this folder."""
    script = VENV / "bin" / "pip"
    if not python.exists() or not script.exists():
        return False
    if str(VENV) not in script.read_text().splitlines()[0]:
        return False
    command = [str(python), "-c", "import pip"]
    return subprocess.run(command, capture_output=True, timeout=60).returncode == 0


if __name__ == "__main__":
    sys.exit(main())
