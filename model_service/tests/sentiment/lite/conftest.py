"""A tiny classifier, trained in a moment."""

import pytest

from model_service.sentiment.lite.corpus import generated_examples
from model_service.sentiment.lite.grammar import read_grammar
from model_service.sentiment.lite.lexicon import LEXICON_FILE, parse_lexicon
from model_service.sentiment.lite.training import Example, TrainingConfig, train

LEXICON_TEXT = LEXICON_FILE.read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def few_examples() -> list[Example]:
    made = generated_examples(read_grammar(), 0)
    return made[:: len(made) // 200]


@pytest.fixture(scope="session")
def tiny_model(few_examples):
    return train(few_examples, parse_lexicon(LEXICON_TEXT), TrainingConfig(iterations=20))
