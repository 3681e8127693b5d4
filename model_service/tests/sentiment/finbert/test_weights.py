"""What there is of a model, told in time."""

from __future__ import annotations

import shutil
import socket
import time
from pathlib import Path

import pytest
from local_hub import serve

from model_service.sentiment.finbert.weights import (
    find_export,
    model_files,
    reach_hub,
    source_sha256,
    weights_at_hand,
)

DECIDED_SECONDS = 3.0


def test_the_export_of_a_source_is_found(small_bert: Path, exports: Path, export: Path) -> None:
    assert find_export(exports, str(small_bert)) == export
    assert find_export(exports, "ProsusAI/finbert") is None
    assert find_export(exports / "none", str(small_bert)) is None


def test_an_export_of_other_weights_does_not_count(
    small_bert: Path, export: Path, exports: Path, tmp_path: Path
) -> None:
    mine, kept = tmp_path / "hub" / "small-bert", tmp_path / "exports"
    shutil.copytree(small_bert, mine)
    from model_service.sentiment.finbert.exported import export_folder

    shutil.copytree(export, export_folder(kept, str(mine)))
    assert find_export(kept, str(mine)) is not None
    with (mine / "vocab.txt").open("a") as vocabulary:
        vocabulary.write("another\n")
    assert find_export(kept, str(mine)) is None
    # Of a folder that is gone the export is all there is.
    shutil.rmtree(mine)
    assert find_export(kept, str(mine)) is not None


def test_a_folder_has_weights_when_all_that_is_needed_is_there(
    small_bert: Path, tmp_path: Path
) -> None:
    assert weights_at_hand(str(small_bert))
    needed = {file.name for file in model_files(small_bert)}
    assert needed == {"config.json", "pytorch_model.bin", "vocab.txt", "tokenizer_config.json"}
    for missing in ("config.json", "pytorch_model.bin"):
        part = tmp_path / missing
        shutil.copytree(small_bert, part)
        (part / missing).unlink()
        assert not weights_at_hand(str(part))
    assert not weights_at_hand(str(tmp_path / "none"))
    assert not weights_at_hand("acme/of-which-nothing-is-cached")


def test_the_digest_is_of_what_decides_the_scores(small_bert: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(small_bert, copy)
    (copy / "README.md").write_text("about")
    assert source_sha256(copy) == source_sha256(small_bert)
    (copy / "config.json").write_text("{}")
    assert source_sha256(copy) != source_sha256(small_bert)


def test_a_hub_that_has_the_model_can_be_reached(small_bert: Path) -> None:
    with serve(small_bert, "acme/finbert") as hub:
        assert reach_hub("acme/finbert", DECIDED_SECONDS, endpoint=hub.endpoint) is None
        reason = reach_hub("acme/other", DECIDED_SECONDS, endpoint=hub.endpoint)
    assert reason is not None
    assert "has no model acme/other" in reason


def test_a_hub_that_refuses_connections_is_told_at_once() -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    started = time.monotonic()
    reason = reach_hub("acme/finbert", DECIDED_SECONDS, endpoint=f"http://127.0.0.1:{port}")
    assert reason is not None
    assert "cannot be reached" in reason
    assert time.monotonic() - started < DECIDED_SECONDS


def test_a_hub_that_never_answers_is_given_up_in_time() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        endpoint = f"http://127.0.0.1:{silent.getsockname()[1]}"
        started = time.monotonic()
        reason = reach_hub("acme/finbert", 0.3, endpoint=endpoint)
        assert time.monotonic() - started < DECIDED_SECONDS
    assert reason is not None
    assert endpoint in reason


@pytest.mark.parametrize("endpoint", ["ftp://example.org", "file:///etc", "nonsense"])
def test_only_the_web_is_asked(endpoint: str) -> None:
    assert reach_hub("a/b", 1.0, endpoint=endpoint) == f"{endpoint} is no address of a hub."


def test_a_folder_is_not_asked_for_at_the_hub(tmp_path: Path) -> None:
    reason = reach_hub(str(tmp_path), 1.0)
    assert reason == f"{tmp_path.name} is a folder without the files of a model."
