"""Batches: bounded, complete, and of lengths that no mate changes."""

from hypothesis import given
from hypothesis import strategies as st

from model_service.sentiment.finbert.batches import (
    MOST_CHUNKS,
    MOST_PAIRS,
    MOST_TOKENS,
    make_batches,
)

LONGEST = 510
lengths = st.lists(st.integers(1, LONGEST), max_size=200)


@given(lengths)
def test_every_chunk_is_in_one_batch_that_is_long_enough(sizes: list[int]) -> None:
    batches = make_batches(sizes, LONGEST)
    members = [member for batch in batches for member in batch.members]
    assert sorted(members) == list(range(len(sizes)))
    for batch in batches:
        assert all(sizes[member] <= batch.length for member in batch.members)
        assert 1 <= len(batch.members) <= MOST_CHUNKS
        assert batch.length * len(batch.members) <= max(MOST_TOKENS, batch.length)
        assert batch.length**2 * len(batch.members) <= max(MOST_PAIRS, batch.length**2)
        assert batch.length <= LONGEST


@given(lengths, st.integers(1, LONGEST))
def test_the_padded_length_follows_from_the_own_length_alone(sizes: list[int], own: int) -> None:
    (alone,) = make_batches([own], LONGEST)
    beside = make_batches([*sizes, own], LONGEST)
    (found,) = (batch for batch in beside if len(sizes) in batch.members)
    assert found.length == alone.length


def test_batches_grow_in_length() -> None:
    found = [batch.length for batch in make_batches([400, 3, 90, 5, 4], LONGEST)]
    assert found == sorted(found) == [4, 6, 90, 400]
