"""Sentences, put together again, are the text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model_service.sentiment.finbert.sentences import split_sentences


@given(st.text(alphabet="ab .!?\n。…\"'’"))
def test_nothing_is_lost(text: str) -> None:
    sentences = split_sentences(text)
    assert "".join(sentences) == text
    assert all(sentences)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Profit rose. Sales fell!", 2),
        ("Profit rose to 13.5 mn from 9.1", 1),
        ('He said: "We sold it." Then he left.', 2),
        ("利益は増えた。売上は減った。", 2),
        ("one\ntwo\n\nthree", 3),
    ],
)
def test_ends_are_where_a_reader_sees_them(text: str, count: int) -> None:
    assert len(split_sentences(text)) == count
