"""/sentiment: scores by the contract, refusals that name the text, and never a text in the log."""

from __future__ import annotations

import logging
import threading
from concurrent.futures import ThreadPoolExecutor

import orjson
import pytest

from model_service.app import create_app
from model_service.artefacts.agents import AgentStore
from model_service.errors import SentimentUnavailable
from model_service.evaluation.sealed import open_looks
from model_service.http.generated import Readiness, SentimentResponse
from model_service.sentiment.scorer import ScorerLimits

SECONDS = 20.0


@pytest.fixture
def serve(settings, fake_engines):
    """``serve(**engines)``: a client of an application with these engines."""
    looks = open_looks(settings.looks_url)

    def make(engines=None):
        return create_app(
            settings,
            agents=AgentStore([settings.agents_dir]),
            looks=looks,
            engines=engines or fake_engines(),
        ).test_client()

    yield make
    looks.close()


def post(client, texts, **asked):
    return client.post("/sentiment", json={"texts": texts, **asked})


def test_each_text_gets_a_score_in_order(client) -> None:
    answer = post(client, ["it rose", "it fell", "flat", "it rose"], while_loading="wait")
    assert answer.status_code == 200
    SentimentResponse.model_validate(answer.get_json())
    assert answer.get_json()["scores"] == [
        {
            "label": "positive",
            "positive": 0.75,
            "negative": 0.125,
            "neutral": 0.125,
            "score": 0.625,
        },
        {"label": "negative", "positive": 0.125, "negative": 0.625, "neutral": 0.25, "score": -0.5},
        {"label": "neutral", "positive": 0.25, "negative": 0.25, "neutral": 0.5, "score": 0.0},
        {
            "label": "positive",
            "positive": 0.75,
            "negative": 0.125,
            "neutral": 0.125,
            "score": 0.625,
        },
    ]
    assert answer.get_json()["engine"] == "lite"
    assert answer.get_json()["engine_version"] == "lite-fake-1"
    assert answer.get_json()["reason"] == "lite: There is no finbert in tests."


def test_texts_are_prepared_before_they_are_scored(serve, fake_engine, fake_engines) -> None:
    engine = fake_engine("lite")
    client = serve(fake_engines(lite=lambda _tell: engine))
    post(client, ["<b>it rose</b> , said &amp; done", "it rose, said & done"])
    assert engine.asked == [["it rose, said & done"]]


@pytest.mark.parametrize(
    ("texts", "field", "limit"),
    [
        (["a", "b", "c", " \t\n"], "texts.3", None),
        (["a", "\u200b\ufeff"], "texts.1", None),
        (["<p></p>"], "texts.0", None),
        (["a", ""], "texts.1", 1),
        (["a", "b", "c", "d" * 20_001], "texts.3", 20_000),
        (["a"] * 1_001, "texts", 1_000),
        ([], "texts", 1),
        (["a", 5], "texts.1", None),
        (["a", None], "texts.1", None),
        ("text", "texts", None),
    ],
)
def test_texts_that_cannot_be_scored_are_named(client, problem_of, texts, field, limit) -> None:
    problem = problem_of(post(client, texts), 422, "invalid-request")
    assert problem["field"] == field
    assert problem.get("limit") == limit


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "texts"),
        ({"texts": ["a"], "engine": "vader"}, "engine"),
        ({"texts": ["a"], "while_loading": "never"}, "while_loading"),
        ({"texts": ["a"], "while_loading": None}, "while_loading"),
        ({"texts": ["a"], "language": "en"}, "language"),
    ],
)
def test_requests_outside_the_contract_name_the_field(client, problem_of, body, field) -> None:
    problem = problem_of(client.post("/sentiment", json=body), 422, "invalid-request")
    assert problem["field"] == field


@pytest.mark.parametrize(
    ("content", "kind", "status", "slug"),
    [
        (b"{", "application/json", 400, "malformed-json"),
        (b"\xff\xfe\x00", "application/json", 400, "malformed-json"),
        (rb'{"texts": ["\ud800 rose"]}', "application/json", 400, "malformed-json"),
        (b'{"texts": ["' + b"\xed\xa0\x80" + b'"]}', "application/json", 400, "malformed-json"),
        (b"[]", "application/json", 422, "invalid-request"),
        (b"headline", "text/plain", 415, "unsupported-media-type"),
        (b"", "application/json", 400, "malformed-json"),
    ],
)
def test_what_is_no_json_of_texts_is_refused(client, problem_of, content, kind, status, slug):
    problem_of(client.post("/sentiment", data=content, content_type=kind), status, slug)


def test_all_texts_together_are_bounded(client, problem_of) -> None:
    problem = problem_of(post(client, ["a" * 20_000] * 51), 413, "payload-too-large")
    assert (problem["field"], problem["limit"]) == ("texts", 1_000_000)


def test_a_body_larger_than_bodies_may_be_is_refused(client, problem_of) -> None:
    content = b'{"texts": ["' + b"a" * 2_000_001 + b'"]}'
    answer = client.post("/sentiment", data=content, content_type="application/json")
    assert problem_of(answer, 413, "payload-too-large")["limit"] == 2_000_000


@pytest.mark.parametrize(
    "text",
    [
        "🚀🚀",
        "أرباح الشركة ترتفع",
        "利益が増加",
        "\x01\x02a",
        "a" * 20_000,
        "ﷺ" * 20_000,
        "\u0000a",
    ],
)
def test_any_text_that_can_be_read_is_scored(client, text) -> None:
    answer = post(client, [text])
    assert answer.status_code == 200
    assert len(answer.get_json()["scores"]) == 1


@pytest.mark.parametrize("engine", ["finbert", "openai"])
def test_an_engine_that_is_not_there_is_a_503_with_the_reason(client, problem_of, engine) -> None:
    problem = problem_of(
        post(client, ["a"], engine=engine, while_loading="wait"), 503, "sentiment-unavailable"
    )
    assert problem["detail"].endswith(f"There is no {engine} in tests.")


def test_openai_without_a_key_names_the_setting(settings, problem_of) -> None:
    looks = open_looks(settings.looks_url)
    without_key = settings.model_copy(update={"openai_api_key": None})
    client = create_app(without_key, agents=AgentStore([]), looks=looks).test_client()
    answer = post(client, ["a"], engine="openai")
    assert "OPENAI_API_KEY" in problem_of(answer, 503, "sentiment-unavailable")["detail"]
    looks.close()


def test_while_finbert_is_loaded_lite_answers_or_the_request_waits(
    serve, fake_engines, fake_engine, problem_of
) -> None:
    begun, may_end = threading.Event(), threading.Event()

    def load(tell):
        tell("FinBERT is being loaded.")
        begun.set()
        assert may_end.wait(SECONDS)
        return fake_engine("finbert")

    engines = fake_engines(finbert=load)
    client = serve(engines)
    assert post(client, ["a"], engine="finbert").get_json()["engine"] == "lite"
    assert begun.wait(SECONDS)
    answer = post(client, ["a"]).get_json()
    assert (answer["engine"], answer["reason"]) == (
        "lite",
        "lite for now: FinBERT is being loaded.",
    )
    with ThreadPoolExecutor(1) as threads:
        waiting = threads.submit(post, serve(engines), ["a"], while_loading="wait")
        may_end.set()
        assert waiting.result(SECONDS).get_json()["engine"] == "finbert"


def test_a_wait_that_was_too_long_says_when_to_ask_again(
    serve, fake_engines, fake_engine, problem_of
) -> None:
    may_end = threading.Event()

    def load(_tell):
        assert may_end.wait(SECONDS)
        return fake_engine("finbert")

    client = serve(fake_engines(finbert=load, wait_seconds=0.01))
    answer = post(client, ["a"], while_loading="wait")
    may_end.set()
    problem_of(answer, 503, "sentiment-unavailable")
    assert int(answer.headers["Retry-After"]) > 0


def test_a_busy_engine_says_when_to_ask_again(serve, fake_engines, fake_engine, problem_of) -> None:
    begun, may_end = threading.Event(), threading.Event()

    def before(_texts):
        begun.set()
        assert may_end.wait(SECONDS)

    engines = fake_engines(
        lite=lambda _tell: fake_engine("lite", before),
        limits=ScorerLimits(at_once=1, waiting=0, seconds=SECONDS),
    )
    with ThreadPoolExecutor(1) as threads:
        first = threads.submit(post, serve(engines), ["a"])
        assert begun.wait(SECONDS)
        answer = post(serve(engines), ["b"])
        may_end.set()
        assert first.result(SECONDS).status_code == 200
    problem_of(answer, 503, "sentiment-unavailable")
    assert int(answer.headers["Retry-After"]) > 0


def test_an_engine_that_breaks_is_a_problem(serve, fake_engines, fake_engine, problem_of) -> None:
    def before(_texts):
        raise SentimentUnavailable("The endpoint answered nonsense.")

    client = serve(fake_engines(lite=lambda _tell: fake_engine("lite", before)))
    problem_of(post(client, ["a"]), 503, "sentiment-unavailable")


def test_readiness_tells_the_engines(client) -> None:
    client.application.extensions["services"].readiness.start().join(60.0)
    answer = client.get("/readyz")
    assert answer.status_code == 200
    told = Readiness.model_validate(answer.get_json()).sentiment
    assert [state.engine for state in told.engines] == ["finbert", "openai", "lite"]
    assert told.chosen == "lite"
    post(client, ["a"], while_loading="wait")
    told = Readiness.model_validate(client.get("/readyz").get_json()).sentiment
    assert told.reason == "lite: There is no finbert in tests."
    assert told.engines[2].state == "ready"
    assert told.engines[2].engine_version == "lite-fake-1"


def test_metrics_tell_engine_texts_and_cache(client) -> None:
    post(client, ["it rose", "it fell"], while_loading="wait")
    post(client, ["it rose", "flat"])
    lines = client.get("/metrics").text.splitlines()
    for line in (
        'bellwether_sentiment_texts_total{engine="lite"} 4.0',
        'bellwether_sentiment_labels_total{engine="lite",label="positive"} 2.0',
        'bellwether_sentiment_labels_total{engine="lite",label="negative"} 1.0',
        'bellwether_cache_requests_total{cache="scores",result="hit"} 1.0',
        'bellwether_cache_requests_total{cache="scores",result="miss"} 3.0',
        'bellwether_cache_entries{cache="scores"} 3.0',
        'bellwether_sentiment_engine_state{engine="lite",state="ready"} 1.0',
        'bellwether_sentiment_engine_state{engine="finbert",state="absent"} 1.0',
        'bellwether_sentiment_engine_chosen{engine="lite"} 1.0',
        'bellwether_sentiment_engine_chosen{engine="finbert"} 0.0',
    ):
        assert line in lines, line


def test_texts_are_not_logged(client, caplog, problem_of) -> None:
    headline = "Sesame rose"
    with caplog.at_level(logging.DEBUG):
        post(client, [headline])
        problem_of(post(client, [headline, " "]), 422, "invalid-request")
        problem_of(post(client, [headline], engine="openai"), 503, "sentiment-unavailable")
        client.post("/sentiment", data=orjson.dumps([headline]), content_type="application/json")
    assert "Sesame" not in caplog.text
