"""/predict and /evaluate by an agent that reads news."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from flask.testing import FlaskClient

from model_service.market.candles import Candles
from model_service.settings import Settings

RandomCandles = Callable[[int], Candles]
Post = Callable[..., Any]


@pytest.fixture
def reader(settings: Settings, write_news_reader: Callable[[Path], None]) -> str:
    """The id of an agent with the news of three and of ten candles among its features."""
    write_news_reader(settings.agents_dir / "reader")
    return "reader"


@pytest.fixture
def post(client: FlaskClient, columns_of: Callable[[Candles], Any]) -> Post:
    def send(path: str, candles: Candles, **members: Any) -> Any:
        body = {"symbol": candles.symbol, "candles": columns_of(candles), **members}
        return client.post(path, json=body)

    return send


def told(candles: Candles, *rows: int, score: float = 0.9, version: str = "1") -> dict[str, Any]:
    """As many headlines as rows, each counting from that candle."""
    return {
        "engine": "lite",
        "engine_version": version,
        "counts_from": candles.time[list(rows)].tolist(),
        "score": [score] * len(rows),
    }


def q_of(answer: Any) -> np.ndarray[Any, Any]:
    assert answer.status_code == 200, answer.get_json()
    decisions = answer.get_json()["decisions"]
    return np.array([decisions["q_hold"]], dtype=float)[0]


def test_news_changes_what_is_thought_from_its_candle_on(
    post: Post, reader: str, random_candles: RandomCandles
) -> None:
    candles = random_candles(200)
    silent = q_of(post("/predict", candles, agent=reader))
    heard = q_of(post("/predict", candles, agent=reader, news=told(candles, 100, 100, 101)))
    np.testing.assert_array_equal(heard[:100], silent[:100])
    assert (heard[100:111] != silent[100:111]).all()
    # Twelve candles on, all of it is older than the longest span.
    np.testing.assert_allclose(heard[112:], silent[112:], atol=1e-6)


def test_passport_names_the_news_and_the_order_does_not_matter(
    post: Post, reader: str, random_candles: RandomCandles
) -> None:
    candles = random_candles(150)
    one, other, none = (
        post("/predict", candles, agent=reader, news=news).get_json()["passport"]["news_hash"]
        for news in (told(candles, 20, 30), told(candles, 30, 20), None)
    )
    assert one == other != none
    assert none is None


def test_an_agent_that_reads_none_leaves_news_aside(
    post: Post, random_candles: RandomCandles
) -> None:
    candles = random_candles(150)
    with_news = post("/predict", candles, news=told(candles, 60)).get_json()
    assert with_news == post("/predict", candles).get_json()
    assert with_news["passport"]["news_hash"] is None


def test_missing_news_and_another_engine_are_told(
    post: Post, reader: str, random_candles: RandomCandles
) -> None:
    candles = random_candles(150)
    silent, other, same = (
        post("/predict", candles, agent=reader, news=news).get_json()["warnings"]
        for news in (None, told(candles, 60, version="2"), told(candles, 60))
    )
    assert any("was given none" in warning for warning in silent)
    assert any("scored by lite 2; the agent learned from scores of lite 1" in w for w in other)
    assert not any("scored by" in w or "given none" in w for w in same)


def test_evaluate_takes_the_news_into_its_passport(
    post: Post, reader: str, random_candles: RandomCandles
) -> None:
    candles = random_candles(560)
    report = post("/evaluate", candles, agent=reader, news=told(candles, 450, 500)).get_json()
    assert report["passport"]["news_hash"] is not None
    assert post("/evaluate", candles, agent=reader).get_json()["passport"]["news_hash"] is None


@pytest.mark.parametrize("path", ["/predict", "/evaluate"])
@pytest.mark.parametrize(
    ("change", "field", "sentence"),
    [
        ({"counts_from": "x"}, "news.counts_from", "has to be a list"),
        (
            {"counts_from": [1.5]},
            "news.counts_from",
            "Value 1 of `news.counts_from` is not a whole",
        ),
        ({"counts_from": [10**15]}, "news.counts_from", "in the years 1 to 9999"),
        ({"score": [True]}, "news.score", "Value 1 of `news.score` is not a number"),
        ({"score": [1.5]}, "news.score", "Score 1 of `news` is 1.5"),
        ({"score": []}, "news.score", "1 times and 0 scores"),
        ({"engine": ""}, "news.engine", "at least 1 character"),
        ({"loud": 1}, "news.loud", "is not known here"),
    ],
)
def test_what_is_no_news_is_refused_with_its_field(
    post: Post,
    reader: str,
    random_candles: RandomCandles,
    path: str,
    change: dict[str, Any],
    field: str,
    sentence: str,
) -> None:
    candles = random_candles(120)
    answer = post(path, candles, agent=reader, news={**told(candles, 60), **change})
    assert answer.status_code == 422
    problem = answer.get_json()
    assert problem["field"] == field
    assert sentence in problem["detail"]


def test_news_from_the_future_is_refused(
    post: Post, reader: str, random_candles: RandomCandles
) -> None:
    candles = random_candles(120)
    news = told(candles, 60)
    news["counts_from"][0] = int(candles.time[-1]) + 1
    answer = post("/predict", candles, agent=reader, news=news)
    assert answer.status_code == 422
    assert answer.get_json()["type"] == "urn:bellwether:problem:news-from-the-future"
