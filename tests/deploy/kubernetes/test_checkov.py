"""checkov over everything that is rendered, without its network."""

from __future__ import annotations

import copy
import json
import re
import subprocess
from collections import defaultdict
from pathlib import Path

import pytest
import yaml

from tests.deploy.kubernetes.objects import Object, Rendering
from tests.deploy.kubernetes.rendering import COMPONENTS, MANIFESTS, TOOLS, Combination

# Whoever comes first waits for everything to be rendered.
pytestmark = pytest.mark.timeout(300)

CONFIGURATION = MANIFESTS / "checkov.yaml"

_SECONDS = 100

Failures = dict[str, dict[str, set[str]]]
"""From a file to its failed checks, and from those to the objects."""


def _run(folder: Path, *, skipping: bool) -> Failures:
    """What checkov says, with or without the list of what is left out."""
    configuration = yaml.safe_load(CONFIGURATION.read_text())
    if not skipping:
        del configuration["skip-check"]
    own = folder.parent / f"{folder.name}-{skipping}.yaml"
    own.write_text(yaml.safe_dump(configuration))
    done = subprocess.run(
        [TOOLS / "checkov", "--config-file", own, "-d", folder, "-o", "json"],
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        check=False,
    )
    assert done.returncode in (0, 1), done.stderr
    report = json.loads(done.stdout)
    assert report["summary"]["parsing_errors"] == 0
    assert report["summary"]["passed"] > 100
    failures: Failures = defaultdict(lambda: defaultdict(set))
    for one in report["results"]["failed_checks"]:
        failures[Path(one["file_path"]).name][one["check_id"]].add(one["resource"])
    return failures


def _plant(objects: list[Object]) -> list[Object]:
    """A Deployment with everything that must not be."""
    (one,) = [o for o in objects if o["kind"] == "Deployment" and o["metadata"]["name"] == "model"]
    planted = copy.deepcopy(one)
    planted["metadata"]["name"] = "planted"
    spec = planted["spec"]["template"]["spec"]
    spec["hostNetwork"] = True
    spec["containers"][0]["securityContext"] = {"privileged": True}
    del spec["automountServiceAccountToken"]
    return [planted]


@pytest.fixture(scope="module")
def failures(
    renderings: dict[Combination, Rendering], tmp_path_factory: pytest.TempPathFactory
) -> dict[bool, Failures]:
    """What is said with the list of what is left out (True), and without (False)."""
    folder = tmp_path_factory.mktemp("checkov") / "rendered"
    folder.mkdir()
    every = {one.name for one in MANIFESTS.joinpath("components").iterdir()}
    assert every == set(COMPONENTS)
    for combination in (
        *(Combination(overlay) for overlay in ("minikube", "production")),
        Combination("production", COMPONENTS),
        Combination("minikube", ("finbert", "ray", "keda", "monitoring")),
    ):
        rendering = renderings[combination]
        ray = [pod.as_object() for pod in rendering.pods if pod.kind == "RayCluster"]
        objects = [*rendering.objects, *ray]
        (folder / f"{combination}.yaml").write_text(yaml.safe_dump_all(objects))
    planted = _plant(renderings[Combination("minikube")].objects)
    (folder / "planted.yaml").write_text(yaml.safe_dump_all(planted))
    return {skipping: _run(folder, skipping=skipping) for skipping in (True, False)}


def test_nothing_is_found(failures: dict[bool, Failures]) -> None:
    assert set(failures[True]) == {"planted.yaml"}


def test_mistakes_are_found(failures: dict[bool, Failures]) -> None:
    planted = failures[True]["planted.yaml"]
    for check in ("CKV_K8S_16", "CKV_K8S_19", "CKV_K8S_20", "CKV_K8S_22", "CKV_K8S_38"):
        assert planted[check] == {"Deployment.bellwether.planted"}, check


def test_only_what_would_be_found_is_left_out(failures: dict[bool, Failures]) -> None:
    left_out = set(yaml.safe_load(CONFIGURATION.read_text())["skip-check"])
    found = {check for name, checks in failures[False].items() if name != "planted.yaml"
             for check in checks}  # fmt: skip
    assert found == left_out
    production = {
        check
        for name, checks in failures[False].items()
        if name.startswith("production")
        for check in checks
    }
    # What the list excuses on a minikube is not excused where it counts.
    assert "CKV_K8S_43" not in production


def test_every_exception_has_a_reason() -> None:
    listed = CONFIGURATION.read_text().partition("skip-check:\n")[2]
    with_reason = re.findall(r"(?:^  # .+\n)+  - (CKV2?_K8S_\d+)$", listed, re.MULTILINE)
    assert with_reason == yaml.safe_load(CONFIGURATION.read_text())["skip-check"]
