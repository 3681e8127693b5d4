"""The commands that build images."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from scripts.images.builder import IMAGES, NotBuilt, builder_of

ENGINE = {"CONTAINER": sys.executable, "GIT_COMMIT": "abc123"}


def test_an_image_is_named_and_built_as_the_environment_says() -> None:
    given = {"REGISTRY": "registry.example.org/", "TAG": "v1", "CONTAINER_FLAGS": "--pull --tls x"}
    builder = builder_of({**ENGINE, **given, "BASE_IMAGE": "mirror/debian:12"})
    command = builder.command(IMAGES["model"])
    assert command[:5] == [sys.executable, "build", "--pull", "--tls", "x"]
    assert command[-3:] == ["--tag", "registry.example.org/bellwether/model:v1", "."]
    assert "BASE_IMAGE=mirror/debian:12" in command
    assert "GIT_COMMIT=abc123" in command
    assert command[command.index("--target") + 1] == "serving"


def test_what_is_not_set_keeps_the_dockerfiles_default() -> None:
    command = builder_of({**ENGINE, "BASE_IMAGE": ""}).command(IMAGES["export"])
    assert not [part for part in command if part.startswith(("BASE_IMAGE", "TORCH_INDEX"))]
    assert "TORCH_INDEX=" in builder_of({**ENGINE, "TORCH_INDEX": ""}).command(IMAGES["export"])


def test_an_engine_that_is_not_there_is_told() -> None:
    with pytest.raises(NotBuilt, match="Neither docker nor podman"):
        builder_of({"CONTAINER": "no-such-engine"})


def test_every_image_is_a_stage_that_there_is() -> None:
    root = Path(__file__).resolve().parents[2]
    for image in IMAGES.values():
        assert f" AS {image.stage}\n" in (root / image.dockerfile).read_text()


@pytest.mark.parametrize("registry", ["registry.example.org", "registry.example.org/"])
def test_a_registry_may_give_each_user_one_place(registry: str) -> None:
    builder = builder_of({**ENGINE, "REGISTRY": registry, "NAMESPACE": "somebody", "TAG": "v1"})
    assert builder.reference(IMAGES["model"]) == "registry.example.org/somebody/model:v1"
    assert builder_of(ENGINE).reference(IMAGES["ray"]) == "bellwether/model-ray:dev"
