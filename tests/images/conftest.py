"""Images and platform, made once for all tests; and their figures."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts.images.builder import IMAGES, SERVING, Builder, builder_of
from scripts.images.local_bases import BASE, NODE, make_bases
from tests.e2e.agents import prepare_agents
from tests.figures import Record, figures, pytest_terminal_summary
from tests.images.engine import build_flags, engine_environment
from tests.images.platform import Platform

__all__ = ["Record", "figures", "pytest_terminal_summary"]


@pytest.fixture(scope="session")
def images(tmp_path_factory: pytest.TempPathFactory) -> Builder:
    """The three images, built of this checkout on bases that need no registry."""
    flags = build_flags(tmp_path_factory.mktemp("build"))
    os.environ.update(engine_environment(tmp_path_factory.mktemp("engine")))
    os.environ["CONTAINER_FLAGS"] = " ".join(flags)
    make_bases()
    builder = builder_of(
        {
            **os.environ,
            "CONTAINER": "podman",
            "BASE_IMAGE": os.environ.get("BASE_IMAGE", BASE),
            "NODE_IMAGE": os.environ.get("NODE_IMAGE", NODE),
            "REGISTRY": "localhost/",
            "TAG": "tested",
        }
    )
    for name in SERVING:
        builder.build(IMAGES[name])
    return builder


@pytest.fixture(scope="session")
def platform(images: Builder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """Everything of docker-compose.yml, with an agent that trades both ways beside the shipped."""
    folder: Path = tmp_path_factory.mktemp("platform")
    prepare_agents(folder / "agents")
    with Platform(folder, images) as running:
        running.put_agents(folder / "agents")
        yield running
