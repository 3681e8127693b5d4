"""No rule is empty: each reports what was done wrong on purpose."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from tests.deploy.kubernetes.mistakes import MISTAKES
from tests.deploy.kubernetes.mistakes.planting import Mistake
from tests.deploy.kubernetes.objects import Rendering
from tests.deploy.kubernetes.rendering import (
    ROOT,
    Combination,
    RenderingFailed,
    Workshop,
)
from tests.deploy.kubernetes.repository import DOCKERFILES, Repository, read_repository
from tests.deploy.kubernetes.rules import RULES, security, variables

# Whoever comes first waits for everything to be rendered.
pytestmark = pytest.mark.timeout(300)


@pytest.mark.parametrize("mistake", MISTAKES, ids=str)
def test_mistake_is_reported(
    mistake: Mistake, renderings: dict[Combination, Rendering], repository: Repository
) -> None:
    rendering = renderings[mistake.combination].copy()
    compared_with = mistake.elsewhere(repository)
    assert not mistake.rule(rendering, repository)
    mistake.change(rendering)
    # Pods are looked up once; a change may have come after that.
    changed = Rendering(rendering.name, rendering.overlay, rendering.components, rendering.objects)
    said = mistake.rule(changed, compared_with)
    assert any(mistake.says in sentence for sentence in said), said


def test_mistakes_are_planted_for_every_rule() -> None:
    assert {mistake.rule for mistake in MISTAKES} == set(RULES)


def test_mistake_of_a_setting_that_nobody_thought_of(
    renderings: dict[Combination, Rendering], repository: Repository
) -> None:
    model = repository.settings["model"]
    more = {**model.of, "gpu": frozenset({"MODEL_GPU"})}
    less = {name: known for name, known in model.of.items() if name != "log_level"}
    for of, says in (
        (more, "model: nobody sets gpu, and nobody says why."),
        (less, "model: no setting is called log_level."),
    ):
        names = replace(model, of=of)
        changed = replace(repository, settings={**repository.settings, "model": names})
        assert says in variables.settings_were_thought_of(list(renderings.values()), changed)


def test_mistake_of_a_setting_that_is_set_and_listed_as_left_alone(
    renderings: dict[Combination, Rendering], repository: Repository
) -> None:
    rendering = renderings[Combination("minikube")].copy()
    rendering.get("ConfigMap", "bellwether-model")["data"]["MODEL_THREADS"] = "4"
    said = variables.settings_were_thought_of([rendering], repository)
    assert "model: threads is set, and listed as left at its default." in said


def test_mistake_of_a_secret_that_nobody_reads(
    renderings: dict[Combination, Rendering], repository: Repository
) -> None:
    base = [renderings[Combination("minikube")]]
    assert variables.outside_secrets_are_used(base, repository) == [
        "Nobody reads Secret/bellwether-ray.",
        "Nobody reads Secret/bellwether-s3.",
        "Nobody reads Secret/bellwether-tls.",
        "Nobody reads Secret/bellwether-registry.",
    ]
    assert "Nobody reads newsapi_key." in variables.outside_secrets_are_used([], repository)


@pytest.mark.parametrize("path", [*DOCKERFILES.values(), "frontend/nginx/nginx.conf.template"])
def test_mistake_of_a_missing_file(path: str, tmp_path: Path) -> None:
    needed = (
        *DOCKERFILES.values(),
        *("frontend/nginx/nginx.conf.template", "frontend/nginx/start.sh", "constraints.txt"),
        *("contracts/backend.openapi.json", "contracts/model_service.openapi.yaml"),
        "model_service/src/model_service/worker_health.py",
    )
    for one in needed:
        if one != path:
            (tmp_path / one).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / one, tmp_path / one)
    with pytest.raises(FileNotFoundError, match=path):
        read_repository(tmp_path)


def test_images_are_read_from_their_dockerfiles(repository: Repository) -> None:
    assert repository.images["model"].user == (10001, 10001)
    assert repository.images["model"].exposed == {4000, 4001}
    assert {"MODEL_HOST", "MODEL_STATE_DIR"} <= repository.images["model"].variables
    assert "BACKEND_MIGRATIONS_DIR" in repository.images["backend"].variables


def test_mistake_of_a_file_that_is_not_there_fails_to_render(tmp_path: Path) -> None:
    workshop = Workshop(tmp_path)
    (workshop.manifests / "base" / "backend-hpa.yaml").unlink()
    with pytest.raises(RenderingFailed, match="backend-hpa"):
        workshop.render(Combination("minikube"))


def test_mistake_of_a_component_that_comes_too_early_fails_or_is_seen(
    workshop: Workshop, repository: Repository
) -> None:
    early = workshop.render(Combination("production", ("s3", "ray")))
    said = [sentence for rule in RULES for sentence in rule(early, repository)]
    assert "RayCluster/ray-head needs PersistentVolumeClaim/artefacts, which is not here." in said


def test_mistake_of_a_patch_by_position_fails_to_render(tmp_path: Path) -> None:
    workshop = Workshop(tmp_path)
    path = workshop.manifests / "components" / "ray" / "ray-cluster.yaml"
    text = path.read_text()
    path.write_text(text.replace("- name: artefacts\n", "- name: results\n"))
    assert path.read_text() != text
    with pytest.raises(RenderingFailed, match=r"testing value .*volumes/0/name failed"):
        workshop.render(Combination("production", ("ray", "s3")))


def test_mistake_of_images_that_no_deploy_named(workshop: Workshop, repository: Repository) -> None:
    content = Combination("production").kustomization()
    del content["images"]
    unnamed = workshop.render(Combination("production"), content)
    images = {container["image"] for _, container in unnamed.containers()}
    # Of no content, so that nothing is pulled from where anybody may have put it.
    assert all(image.endswith(f"@sha256:{'0' * 64}") for image in images)
    assert security.images_are_what_was_meant(unnamed, repository)
