"""Refuse files that name the machine they were written on.

``python -m scripts.machine_names`` reads every tracked and every new text file. A path or host
of one machine in the repository is a path that no other machine has.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

from scripts.stack.supervise import REPOSITORY

# Written in pieces, so that this file is no hit of its own. Packages' addresses in lock files
# are those of the public registry; any other host there is a mirror of one machine. PyTorch's own
# index is the one place from which its build for the processor comes.
_BEFORE = r"(?<![\w.~<>})-])/"
PATTERNS = {
    "a working folder": re.compile(_BEFORE + r"(?:work|workspace|mnt|scratch)/" + r"\w"),
    "a temporary folder": re.compile(_BEFORE + r"(?:var/)?tmp/" + r"\w"),
    "a home folder": re.compile(_BEFORE + r"(?:root|home/[a-z]\w*|Users/[A-Z]\w*)/" + r"[\w.]"),
    "a folder of packages": re.compile(_BEFORE + r"opt/(?!homebrew)" + r"\w"),
    "a Python of one machine": re.compile(r"\." + r"pyenv/versions/"),
    "a private registry": re.compile(
        r'"resolved": "https?://(?!registry\.npmjs\.org/)|'
        + r"--(?:extra-)?index-url[= ]\S*://(?!download\.pytorch\.org/)"
    ),
}

OF_CONTAINERS = ("a temporary folder", "a folder of packages")
"""Places that each container has for itself: files that describe containers may name them."""
CONTAINER_FILES = re.compile(
    r"(?:.*/)?(?:Dockerfile|docker-compose\.yml)$|frontend/nginx/|deploy/k8s/|tests/(?:images|deploy)/"
)


def main() -> int:
    hits = [hit for file in tracked_files() for hit in hits_in(file, REPOSITORY)]
    for hit in hits:
        print(hit)
    if hits:
        print(f"{len(hits)} lines name one machine; the repository has to run on any.")
    return 1 if hits else 0


def tracked_files() -> list[Path]:
    """Tracked and new files that are not ignored and still exist."""
    git = shutil.which("git")
    if git is None:
        sys.exit("git is needed to list the repository's files, and there is none on the path.")
    names = subprocess.run(
        [git, "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=REPOSITORY,
        capture_output=True,
        check=True,
        timeout=60,
    ).stdout.split(b"\0")
    files = [REPOSITORY / name.decode() for name in names if name]
    return [file for file in files if file.is_file()]


def hits_in(file: Path, root: Path) -> list[str]:
    """`path below root:line: what` for each line that names a machine; none for a binary file."""
    content = file.read_bytes()
    if b"\0" in content:
        return []
    path = file.relative_to(root)
    patterns = {
        what: pattern
        for what, pattern in PATTERNS.items()
        if what not in OF_CONTAINERS or not CONTAINER_FILES.match(path.as_posix())
    }
    return [
        f"{path}:{number}: {what}: {line.strip()[:120]}"
        for number, line in enumerate(content.decode(errors="replace").splitlines(), start=1)
        for what, pattern in patterns.items()
        if pattern.search(line)
    ]


if __name__ == "__main__":
    sys.exit(main())
