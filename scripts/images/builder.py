"""The images of Bellwether and the commands that build them."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILD_SECONDS = 3_600


class NotBuilt(Exception):
    """An image could not be built; one sentence says why."""


@dataclass(frozen=True)
class Image:
    """One image: what it is called and which stage of which Dockerfile it is."""

    name: str
    dockerfile: str
    stage: str = "serving"


IMAGES = {
    "model": Image("bellwether/model", "model_service/Dockerfile"),
    "backend": Image("bellwether/backend", "backend_service/Dockerfile"),
    "frontend": Image("bellwether/frontend", "frontend/Dockerfile"),
    "export": Image("bellwether/model-export", "model_service/Dockerfile", "export"),
    "ray": Image("bellwether/model-ray", "model_service/Dockerfile", "ray"),
}
SERVING = ("model", "backend", "frontend")
"""Those of the three services, which are built where none is named."""

_ARGUMENTS = ("BASE_IMAGE", "NODE_IMAGE", "TORCH_INDEX")
"""Arguments of the Dockerfiles that are taken from the environment where they are set."""

_MAY_BE_EMPTY = "TORCH_INDEX"
"""Says something when it is empty: no further index is asked."""


@dataclass(frozen=True)
class Builder:
    """A container engine and what it is told.

    Attributes
    ----------
    engine : str
        ``docker`` or ``podman``.
    flags : tuple of str
        Further arguments of ``build``, for hosts that need some.
    registry : str
        In front of the names, with a slash at its end; empty for this machine alone.
    namespace : str
        In the place of ``bellwether`` in the names: a registry may give each user one place.
    tag : str
    commit : str
        Git commit, part of every passport; empty where there is none.
    arguments : mapping
        Build arguments beside the commit.
    """

    engine: str
    flags: tuple[str, ...]
    registry: str
    tag: str
    commit: str
    namespace: str = "bellwether"
    arguments: Mapping[str, str] = field(default_factory=dict)

    def reference(self, image: Image) -> str:
        """The full name of an image."""
        name = f"{self.namespace}/{image.name.removeprefix('bellwether/')}"
        return f"{self.registry}{name}:{self.tag}"

    def command(self, image: Image) -> list[str]:
        """The command that builds an image."""
        arguments = {"GIT_COMMIT": self.commit, **self.arguments}
        # podman would leave health checks out of an image of its own format.
        form = ["--format", "docker"] if Path(self.engine).name == "podman" else []
        return [
            *(self.engine, "build", *form, *self.flags),
            *("--file", image.dockerfile, "--target", image.stage),
            *(part for item in arguments.items() for part in ("--build-arg", "=".join(item))),
            *("--tag", self.reference(image), "."),
        ]

    def build(self, image: Image) -> None:
        """Build an image; its output goes to the terminal.

        Raises
        ------
        NotBuilt
        """
        try:
            result = subprocess.run(self.command(image), cwd=ROOT, timeout=BUILD_SECONDS)
        except subprocess.TimeoutExpired:
            raise NotBuilt(f"{image.name} took longer than {BUILD_SECONDS} s to build.") from None
        if result.returncode != 0:
            raise NotBuilt(f"{image.name} could not be built; the output above says why.")


def builder_of(environment: Mapping[str, str]) -> Builder:
    """A builder as the environment says.

    ``CONTAINER`` names the engine (default: docker, else podman), ``CONTAINER_FLAGS`` further
    arguments of its ``build``, ``REGISTRY``, ``NAMESPACE`` and ``TAG`` the names, ``GIT_COMMIT``
    the commit.

    Raises
    ------
    NotBuilt
        Where there is no engine.
    """
    engine = environment.get("CONTAINER") or shutil.which("docker") or shutil.which("podman")
    if engine is None or shutil.which(engine) is None:
        raise NotBuilt("Neither docker nor podman is on the path; CONTAINER names another.")
    registry = environment.get("REGISTRY", "").rstrip("/")
    return Builder(
        engine=engine,
        flags=tuple(shlex.split(environment.get("CONTAINER_FLAGS", ""))),
        registry=f"{registry}/" if registry else "",
        namespace=environment.get("NAMESPACE") or "bellwether",
        tag=environment.get("TAG", "dev"),
        commit=environment.get("GIT_COMMIT") or _current_commit(),
        arguments={
            name: environment[name]
            for name in _ARGUMENTS
            if environment.get(name) or (name == _MAY_BE_EMPTY and name in environment)
        },
    )


def _current_commit() -> str:
    """The short commit of the checkout; empty where files differ from it or there is no Git."""
    git = shutil.which("git")
    if git is None:
        return ""
    status = subprocess.run(
        [git, "status", "--porcelain", "--untracked-files=no"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, "LC_ALL": "C"},
    )
    if status.returncode != 0 or status.stdout.strip():
        return ""
    commit = subprocess.run(
        [git, "rev-parse", "--short=12", "HEAD"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    )
    return commit.stdout.strip()
