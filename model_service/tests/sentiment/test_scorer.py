"""A text is scored once, few requests score at once, and answers that are no scores go nowhere."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model_service.errors import SentimentUnavailable
from model_service.sentiment.engine import Score
from model_service.sentiment.refusals import SentimentBusy
from model_service.sentiment.scorer import ScoreCache, Scorer, ScorerLimits

SECONDS = 20.0


def flat(texts: list[list[str]]) -> list[str]:
    return [text for part in texts for text in part]


def test_equal_texts_are_scored_once_and_in_order(fake_engine) -> None:
    engine, cache = fake_engine("lite"), ScoreCache()
    scorer = Scorer(engine, cache)
    assert (scorer.name, scorer.version) == (engine.name, engine.version)
    texts = ["it rose", "flat", "it rose", "it fell", "flat"]
    expected = [engine.score_one(text) for text in texts]
    assert scorer.score(texts) == expected
    assert scorer.score(texts[::-1]) == expected[::-1]
    assert engine.asked == [["it rose", "flat", "it fell"]]
    assert (cache.hits, cache.misses, len(cache)) == (3, 3, 3)


@given(st.lists(st.lists(st.sampled_from("abcdefgh"), max_size=12), max_size=8))
def test_a_small_cache_changes_no_score(requests: list[list[str]]) -> None:
    from_text = {
        text: Score(0.1 * index, 0.2, 0.8 - 0.1 * index) for index, text in enumerate("abcdefgh")
    }

    class Engine:
        name, version = "lite", "1"

        def score(self, texts):
            return [from_text[text] for text in texts]

    cache = ScoreCache(3)
    scorer = Scorer(Engine(), cache)
    for texts in requests:
        assert scorer.score(texts) == [from_text[text] for text in texts]
        assert len(cache) <= 3


def test_the_texts_asked_for_last_are_kept(fake_engine) -> None:
    engine = fake_engine("lite")
    scorer = Scorer(engine, ScoreCache(2))
    for text in ("a", "b", "a", "c", "a", "b"):
        scorer.score([text])
    assert flat(engine.asked) == ["a", "b", "c", "b"]


def test_engines_and_versions_share_a_cache_without_mixing(fake_engine) -> None:
    cache = ScoreCache()
    engines = [fake_engine("lite"), fake_engine("finbert"), fake_engine("lite")]
    engines[2].version = "2"
    for engine in engines:
        Scorer(engine, cache).score(["a"])
        assert engine.asked == [["a"]]


def test_a_text_that_is_being_scored_is_not_scored_again(fake_engine) -> None:
    begun, may_end = threading.Event(), threading.Event()

    def before(texts: list[str]) -> None:
        if "slow" in texts:
            begun.set()
            assert may_end.wait(SECONDS)

    engine = fake_engine("lite", before)
    scorer = Scorer(engine, ScoreCache())
    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(scorer.score, ["slow"])
        assert begun.wait(SECONDS)
        second = threads.submit(scorer.score, ["fast", "slow"])
        while len(engine.asked) == 0:
            assert not second.done()
        may_end.set()
        assert first.result(SECONDS)[0] == second.result(SECONDS)[1]
    assert sorted(flat(engine.asked)) == ["fast", "slow"]


def test_a_failure_reaches_all_who_wait_and_is_not_kept(fake_engine) -> None:
    begun, may_end = threading.Event(), threading.Event()
    failures = iter([True])

    def before(texts: list[str]) -> None:
        if "slow" in texts and next(failures, False):
            begun.set()
            assert may_end.wait(SECONDS)
            raise SentimentUnavailable("The engine broke.")

    engine = fake_engine("lite", before)
    scorer = Scorer(engine, ScoreCache())
    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(scorer.score, ["slow"])
        assert begun.wait(SECONDS)
        second = threads.submit(scorer.score, ["other", "slow"])
        while not engine.asked:
            assert not second.done()
        may_end.set()
        for waiting in (first, second):
            with pytest.raises(SentimentUnavailable, match="The engine broke"):
                waiting.result(SECONDS)
    assert len(scorer.score(["slow", "other"])) == 2


def test_who_finds_the_queue_full_is_refused_at_once(fake_engine) -> None:
    begun, may_end = threading.Event(), threading.Event()

    def before(texts: list[str]) -> None:
        begun.set()
        assert may_end.wait(SECONDS)

    limits = ScorerLimits(at_once=1, waiting=0, seconds=SECONDS)
    scorer = Scorer(fake_engine("finbert", before), ScoreCache(), limits)
    with ThreadPoolExecutor(1) as threads:
        first = threads.submit(scorer.score, ["a"])
        assert begun.wait(SECONDS)
        with pytest.raises(SentimentBusy, match="finbert is busy") as refusal:
            scorer.score(["b"])
        assert refusal.value.retry_after_seconds >= 1
        may_end.set()
        first.result(SECONDS)
    # What is known needs no place, and the place is free again.
    assert len(scorer.score(["a", "b"])) == 2


def test_who_waits_too_long_for_a_place_is_refused(fake_engine) -> None:
    begun, may_end = threading.Event(), threading.Event()

    def before(texts: list[str]) -> None:
        begun.set()
        assert may_end.wait(SECONDS)

    limits = ScorerLimits(at_once=1, waiting=1, seconds=0.05)
    scorer = Scorer(fake_engine("finbert", before), ScoreCache(), limits)
    with ThreadPoolExecutor(1) as threads:
        first = threads.submit(scorer.score, ["a"])
        assert begun.wait(SECONDS)
        for text in ("a", "b"):
            with pytest.raises(SentimentBusy):
                scorer.score([text])
        may_end.set()
        first.result(SECONDS)


def test_a_request_that_takes_too_long_comes_further_each_time(fake_engine) -> None:
    late = threading.Event()
    engine = fake_engine("finbert", lambda _texts: late.wait(0.06))
    scorer = Scorer(engine, ScoreCache(), ScorerLimits(seconds=0.05))
    texts = [f"{number}" for number in range(700)]
    for _ in range(2):
        with pytest.raises(SentimentBusy, match="takes longer than a request may"):
            scorer.score(texts)
    assert len(scorer.score(texts)) == 700
    assert sorted(flat(engine.asked)) == sorted(texts)


def test_long_texts_come_to_the_engine_a_few_at_a_time(fake_engine) -> None:
    engine = fake_engine("finbert")
    Scorer(engine, ScoreCache()).score([f"{number:09000}" for number in range(7)])
    assert [len(part) for part in engine.asked] == [3, 3, 1]


@pytest.mark.parametrize(
    "answer",
    [
        [],
        [Score(0.2, 0.3, 0.5)] * 2,
        [Score(float("nan"), 0.5, 0.5)],
        [Score(0.9, 0.9, 0.9)],
        [Score(1.5, -1.0, 0.5)],
    ],
)
def test_an_answer_that_is_no_probabilities_is_refused(answer: list[Score]) -> None:
    class Engine:
        name, version = "openai", "1"

        def score(self, _texts):
            return answer

    cache = ScoreCache()
    with pytest.raises(SentimentUnavailable, match="no probabilities"):
        Scorer(Engine(), cache).score(["a"])
    assert len(cache) == 0


def test_probabilities_stay_within_their_bounds() -> None:
    class Engine:
        name, version = "finbert", "1"

        def score(self, _texts):
            return [Score(1.0000001, -1e-8, 0.0)]

    assert Scorer(Engine(), ScoreCache()).score(["a"]) == [Score(1.0, 0.0, 0.0)]
