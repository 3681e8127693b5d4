"""A folder of weights is taken as its manifest says, or not at all."""

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest

from model_service.errors import SentimentUnavailable
from model_service.sentiment.lite.engine import SHIPPED_LITE_DIR, LiteEngine
from model_service.sentiment.lite.grammar import GRAMMAR_DIR
from model_service.sentiment.lite.lexicon import LEXICON_FILE
from model_service.sentiment.lite.weights import FILES, MANIFEST, read_model, write_model

TEXTS = ["Profit rose to EUR 13 mn from 9", "Vamola cuts 50 jobs", "It is located in Pori", "?"]


@pytest.fixture
def folder(tmp_path: Path, tiny_model) -> Path:
    write_model(tmp_path, tiny_model, LEXICON_FILE.read_text(encoding="utf-8"), {"seed": 0})
    return tmp_path


def test_what_was_written_scores_the_same(folder: Path, tiny_model) -> None:
    read, version = read_model(folder)
    for trained in (read, tiny_model):
        np.testing.assert_array_equal(
            trained.model.probabilities(trained.space.features(TEXTS)),
            tiny_model.model.probabilities(tiny_model.space.features(TEXTS)),
        )
    assert version.startswith("lite-")


@pytest.mark.parametrize("name", FILES)
def test_an_altered_file_is_refused(folder: Path, name: str) -> None:
    with (folder / name).open("ab") as file:
        file.write(b"x")
    with pytest.raises(SentimentUnavailable, match="does not match the hash"):
        LiteEngine.load(folder)


@pytest.mark.parametrize("name", [MANIFEST, *FILES])
def test_a_missing_file_is_refused(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(SentimentUnavailable, match=name):
        LiteEngine.load(folder)


@pytest.mark.parametrize("text", ["{", "[]", '{"schema_version": 1}', '{"files": []}', "\xff"])
def test_a_manifest_that_is_none_is_refused(folder: Path, text: str) -> None:
    (folder / MANIFEST).write_text(text, encoding="latin-1")
    with pytest.raises(SentimentUnavailable, match="is not a manifest"):
        LiteEngine.load(folder)


def test_weights_for_other_rules_are_refused(folder: Path) -> None:
    manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    manifest["rules_version"] += 1
    (folder / MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")
    with pytest.raises(SentimentUnavailable, match="train it again"):
        LiteEngine.load(folder)


def test_what_ships_is_small_verified_and_has_its_notice() -> None:
    LiteEngine.load()
    assert sum(path.stat().st_size for path in SHIPPED_LITE_DIR.iterdir()) <= 3_000_000
    assert "MIT License" in (SHIPPED_LITE_DIR / "LICENSE-SEntFiN.txt").read_text(encoding="utf-8")
    manifest = json.loads((SHIPPED_LITE_DIR / MANIFEST).read_text(encoding="utf-8"))
    assert manifest["held_out"]["one_label"]["macro_f1"] >= 0.83


def test_what_ships_was_trained_on_the_lexicon_and_grammars_of_the_sources() -> None:
    again = "run 'bellwether sentiment train-lite' again"
    shipped = (SHIPPED_LITE_DIR / "lexicon.txt").read_bytes()
    assert shipped == LEXICON_FILE.read_bytes(), again
    data = json.loads((SHIPPED_LITE_DIR / MANIFEST).read_text(encoding="utf-8"))["data"]
    hashes = {name: facts["sha256"] for name, facts in data.items() if name.startswith("grammars/")}
    assert hashes == {
        f"grammars/{path.name}": hashlib.sha256(path.read_bytes()).hexdigest()
        for path in GRAMMAR_DIR.glob("*.txt")
    }, again
