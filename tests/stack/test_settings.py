"""Where a start keeps artefacts: below its own folder, unless it is told otherwise."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts.stack.bellwether import prepare_folders, services
from scripts.stack.settings import read_settings


@pytest.fixture
def environment(monkeypatch, tmp_path):
    for name in ("AGENTS_DIR", "ARTEFACTS_URL", "DATASET_DIR", "EVALUATIONS_DIR", "SENTIMENT_DIR"):
        monkeypatch.delenv(f"MODEL_{name}", raising=False)
    monkeypatch.setenv("BELLWETHER_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.chdir(tmp_path)
    return monkeypatch


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (None, "{}/state/artefacts"),
        ("", "{}/state/artefacts"),
        ("kept/here", "{}/kept/here"),
        ("s3://bucket/prefix", "s3://bucket/prefix"),
    ],
)
def test_artefacts_are_kept_where_it_was_said(environment, tmp_path, given, expected):
    if given is not None:
        environment.setenv("MODEL_ARTEFACTS_URL", given)
    settings = read_settings()
    prepare_folders(settings)
    expected = expected.format(tmp_path)
    assert services(settings)[0].environment["MODEL_ARTEFACTS_URL"] == expected
    assert Path(expected).is_dir() == ("://" not in expected)
    assert not list(tmp_path.glob("s3*"))
