"""Names and files of the dataset folder; what hostile names get is tested beside /predict."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from model_service.artefacts.dataset_folder import DatasetFolder, plain_name, results_name
from model_service.errors import (
    DatasetFileNotFound,
    DatasetNotWritable,
    InvalidRequest,
    PayloadTooLarge,
)


@pytest.mark.parametrize(
    ("name", "results"),
    [
        ("NHPC.csv", "NHPC_results.csv"),
        ("NHPC.CSV", "NHPC_results.csv"),
        ("NHPC.csv.gz", "NHPC_results.csv"),
        ("NHPC.zip", "NHPC_results.csv"),
        ("0700.HK_2012.csv", "0700.HK_2012_results.csv"),
        ("BAJAJ AUTO (1).csv", "BAJAJ AUTO (1)_results.csv"),
    ],
)
def test_results_stand_beside_their_file(name, results):
    assert plain_name(f"dataset/{name}") == plain_name(name) == name
    assert results_name(name) == results


def test_longest_name_still_has_room_for_its_results():
    assert plain_name("ä" * 121 + ".csv")
    with pytest.raises(InvalidRequest) as refusal:
        plain_name("ä" * 122 + ".csv")
    assert refusal.value.limit == 255


def test_file_is_written_and_read_back(tmp_path):
    folder = DatasetFolder(tmp_path)
    folder.replace("A.csv", b"one")
    folder.replace("A.csv", b"two")
    assert folder.read("A.csv", max_bytes=3) == b"two"
    assert [path.name for path in tmp_path.iterdir()] == ["A.csv"]
    assert (tmp_path / "A.csv").stat().st_mode & 0o777 == 0o644 & ~_umask()


def _umask() -> int:
    current = os.umask(0)
    os.umask(current)
    return current


def test_too_large_a_file_is_not_read(tmp_path):
    (tmp_path / "A.csv").write_bytes(b"1234")
    with pytest.raises(PayloadTooLarge) as refusal:
        DatasetFolder(tmp_path).read("A.csv", max_bytes=3)
    assert refusal.value.limit == 3


def test_missing_folder_holds_no_files_and_takes_none(tmp_path):
    folder = DatasetFolder(tmp_path / "none")
    with pytest.raises(DatasetFileNotFound):
        folder.read("A.csv", max_bytes=3)
    with pytest.raises(DatasetNotWritable) as refusal:
        folder.replace("A.csv", b"")
    assert str(tmp_path) not in refusal.value.detail


def test_hostile_entries_leak_no_descriptors(tmp_path):
    (tmp_path / "folder.csv").mkdir()
    os.mkfifo(tmp_path / "pipe.csv")
    folder = DatasetFolder(tmp_path)
    before = _open_descriptors()
    for name in ("folder.csv", "pipe.csv", "none.csv"):
        with pytest.raises(DatasetFileNotFound):
            folder.read(name, max_bytes=3)
    assert _open_descriptors() == before


def _open_descriptors() -> int:
    return len(list(Path("/dev/fd").iterdir()))
