"""``python -m scripts.pipeline.release``: which commit a chain of builds is about.

The first pipeline writes the commit down, the others find the folder that it left and refuse to
work on anything else, so that all four build, test and deploy the same. Runs on the standard
library alone: it comes before the set-up.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from scripts.pipeline.step import ROOT, StepFailed, exit_status, results_folder, run_read

SCHEMA_VERSION = 1
COMMIT = re.compile(r"[0-9a-f]{40}")
BRANCH = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]*")
DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


@dataclass(frozen=True)
class PushedImage:
    """An image as a registry has it.

    Attributes
    ----------
    name : str
        ``model``, ``backend`` or ``frontend``.
    repository : str
        Registry and path, without a tag.
    tag : str
        Its commit, shortened.
    digest : str
        ``sha256:…``
    """

    name: str
    repository: str
    tag: str
    digest: str
    schema_version: int = SCHEMA_VERSION

    def write(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        text = json.dumps(asdict(self), indent=2, sort_keys=True)
        (folder / f"{self.name}.json").write_text(text + "\n")


def read_pushed(folder: Path) -> dict[str, PushedImage]:
    """The images that the builds of a chain pushed, by name.

    Raises
    ------
    StepFailed
        Where a record is of another form.
    """
    images = {}
    for path in sorted(folder.glob("*.json")):
        try:
            image = PushedImage(**json.loads(path.read_text()))
        except (TypeError, ValueError):
            raise StepFailed(f"{path.name} is no record of an image.") from None
        if image.schema_version != SCHEMA_VERSION or not DIGEST.fullmatch(image.digest):
            raise StepFailed(f"{path.name} is no record of an image, or one of another version.")
        images[image.name] = image
    return images


def current_commit(folder: Path = ROOT) -> str:
    """The commit that is checked out."""
    return run_read(["git", "rev-parse", "HEAD"], folder=folder).strip()


def short_commit(folder: Path = ROOT) -> str:
    """The same as the tag of an image."""
    return run_read(["git", "rev-parse", "--short=12", "HEAD"], folder=folder).strip()


def record_release(environment: Mapping[str, str], folder: Path = ROOT) -> None:
    """Write commit and branch down, or hold the checkout against what is written.

    Raises
    ------
    StepFailed
        Where another commit is checked out than the one that the chain is about.
    """
    release = results_folder(environment) / "release"
    commit = current_commit(folder)
    written = release / "commit"
    if written.exists():
        wanted = written.read_text().strip()
        if not COMMIT.fullmatch(wanted):
            raise StepFailed(f"{written} holds no commit.")
        if wanted != commit:
            raise StepFailed(f"Checked out is {commit}, and the chain is about {wanted}.")
    else:
        branch = environment.get("BRANCH") or "main"
        if not BRANCH.fullmatch(branch):
            raise StepFailed(f"{branch!r} is no name of a branch.")
        release.mkdir(parents=True, exist_ok=True)
        (release / "branch").write_text(f"{branch}\n")
        written.write_text(f"{commit}\n")
    print(f"Commit {commit} of {(release / 'branch').read_text().strip()}")


if __name__ == "__main__":
    sys.exit(exit_status(lambda: record_release(os.environ)))
