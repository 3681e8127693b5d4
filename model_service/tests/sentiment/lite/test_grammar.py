"""Sentences by grammar."""

import random
import re
from pathlib import Path

import pytest

from model_service.sentiment.engine import LABELS
from model_service.sentiment.lite.grammar import read_grammar, restyle


def write(folder: Path, text: str) -> Path:
    (folder / "one.txt").write_text(text, encoding="utf-8")
    return folder


ROOTS = "[positive]\n{x}\n[negative]\n{x}\n[neutral]\n{x}\n"


def test_slots_choices_and_amounts(tmp_path: Path) -> None:
    grammar = read_grammar(write(tmp_path, ROOTS + "[x]\n2x profit {a|b} {hi_bare} {lo_bare} !"))
    source = random.Random(1)  # noqa: S311
    seen = set()
    for _ in range(200):
        sentence = grammar.sentence("positive", source)
        found = re.search(r"rofit ([ab]) ([\d.]+) ([\d.]+)", sentence)
        assert found is not None
        assert float(found[2]) > float(found[3])
        seen.add(found[1])
    assert seen == {"a", "b"}


def test_a_rule_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="'nothing'"):
        read_grammar(write(tmp_path, ROOTS + "[x]\n{nothing}"))


def test_a_label_without_a_rule_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="neutral"):
        read_grammar(write(tmp_path, "[positive]\na\n[negative]\nb"))


@pytest.mark.parametrize("label", LABELS)
def test_shipped_sentences_are_whole_and_repeat_with_their_seed(label) -> None:
    grammar = read_grammar()
    source, again = random.Random(3), random.Random(3)  # noqa: S311
    sentences = [grammar.sentence(label, source) for _ in range(500)]
    assert sentences == [grammar.sentence(label, again) for _ in range(500)]
    assert len(set(sentences)) > 450
    assert not [one for one in sentences if re.search(r"[{}|_]|\s\s", one)]


def test_styles_keep_the_words() -> None:
    source = random.Random(1)  # noqa: S311
    made = {restyle("Profit (EUR 3 mn) rose.", source) for _ in range(100)}
    assert made == {
        "Profit (EUR 3 mn) rose.",
        "Profit ( EUR 3 mn ) rose .",
        "Profit (EUR 3 mn) rose",
        "profit (eur 3 mn) rose.",
        "PROFIT (EUR 3 MN) ROSE.",
    }
