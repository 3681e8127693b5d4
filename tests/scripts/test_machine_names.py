"""The check for names of one machine finds planted ones and lets ordinary text pass."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts.machine_names import hits_in

SLASH = "/"  # keeps the planted names out of this file


@pytest.mark.parametrize(
    "line",
    [
        f"data = '{SLASH}work/main/data'",
        f"see {SLASH}tmp/trial/output",
        f"{SLASH}root/notes.txt",
        f"{SLASH}home/alice/project",
        f"find-links = {SLASH}opt/wheels",
        f"~/.pyenv{SLASH}versions/3.11.7/bin/python",
        f'"resolved": "https:{SLASH}{SLASH}mirror.example/react.tgz"',
    ],
)
def test_planted_name_is_found(tmp_path: Path, line: str) -> None:
    file = tmp_path / "planted.txt"
    file.write_text(f"first line\n{line}\n")

    hits = hits_in(file, tmp_path)

    assert len(hits) == 1
    assert hits[0].startswith("planted.txt:2: ")


@pytest.mark.parametrize(
    "line",
    [
        "frontend/src/work/list.ts",
        "cd .. && ls shared/data",
        '"resolved": "https://registry.npmjs.org/react/-/react-19.3.1.tgz"',
        "GET /api/candles/NHPC",
        "$HOME/.cache",
    ],
)
def test_ordinary_text_passes(tmp_path: Path, line: str) -> None:
    file = tmp_path / "ordinary.txt"
    file.write_text(line)

    assert hits_in(file, tmp_path) == []


def test_binary_file_passes(tmp_path: Path) -> None:
    file = tmp_path / "binary"
    file.write_bytes(b"\0" + f"{SLASH}root/x".encode())

    assert hits_in(file, tmp_path) == []


@pytest.mark.parametrize("name", ["model_service/Dockerfile", "deploy/k8s/base/model.yaml"])
def test_a_container_has_places_of_its_own(tmp_path: Path, name: str) -> None:
    file = tmp_path / name
    file.parent.mkdir(parents=True)
    file.write_text(f"{SLASH}tmp/numba\n{SLASH}opt/bellwether\n{SLASH}root/notes\n")

    hits = hits_in(file, tmp_path)

    assert [hit.split(":")[1] for hit in hits] == ["3"]
