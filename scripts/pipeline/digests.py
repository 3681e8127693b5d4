"""``python -m scripts.pipeline.digests``: what the playbook needs to know of the pushed images."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from scripts.images.builder import SERVING
from scripts.pipeline.release import current_commit, read_pushed
from scripts.pipeline.step import ROOT, StepFailed, exit_status, results_folder


def write_digests(environment: Mapping[str, str], checkout: Path = ROOT) -> None:
    """Variables for `make deploy`: the registry and a digest of each image.

    Raises
    ------
    StepFailed
        Where an image of the commit was not pushed, or one is of another commit.
    """
    folder = results_folder(environment)
    pushed = read_pushed(folder / "release")
    missing = [name for name in SERVING if name not in pushed]
    if missing:
        raise StepFailed(f"No build of this commit pushed {', '.join(missing)}: nothing to deploy.")
    commit = current_commit(checkout)
    for image in pushed.values():
        if not commit.startswith(image.tag):
            raise StepFailed(f"{image.name} is of {image.tag}, and checked out is {commit}.")
    places = {str(PurePosixPath(image.repository).parent) for image in pushed.values()}
    if len(places) != 1:
        raise StepFailed(f"The images lie in several places: {', '.join(sorted(places))}.")
    variables = {
        "bellwether_registry": places.pop(),
        "bellwether_digests": {name: image.digest for name, image in sorted(pushed.items())},
    }
    # JSON is YAML.
    (folder / "images.yml").write_text(json.dumps(variables, indent=2) + "\n")
    print(f"{folder / 'images.yml'} names {', '.join(sorted(pushed))}")


if __name__ == "__main__":
    sys.exit(exit_status(lambda: write_digests(os.environ)))
