"""The bounded cache of finished answers."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from backend_service.answers import Answer, AnswerCache


def test_the_least_recently_used_goes_first() -> None:
    cache = AnswerCache(8_000)
    for name in "abc":
        cache.put(name, Answer.of(name.encode() * 1_400))
    assert cache.get("a") is not None
    for name in "de":
        cache.put(name, Answer.of(name.encode() * 1_400))
    assert [name for name in "abcde" if cache.get(name) is not None] == ["a", "c", "d", "e"]


@given(
    st.integers(0, 20_000),
    st.lists(st.tuples(st.integers(0, 5), st.integers(0, 8_000)), max_size=60),
)
def test_it_never_holds_more_than_its_limit(limit: int, puts: list[tuple[int, int]]) -> None:
    cache = AnswerCache(limit)
    for key, size in puts:
        cache.put(key, Answer.of(bytes(size)))
        assert cache.held_bytes <= limit
    held = [answer for key in range(6) if (answer := cache.get(key)) is not None]
    assert sum(len(answer.body) for answer in held) <= cache.held_bytes


def test_equal_bytes_have_equal_tags_and_others_do_not() -> None:
    assert Answer.of(b"a").etag == Answer.of(b"a").etag != Answer.of(b"b").etag
