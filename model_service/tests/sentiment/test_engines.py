"""The engines of a process: picked for each request, loaded without being in the way."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from model_service.errors import SentimentUnavailable
from model_service.sentiment.refusals import SentimentBusy
from model_service.sentiment.scorer import ScorerLimits

SECONDS = 20.0


class HeldLoader:
    """Loads once it may."""

    def __init__(self, engine) -> None:
        self.may_end = threading.Event()
        self.begun = threading.Event()
        self._engine = engine

    def __call__(self, _tell):
        self.begun.set()
        assert self.may_end.wait(SECONDS)
        return self._engine


@pytest.fixture
def held(fake_engine):
    loader = HeldLoader(fake_engine("finbert"))
    yield loader
    loader.may_end.set()


def states_of(engines):
    return {state.engine: state.state for state in engines.states()}


def test_starting_and_telling_never_wait(fake_engines, held) -> None:
    engines = fake_engines(finbert=held)
    engines.start()
    assert held.begun.wait(SECONDS)
    assert states_of(engines)["finbert"] == "loading"
    assert engines.chosen().engine == "lite"
    assert engines.pick(None, while_loading="lite").scorer.name == "lite"
    held.may_end.set()
    assert engines.pick(None, while_loading="wait").scorer.name == "finbert"
    assert engines.chosen().engine == "finbert"
    assert states_of(engines) == {"finbert": "ready", "openai": "absent", "lite": "ready"}


@pytest.mark.parametrize("asked", ["auto", "finbert", None])
def test_a_request_may_wait_for_finbert(fake_engines, held, asked) -> None:
    engines = fake_engines(finbert=held)
    with ThreadPoolExecutor(1) as threads:
        waiting = threads.submit(engines.pick, asked, while_loading="wait")
        assert held.begun.wait(SECONDS)
        assert not waiting.done()
        held.may_end.set()
        assert waiting.result(SECONDS).scorer.name == "finbert"


def test_a_wait_is_bounded_in_time(fake_engines, held) -> None:
    engines = fake_engines(finbert=held, wait_seconds=0.01)
    with pytest.raises(SentimentBusy, match="FinBERT is not ready yet") as refusal:
        engines.pick("auto", while_loading="wait")
    assert refusal.value.retry_after_seconds >= 1


def test_few_requests_wait_and_others_are_told_to_come_back(fake_engines, held) -> None:
    engines = fake_engines(finbert=held, limits=ScorerLimits(waiting=0))
    with pytest.raises(SentimentBusy, match="Enough requests wait"):
        engines.pick("auto", while_loading="wait")
    assert engines.pick("auto", while_loading="lite").scorer.name == "lite"


def test_auto_falls_back_and_says_why(fake_engines) -> None:
    engines = fake_engines()
    picked = engines.pick("auto", while_loading="wait")
    assert picked.scorer.name == "lite"
    assert picked.reason == "lite: There is no finbert in tests."
    assert engines.chosen().reason == picked.reason


@pytest.mark.parametrize("asked", ["finbert", "openai"])
def test_an_absent_engine_that_is_asked_for_is_refused_with_its_reason(fake_engines, asked) -> None:
    with pytest.raises(SentimentUnavailable, match=f"There is no {asked} in tests."):
        fake_engines().pick(asked, while_loading="wait")


def test_only_what_is_needed_is_loaded(fake_engines, held) -> None:
    engines = fake_engines(default="lite", finbert=held)
    engines.start()
    assert engines.pick(None, while_loading="lite").scorer.name == "lite"
    assert not held.begun.is_set()
    assert states_of(engines)["finbert"] == "absent"
    # Asked for by name, it is loaded after all.
    assert engines.pick("finbert", while_loading="lite").scorer.name == "lite"
    assert held.begun.wait(SECONDS)


@pytest.mark.parametrize("default", ["finbert", "openai"])
def test_a_default_that_is_absent_is_no_silent_lite(fake_engines, default) -> None:
    engines = fake_engines(default=default)
    with pytest.raises(SentimentUnavailable):
        engines.pick(None, while_loading="wait")
    assert engines.chosen().engine == default


def test_without_lite_there_is_no_answer_but_a_sentence(fake_engines) -> None:
    def load(_tell):
        raise SentimentUnavailable("model.safetensors does not match its hash.")

    with pytest.raises(SentimentUnavailable, match=r"lite: model\.safetensors does not match"):
        fake_engines(lite=load).pick("auto", while_loading="wait")


def test_scores_of_an_engine_are_kept_from_request_to_request(fake_engines) -> None:
    engines = fake_engines()
    first = engines.pick("lite", while_loading="lite").scorer
    assert engines.pick("auto", while_loading="lite").scorer is first


def test_stopping_lets_nobody_wait(fake_engines, held) -> None:
    engines = fake_engines(finbert=held, wait_seconds=SECONDS)
    with ThreadPoolExecutor(1) as threads:
        waiting = threads.submit(engines.pick, "auto", while_loading="wait")
        assert held.begun.wait(SECONDS)
        engines.stop()
        with pytest.raises(SentimentBusy):
            waiting.result(SECONDS / 2)
