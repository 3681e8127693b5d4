"""Everything is rendered once; tests that change something work on copies."""

from __future__ import annotations

import pytest

from tests.deploy.kubernetes.objects import Rendering
from tests.deploy.kubernetes.rendering import ROOT, TOOLS, Combination, Workshop, all_combinations
from tests.deploy.kubernetes.repository import Repository, read_repository


@pytest.fixture(scope="session")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    """A copy of the manifests as they are; not to be changed."""
    if not (TOOLS / "kubectl").exists():
        pytest.fail(f"{TOOLS} is missing: `make validate` makes it.")
    return Workshop(tmp_path_factory.mktemp("manifests"))


@pytest.fixture(scope="session")
def renderings(workshop: Workshop) -> dict[Combination, Rendering]:
    """All combinations, rendered; not to be changed."""
    combinations = all_combinations()
    return dict(zip(combinations, workshop.render_all(combinations), strict=True))


@pytest.fixture(scope="session")
def repository() -> Repository:
    """What the manifests have to agree with."""
    return read_repository(ROOT)
