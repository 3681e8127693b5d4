"""Bases of the images for a machine that reaches Debian's packages but no registry of images.

``python -m scripts.images.local_bases`` (as root, with debootstrap and podman) makes three and
says how they are called:

- ``bellwether-base``: Debian 12, what ``debian:12-slim`` is made of as well;
- ``bellwether-node``: the same with this machine's Node.js and npm, for building the page;
- ``bellwether-postgres``: the same with Debian's PostgreSQL and the few variables and folders of
  the official image that the compose file uses. It stands in for that image in tests alone.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SUITE = "bookworm"
MIRROR = "http://deb.debian.org/debian"
BASE = f"localhost/bellwether-base:{SUITE}"
NODE = f"localhost/bellwether-node:{SUITE}"
POSTGRES = f"localhost/bellwether-postgres:{SUITE}"
STEP_SECONDS = 1_200


class NoBase(Exception):
    """A base could not be made; one sentence says why."""


def main() -> int:
    try:
        make_bases()
    except NoBase as problem:
        print(problem, file=sys.stderr)
        return 1
    print(f"BASE_IMAGE={BASE}\nNODE_IMAGE={NODE}\nPOSTGRES_IMAGE={POSTGRES}")
    return 0


def make_bases() -> None:
    """All three; those that take long only where they are not there already.

    Raises
    ------
    NoBase
    """
    if not has_image(BASE):
        with tempfile.TemporaryDirectory() as folder:
            _bootstrap(Path(folder) / "root")
            _import(Path(folder) / "root", BASE)
    if not has_image(NODE):
        with tempfile.TemporaryDirectory() as folder:
            recipe, root = Path(folder) / "Dockerfile", Path(folder) / "root"
            recipe.write_text(f"FROM {BASE}\nCOPY . /\n")
            _lay_node_out(root)
            _build_upon_base(recipe, root, NODE)
    # Its sources are in this repository: built anew each time, which costs nothing unchanged.
    sources = ROOT / "tests/images/postgres"
    _build_upon_base(sources / "Dockerfile", sources, POSTGRES)


def find_tool(name: str) -> str:
    """Where a program is.

    Raises
    ------
    NoBase
    """
    path = shutil.which(name)
    if path is None:
        raise NoBase(f"{name} is needed to make bases; install it from Debian's packages.")
    return path


def has_image(name: str) -> bool:
    """Whether podman has an image of that name."""
    command = [find_tool("podman"), "image", "exists", name]
    result = subprocess.run(command, timeout=60, check=False)
    return result.returncode == 0


def _bootstrap(folder: Path) -> None:
    _run([find_tool("debootstrap"), "--variant=minbase", SUITE, str(folder), MIRROR])
    for cached in (folder / "var/cache/apt/archives").glob("*.deb"):
        cached.unlink()
    for cached in (folder / "var/lib/apt/lists").glob("*_*"):
        cached.unlink()


def _import(folder: Path, name: str) -> None:
    pack = subprocess.Popen(
        [find_tool("tar"), "-C", str(folder), "-c", "."], stdout=subprocess.PIPE
    )
    result = subprocess.run(
        [find_tool("podman"), "import", "-", name],
        stdin=pack.stdout,
        capture_output=True,
        text=True,
        timeout=STEP_SECONDS,
    )
    if pack.wait(timeout=60) != 0 or result.returncode != 0:
        raise NoBase(f"{name} could not be imported: {result.stderr.strip()}")


def _lay_node_out(folder: Path) -> None:
    """This machine's Node.js and npm in the places where an image has them."""
    node = Path(find_tool("node")).resolve()
    modules = Path(find_tool("npm")).resolve().parents[1]
    (folder / "usr/local/bin").mkdir(parents=True)
    shutil.copy2(node, folder / "usr/local/bin/node")
    shutil.copytree(modules, folder / "usr/local/lib/node_modules/npm", symlinks=True)
    for command in ("npm", "npx"):
        link = folder / "usr/local/bin" / command
        link.symlink_to(f"../lib/node_modules/npm/bin/{command}-cli.js")


def _build_upon_base(recipe: Path, context: Path, name: str) -> None:
    flags = shlex.split(os.environ.get("CONTAINER_FLAGS", ""))
    _run(
        [
            *(find_tool("podman"), "build", "--format", "docker", *flags),
            *("--build-arg", f"BASE_IMAGE={BASE}"),
            *("--file", str(recipe), "--tag", name, str(context)),
        ]
    )


def _run(command: list[str]) -> None:
    try:
        result = subprocess.run(command, capture_output=True, text=True, timeout=STEP_SECONDS)
    except subprocess.TimeoutExpired:
        raise NoBase(f"`{command[0]}` took longer than {STEP_SECONDS} s.") from None
    if result.returncode != 0:
        lines = (result.stdout + result.stderr).strip().splitlines()[-8:]
        raise NoBase(f"`{' '.join(command[:3])} …` failed:\n" + "\n".join(lines))


if __name__ == "__main__":
    sys.exit(main())
