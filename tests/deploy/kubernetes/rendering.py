"""Renders overlays with components, as a deploy does: with a kustomization above them."""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from uuid import uuid4

import yaml

from tests.deploy.kubernetes.objects import Object, Rendering

ROOT = Path(__file__).resolve().parents[3]
MANIFESTS = ROOT / "deploy" / "k8s"
DASHBOARDS = "observability/grafana/dashboards"
"""The component `monitoring` takes them from there."""
TOOLS = ROOT / ".venv-deploy" / "bin"

OVERLAYS = ("minikube", "production")
COMPONENTS = ("finbert", "ray", "keda", "monitoring", "external-postgres", "s3")
"""In the order in which a deploy lists them: what adds first, what takes away last."""

REGISTRY = "registry.example.org/bellwether"
DIGEST = f"sha256:{'5e' * 32}"
RELEASED_IMAGES = (
    *(f"bellwether/{name}" for name in ("backend", "frontend", "model")),
    "bellwether/model-export",
    "bellwether/model-ray",
    "docker.io/library/postgres",
)

# A process that ends at once need not tidy up, and there are many: saves a third of the time.
_SHORT_LIVED = {"GOGC": "off", "GOMAXPROCS": "1"}
_RENDER_SECONDS = 30
_AT_ONCE = 3


@dataclass(frozen=True)
class Combination:
    """An overlay with components; without an overlay, the base alone."""

    overlay: str | None
    components: tuple[str, ...] = ()

    def __str__(self) -> str:
        return "+".join((self.overlay or "base", *self.components))

    def kustomization(self) -> dict[str, Any]:
        """What stands above it where it is deployed."""
        content: dict[str, Any] = {
            "apiVersion": "kustomize.config.k8s.io/v1beta1",
            "kind": "Kustomization",
            "resources": [f"../../overlays/{self.overlay}" if self.overlay else "../../base"],
            "components": [f"../../components/{name}" for name in self.components],
        }
        if self.overlay == "production":
            content["images"] = [
                {
                    "name": name,
                    "newName": f"{REGISTRY}/{name.rpartition('/')[2]}",
                    "digest": DIGEST,
                }
                for name in RELEASED_IMAGES
            ]
        return content


def all_combinations() -> list[Combination]:
    """The base, and each overlay with each set of components."""
    sets = [
        chosen
        for count in range(len(COMPONENTS) + 1)
        for chosen in itertools.combinations(COMPONENTS, count)
    ]
    return [Combination(None), *(Combination(o, c) for o in OVERLAYS for c in sets)]


class RenderingFailed(Exception):
    """kustomize refused; its text is what it said."""


class Workshop:
    """A copy of the manifests, in which a test may change files and render.

    Parameters
    ----------
    folder : Path
        Where the copy is put.
    """

    def __init__(self, folder: Path) -> None:
        self.manifests = folder / "deploy" / "k8s"
        shutil.copytree(MANIFESTS, self.manifests)
        shutil.copytree(ROOT / DASHBOARDS, folder / DASHBOARDS)

    def render(
        self, combination: Combination, kustomization: dict[str, Any] | None = None
    ) -> Rendering:
        """The objects of a combination, or of another kustomization in the place of its own.

        Raises
        ------
        RenderingFailed
        """
        folder = self.manifests / "trials" / uuid4().hex
        folder.mkdir(parents=True)
        content = kustomization or combination.kustomization()
        (folder / "kustomization.yaml").write_text(yaml.safe_dump(content))
        done = subprocess.run(
            [TOOLS / "kubectl", "kustomize", folder],
            capture_output=True,
            text=True,
            timeout=_RENDER_SECONDS,
            check=False,
            env={**os.environ, **_SHORT_LIVED},
        )
        if done.returncode:
            raise RenderingFailed(f"{combination}: {done.stderr}")
        objects = list(yaml.load_all(done.stdout, yaml.CSafeLoader))
        return Rendering(
            str(combination), combination.overlay, frozenset(combination.components), objects
        )

    def render_all(self, combinations: list[Combination]) -> list[Rendering]:
        """Several at once."""
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            return list(pool.map(self.render, combinations))


@cache
def _read(text: str) -> Object:
    """An object; most are the same in many renderings, which must not change them."""
    one: Object = yaml.load(text, yaml.CSafeLoader)
    return one
