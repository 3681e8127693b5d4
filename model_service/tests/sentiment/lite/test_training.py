"""Training: what it learns, and that it learns the same twice."""

import numpy as np
import pytest

from model_service.sentiment.engine import LABELS
from model_service.sentiment.lite.classifier import softmax
from model_service.sentiment.lite.lexicon import LEXICON_FILE, parse_lexicon
from model_service.sentiment.lite.training import Example, TrainingConfig, train
from model_service.sentiment.lite.weights import write_model

LEXICON_TEXT = LEXICON_FILE.read_text(encoding="utf-8")


def test_it_learns_what_it_is_told() -> None:
    texts = {"positive": "zog bar", "negative": "zog kur", "neutral": "zog mip"}
    examples = [Example(text, label) for label, text in texts.items() for _ in range(20)]
    trained = train(examples, parse_lexicon(LEXICON_TEXT), TrainingConfig())
    rows = trained.model.probabilities(trained.space.features([texts[label] for label in LABELS]))
    assert rows.argmax(axis=1).tolist() == [0, 1, 2]
    # What all have in common says nothing: near the prior, which is a third each.
    (common,) = trained.model.probabilities(trained.space.features(["zog"]))
    assert common == pytest.approx([1 / 3] * 3, abs=0.05)


def test_a_weightier_example_counts_for_more() -> None:
    examples = [Example("zog bar", "positive", 3.0), Example("zog bar", "negative", 1.0)] * 20
    trained = train(examples, parse_lexicon(LEXICON_TEXT), TrainingConfig())
    (row,) = trained.model.probabilities(trained.space.features(["zog bar"]))
    assert row[0] == pytest.approx(0.75, abs=0.05)


def test_training_twice_gives_the_same_bytes(tmp_path, few_examples, tiny_model) -> None:
    again = train(few_examples, parse_lexicon(LEXICON_TEXT), TrainingConfig(iterations=20))
    write_model(tmp_path / "one", tiny_model, LEXICON_TEXT, {"seed": 0})
    write_model(tmp_path / "two", again, LEXICON_TEXT, {"seed": 0})
    names = sorted(path.name for path in (tmp_path / "one").iterdir())
    assert names == ["lexicon.txt", "manifest.json", "model.safetensors", "words.txt"]
    for name in names:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_softmax_bears_large_logits() -> None:
    assert softmax(np.array([1e4, 0.0, -1e4])).tolist() == [1.0, 0.0, 0.0]
