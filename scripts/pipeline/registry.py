"""``python -m scripts.pipeline.registry NAME …``: push images, and note by which digest.

``REGISTRY`` and ``NAMESPACE`` name the place, ``REGISTRY_USER`` and ``REGISTRY_PASSWORD`` who
pushes. The password goes to the engine's standard input and lies in a folder of this run alone,
which is removed in the end. ``EXTRA_TAGS`` are further tags beside the commit's.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from scripts.images.builder import IMAGES, SERVING, Builder, NotBuilt, builder_of
from scripts.pipeline.release import DIGEST, PushedImage, short_commit
from scripts.pipeline.step import (
    ROOT,
    StepFailed,
    exit_status,
    need,
    results_folder,
    run_captured,
)

PUSH_SECONDS = 1_800
_GIT_SECONDS = 60
TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}")
MAIN = "origin/main"


def push_images(
    names: Sequence[str], environment: Mapping[str, str], checkout: Path = ROOT
) -> None:
    """Push images of the commit that is checked out, if it is one of main.

    Raises
    ------
    StepFailed
    """
    unknown = set(names) - set(SERVING)
    if unknown:
        raise StepFailed(f"There is no image {', '.join(sorted(unknown))} to push.")
    registry = need(environment, "REGISTRY").rstrip("/")
    user, password = need(environment, "REGISTRY_USER"), need(environment, "REGISTRY_PASSWORD")
    tags = environment.get("EXTRA_TAGS", "").split()
    for tag in tags:
        if not TAG.fullmatch(tag):
            raise StepFailed(f"EXTRA_TAGS: {tag!r} is no tag.")
    refuse_other_branches(checkout)
    try:
        builder = replace(builder_of(environment), tag=short_commit(checkout))
    except NotBuilt as problem:
        raise StepFailed(str(problem)) from None
    with tempfile.TemporaryDirectory(prefix="bellwether-registry-") as folder:
        engine = Engine(builder.engine, Path(folder), environment)
        # What stands before the first slash is the host; the rest is a path within it.
        host = registry.split("/")[0]
        engine.run(["login", "--username", user, "--password-stdin", host], stdin=password)
        for name in names:
            _push(name, builder, engine, tags, results_folder(environment) / "release")


def refuse_other_branches(folder: Path) -> None:
    """Only what is on main is pushed, whatever the branch of a build is called.

    Raises
    ------
    StepFailed
    """
    command = ["git", "merge-base", "--is-ancestor", "HEAD", MAIN]
    if run_captured(command, _GIT_SECONDS, folder).returncode != 0:
        raise StepFailed(f"This commit is not on {MAIN}: its images are not pushed.")


class Engine:
    """docker or podman, with credentials of its own.

    Parameters
    ----------
    program : str
        Name or path.
    folder : pathlib.Path
        Where it keeps what a log-in leaves.
    environment : mapping
        Handed on to it, without the password.
    """

    def __init__(self, program: str, folder: Path, environment: Mapping[str, str]) -> None:
        self.is_podman = Path(program).name == "podman"
        self._program = program
        self._folder = folder
        kept = {name: it for name, it in environment.items() if name != "REGISTRY_PASSWORD"}
        own = {"DOCKER_CONFIG": str(folder), "REGISTRY_AUTH_FILE": str(folder / "auth.json")}
        self._environment = {**kept, **own}

    def run(self, arguments: Sequence[str], stdin: str = "") -> str:
        """Run a command and give its output.

        Raises
        ------
        StepFailed
        """
        command = [self._program, *arguments]
        result = run_captured(command, PUSH_SECONDS, ROOT, self._environment, stdin)
        if result.returncode != 0:
            raise StepFailed(f"`{self._program} {arguments[0]}` failed: {result.stderr.strip()}")
        return result.stdout

    def push(self, reference: str) -> str:
        """Push an image and give the digest that the registry has it by.

        Raises
        ------
        StepFailed
        """
        repository = reference.rpartition(":")[0]
        if self.is_podman:
            noted = self._folder / "digest"
            self.run(["push", "--digestfile", str(noted), reference])
            digest = noted.read_text().strip()
        else:
            self.run(["push", "--quiet", reference])
            form = "{{range .RepoDigests}}{{println .}}{{end}}"
            known = self.run(["image", "inspect", "--format", form, reference]).split()
            own = [one for one in known if one.startswith(f"{repository}@")]
            digest = own[0].rpartition("@")[2] if own else ""
        if not DIGEST.fullmatch(digest):
            raise StepFailed(f"The registry's digest of {reference} could not be had.")
        return digest


def _push(name: str, builder: Builder, engine: Engine, tags: Sequence[str], release: Path) -> None:
    reference = builder.reference(IMAGES[name])
    digest = engine.push(reference)
    repository, _, tag = reference.rpartition(":")
    for extra in tags:
        engine.run(["tag", reference, f"{repository}:{extra}"])
        engine.push(f"{repository}:{extra}")
    PushedImage(name, repository, tag, digest).write(release)
    print(f"{reference} is {digest}")


def main() -> int:
    parser = argparse.ArgumentParser(prog="make push")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(SERVING)}")
    names = parser.parse_args().names or SERVING
    return exit_status(lambda: push_images(names, os.environ))


if __name__ == "__main__":
    sys.exit(main())
