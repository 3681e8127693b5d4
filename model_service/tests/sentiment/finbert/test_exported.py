"""Where exports lie, and which of them are read."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from model_service.errors import SentimentUnavailable
from model_service.sentiment.finbert.exported import (
    CONFIG,
    FILES,
    MANIFEST,
    export_folder,
    is_local,
    model_name,
    read_export,
)


def change_manifest(export: Path, to: Path, **values: Any) -> Path:
    shutil.copytree(export, to)
    manifest = {**json.loads((to / MANIFEST).read_text()), **values}
    (to / MANIFEST).write_text(json.dumps(manifest))
    return to


def test_names_on_the_hub_and_folders_are_told_apart(tmp_path: Path) -> None:
    assert not is_local("ProsusAI/finbert")
    assert not is_local("finbert")
    assert is_local(str(tmp_path))
    assert is_local("/models/finbert")
    assert is_local("./finbert")
    assert is_local("models/finbert/v1")
    assert model_name("ProsusAI/finbert") == "ProsusAI/finbert"
    assert model_name("/models/finbert/") == "finbert"


def test_every_source_has_a_folder_of_its_own_inside(tmp_path: Path) -> None:
    sources = ["ProsusAI/finbert", "/a/finbert", "/b/finbert", "finbert", "/"]
    folders = {export_folder(tmp_path, source) for source in sources}
    assert len(folders) == len(sources)
    assert {folder.parent for folder in folders} == {tmp_path}
    assert all(not folder.name.startswith(".") for folder in folders)


def test_an_export_describes_itself(export: Path) -> None:
    found = read_export(export)
    assert found.labels == ("neutral", "positive", "negative")
    assert found.frame.longest == 512
    assert len(found.frame.before) == len(found.frame.after) == 1
    manifest = json.loads((export / MANIFEST).read_text())
    assert manifest["schema_version"] == 1
    assert set(manifest["files"]) == set(FILES)
    assert manifest["made_with"]["torch"].startswith("2.13")
    assert manifest["differences"]["fp32_max"] < 1e-4


def test_no_path_of_the_machine_is_written(export: Path, small_bert: Path) -> None:
    for name in (MANIFEST, CONFIG):
        assert str(small_bert.parent) not in (export / name).read_text()


@pytest.mark.parametrize(
    "values",
    [
        {"schema_version": 2},
        {"quantisation": "int4"},
        {"labels": ["positive", "negative"]},
        {"labels": ["a", "b", "c"]},
        {"tokens": {"before": [1], "after": [2], "padding": 0, "longest": 2}},
        {"files": {}},
        {"files": None},
    ],
)
def test_a_manifest_that_says_something_else_is_refused(
    export: Path, tmp_path: Path, values: dict[str, Any]
) -> None:
    with pytest.raises(SentimentUnavailable):
        read_export(change_manifest(export, tmp_path / "other", **values))


@pytest.mark.parametrize("content", [b"", b"[]", b"\xff\xfe", b'{"schema_version": 1}'])
def test_what_is_no_manifest_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / MANIFEST).write_bytes(content)
    with pytest.raises(SentimentUnavailable):
        read_export(tmp_path)


def test_a_missing_file_is_refused(export: Path, tmp_path: Path) -> None:
    other = change_manifest(export, tmp_path / "other")
    (other / CONFIG).unlink()
    with pytest.raises(SentimentUnavailable):
        read_export(other)
