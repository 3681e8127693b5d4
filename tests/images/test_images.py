"""What the images are made of."""

from __future__ import annotations

import pytest

from scripts.images.builder import IMAGES, SERVING, Builder
from tests.figures import Record
from tests.images.engine import inspect, podman

MEGABYTE = 1_000_000
LARGEST = {"model": 2_000 * MEGABYTE, "backend": 300 * MEGABYTE, "frontend": 60 * MEGABYTE}
"""Above the base."""

BUILD_TOOLS = ("pip", "pip3", "gcc", "cc", "ld", "strip", "make", "npm", "node", "git", "curl")


@pytest.mark.parametrize("name", SERVING)
def test_an_image_is_small(images: Builder, figures: Record, name: str) -> None:
    base = inspect("image", images.arguments["BASE_IMAGE"])["Size"]
    size = inspect("image", images.reference(IMAGES[name]))["Size"] - base
    figures(megabytes_above_base=round(size / MEGABYTE))
    assert size <= LARGEST[name]


@pytest.mark.parametrize("name", SERVING)
def test_an_image_says_what_it_is_and_runs_as_nobody_in_particular(
    images: Builder, name: str
) -> None:
    inspected = inspect("image", images.reference(IMAGES[name]))
    config = inspected["Config"]
    labels = config["Labels"]
    assert config["User"] == "10001:10001"
    assert labels["org.opencontainers.image.licenses"] == "Apache-2.0"
    assert labels["org.opencontainers.image.revision"] == images.commit
    assert {"title", "description", "version"} <= {key.rpartition(".")[2] for key in labels}
    assert inspected["Healthcheck"]["Test"][0] == "CMD"


@pytest.mark.parametrize("name", SERVING)
def test_nothing_that_builds_is_in_an_image(images: Builder, name: str) -> None:
    # An empty file is what a builder leaves where it mounted one.
    script = (
        "for tool; do command -v $tool; done; "
        "find /var/lib/apt/lists /root /tmp -type f -size +0 -not -name .bashrc -not -name .profile"
    )
    found = podman(
        *("run", "--rm", "--network", "none", "--user", "0", "--entrypoint", "sh"),
        images.reference(IMAGES[name]),
        *("-c", script, "sh", *BUILD_TOOLS),
    )
    assert found == ""


def test_the_model_image_serves_without_torch(images: Builder) -> None:
    script = (
        "import importlib.util as u; "
        "print([m for m in ('torch', 'transformers', 'onnx', 'ray', 'pytest') if u.find_spec(m)])"
    )
    reference = images.reference(IMAGES["model"])
    assert podman("run", "--rm", "--network", "none", reference, "python", "-c", script) == "[]\n"
