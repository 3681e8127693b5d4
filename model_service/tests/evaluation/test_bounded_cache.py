"""The bounded cache: what it keeps, what it lets go, and that its bound holds."""

from __future__ import annotations

import threading

from hypothesis import given
from hypothesis import strategies as st

from model_service.evaluation.bounded_cache import BoundedCache


def test_value_is_made_once():
    made = []
    cache = BoundedCache(10, lambda _: 1)
    for _ in range(3):
        assert cache.get("a", lambda: made.append(1) or "value") == "value"
    assert (len(made), cache.hits, cache.misses) == (1, 2, 1)


def test_least_recently_used_goes_first():
    cache = BoundedCache(2, lambda _: 1)
    for key in ("a", "b", "a", "c"):
        cache.get(key, lambda: 0)
    hits = cache.hits
    cache.get("a", lambda: 0)
    assert cache.hits == hits + 1
    cache.get("b", lambda: 0)
    assert cache.hits == hits + 1


def test_too_heavy_a_value_is_returned_and_not_kept():
    cache = BoundedCache(5, len)
    cache.get("light", lambda: "xx")
    assert cache.get("heavy", lambda: "xxxxxx") == "xxxxxx"
    assert len(cache) == 1


@given(st.lists(st.tuples(st.integers(0, 8), st.integers(0, 12)), max_size=60))
def test_weight_never_passes_the_bound(questions):
    weights = {}
    cache = BoundedCache(20, lambda value: value)
    for key, weight in questions:
        weights.setdefault(key, weight)
        assert cache.get(key, lambda key=key: weights[key]) == weights[key]
        assert cache.weight <= 20
    assert cache.hits + cache.misses == len(questions)


def test_threads_see_one_value_each_time():
    cache = BoundedCache(4, lambda _: 1)
    wrong = []

    def ask():
        for turn in range(500):
            key = turn % 8
            if cache.get(key, lambda key=key: key * 2) != key * 2:
                wrong.append(key)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert not wrong
    assert cache.weight == len(cache) == 4
