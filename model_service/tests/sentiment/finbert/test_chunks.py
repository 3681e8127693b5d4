"""Long texts become chunks that fit, at sentences where that is possible."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from model_service.sentiment.finbert.chunks import split_text


def tokenise(text: str) -> list[int]:
    """A token for each word: its length."""
    return [len(word) for word in text.split()]


@given(st.text(alphabet="ab .\n", max_size=200), st.integers(1, 12))
def test_chunks_fit_and_lose_nothing(text: str, limit: int) -> None:
    chunks = split_text(text, tokenise, limit)
    assert chunks
    assert all(len(chunk) <= limit for chunk in chunks)
    assert len(chunks) == 1 or all(chunks)
    assert list(itertools.chain.from_iterable(chunks)) == tokenise(text)


def test_sentences_stay_whole_where_they_fit() -> None:
    assert split_text("a a a. bb bb. c c c c.", tokenise, 5) == [[1, 1, 2, 2, 3], [1, 1, 1, 2]]
    assert split_text("a a a. bb bb bb. c", tokenise, 4) == [[1, 1, 2], [2, 2, 3, 1]]


def test_a_sentence_that_does_not_fit_is_cut() -> None:
    assert split_text("a a a a a. b", tokenise, 2) == [[1, 1], [1, 1], [2, 1]]


def test_a_text_without_tokens_is_one_empty_chunk() -> None:
    assert split_text("  ", tokenise, 4) == [[]]
