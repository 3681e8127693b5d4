"""Exporting: in a child, in time, whole or not at all, and with a sentence where it fails."""

from __future__ import annotations

import json
import pickle
import shutil
import socket
import time
from pathlib import Path

import pytest
from local_hub import REVISION, serve

from model_service.errors import SentimentUnavailable
from model_service.sentiment.finbert.engine import FinbertEngine
from model_service.sentiment.finbert.export import export_in_child
from model_service.sentiment.finbert.weights import find_export

SECONDS = 110.0


class Malicious:
    """Would run code where it is unpickled."""

    def __init__(self, made: Path) -> None:
        self._made = made

    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        return (Path.touch, (self._made,))


def copy_of(small_bert: Path, to: Path) -> Path:
    shutil.copytree(small_bert, to)
    return to


def left_in(exports: Path) -> list[str]:
    return [one.name for one in exports.iterdir() if one.is_dir()]


def test_every_step_is_told(export: Path, told: list[str]) -> None:
    assert told == [
        "Loading the weights",
        "Tracing to ONNX",
        "Quantising to int8",
        "Comparing with torch",
    ]
    assert sorted(file.name for file in export.iterdir()) == [
        "config.json",
        "manifest.json",
        "model.int8.onnx",
        "tokenizer.json",
    ]


def test_a_ready_export_is_not_made_again(small_bert: Path, exports: Path, export: Path) -> None:
    told: list[str] = []
    found = export_in_child(str(small_bert), exports, timeout_seconds=5.0, tell=told.append)
    assert found == export
    assert told == []


def test_weights_are_fetched_from_a_hub(
    small_bert: Path,
    engine: FinbertEngine,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HF_HOME", str(tmp_path / "cache"))  # of the child
    exports = tmp_path / "exports"
    with serve(small_bert, "acme/finbert") as hub:
        folder = export_in_child(
            "acme/finbert", exports, timeout_seconds=SECONDS, endpoint=hub.endpoint
        )
    got = {
        line.rpartition("/")[2] for line in hub.asked if line.startswith("GET") and REVISION in line
    }
    assert {"config.json", "pytorch_model.bin", "vocab.txt"} <= got
    assert "held_out.json" not in got
    assert find_export(exports, "acme/finbert") == folder
    fetched = FinbertEngine.load(folder, threads=1)
    assert fetched.version == f"acme/finbert@{REVISION[:12]}+int8-rows-1"
    texts = ["Net profit rose sharply", "Sales fell in May"]
    assert fetched.score(texts) == engine.score(texts)
    # The cache is enough now, without any hub.
    again = export_in_child(
        "acme/finbert",
        exports,
        timeout_seconds=SECONDS,
        endpoint="http://127.0.0.1:9",
        again=True,
    )
    assert FinbertEngine.load(again, threads=1).version == fetched.version
    assert left_in(exports) == [folder.name]


def test_other_labels_are_refused(small_bert: Path, tmp_path: Path) -> None:
    folder = copy_of(small_bert, tmp_path / "topics")
    config = json.loads((folder / "config.json").read_text())
    config["id2label"] = {"0": "sports", "1": "politics", "2": "science"}
    config["label2id"] = {"sports": 0, "politics": 1, "science": 2}
    (folder / "config.json").write_text(json.dumps(config))
    with pytest.raises(SentimentUnavailable, match=r"labels of topics are 'sports'"):
        export_in_child(str(folder), tmp_path / "exports", timeout_seconds=SECONDS)
    assert left_in(tmp_path / "exports") == []


def test_pickled_code_is_not_run(small_bert: Path, tmp_path: Path) -> None:
    folder = copy_of(small_bert, tmp_path / "evil")
    made = tmp_path / "made"
    (folder / "pytorch_model.bin").write_bytes(pickle.dumps(Malicious(made)))
    with pytest.raises(SentimentUnavailable, match="nothing else is unpickled"):
        export_in_child(str(folder), tmp_path / "exports", timeout_seconds=SECONDS)
    assert not made.exists()


def test_weights_without_a_classifier_are_refused(small_bert: Path, tmp_path: Path) -> None:
    folder = copy_of(small_bert, tmp_path / "bare")
    config = json.loads((folder / "config.json").read_text())
    # One layer more than there are weights for.
    (folder / "config.json").write_text(json.dumps({**config, "num_hidden_layers": 3}))
    with pytest.raises(SentimentUnavailable, match="bare lacks weights of a classifier"):
        export_in_child(str(folder), tmp_path / "exports", timeout_seconds=SECONDS)


def test_a_hub_that_refuses_connections_is_told(tmp_path: Path) -> None:
    with pytest.raises(SentimentUnavailable, match="acme/finbert cannot be fetched from the hub"):
        export_in_child(
            "acme/finbert", tmp_path, timeout_seconds=SECONDS, endpoint="http://127.0.0.1:9"
        )


def test_an_export_that_takes_too_long_is_ended(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        endpoint = f"http://127.0.0.1:{silent.getsockname()[1]}"
        started = time.monotonic()
        with pytest.raises(SentimentUnavailable, match="took too long"):
            export_in_child("acme/finbert", tmp_path, timeout_seconds=0.5, endpoint=endpoint)
        assert time.monotonic() - started < 5.0
    assert left_in(tmp_path) == []


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(SentimentUnavailable, match="empty holds no model"):
        export_in_child(str(tmp_path / "empty"), tmp_path / "out", timeout_seconds=SECONDS)


def test_a_folder_that_cannot_be_made_is_refused(small_bert: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SentimentUnavailable, match="cannot be written"):
        export_in_child(str(small_bert), tmp_path / "file" / "out", timeout_seconds=SECONDS)
