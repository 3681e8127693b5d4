"""The model service over HTTP: what is sent, what is believed, and how it fails."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import date
from typing import TYPE_CHECKING, Any

import httpx
import orjson
import pytest
from gateway_fakes import (
    make_agent,
    make_candles,
    make_page,
    make_prediction,
    make_report,
    make_score,
)
from pydantic import ValidationError

from backend_service.agents.question import AgentQuestion
from backend_service.agents.scored_news import ScoredNews
from backend_service.errors import (
    ModelServiceBadAnswer,
    ModelServiceError,
    ModelServiceRefusal,
    ModelServiceTimeout,
    ModelServiceUnavailable,
)
from backend_service.market_data.candles import Candles
from backend_service.market_data.ranges import TimeRange
from backend_service.model_client.client import ModelServiceClient
from backend_service.model_client.service import RawFile
from backend_service.settings import Settings
from backend_service.signals.question import SignalQuestion
from backend_service.telemetry.metrics import Metrics

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

pytestmark = pytest.mark.anyio

QUESTION = SignalQuestion("default", 1_000.0, 10.0, 0.0, "next_open", TimeRange(None, 10**10))
EVALUATION = AgentQuestion("default", 1_000.0, 5.0, 1.0, "next_close")
TEN = make_candles(10)
HEALTH = {"status": "ok", "version": "1"}


def make_client(
    handler: Callable[[httpx.Request], httpx.Response], **changes: Any
) -> ModelServiceClient:
    settings = Settings(**changes)
    return ModelServiceClient(settings, Metrics(), httpx.MockTransport(handler))


def answer_with(content: object, status: int = 200, kind: str = "application/json") -> Any:
    body = content if isinstance(content, bytes) else orjson.dumps(content)
    return lambda _request: httpx.Response(status, content=body, headers={"content-type": kind})


def make_series(candles: Candles, **changes: object) -> dict[str, object]:
    return {
        "symbol": "NHPC",
        "interval": "1d",
        "source": "simulated",
        "currency": None,
        "timezone": None,
        "price_basis": "raw",
        "data_hash": candles.data_hash,
        "candles": {name: column.tolist() for name, column in candles.to_columns().items()},
        **changes,
    }


async def read_nothing() -> AsyncIterator[bytes]:
    for chunk in (b"Date,", b"Close\n"):
        yield chunk


async def test_a_file_is_sent_in_chunks_with_its_length_and_parameters() -> None:
    candles = make_candles(20)
    seen: list[httpx.Request] = []

    async def handle(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        assert await request.aread() == b"Date,Close\n"
        issues = [{"row": 2, "kind": "k", "action": "kept", "message": "m", "count": 3}]
        series = make_series(candles, source="upload", issues=issues)
        return httpx.Response(200, content=orjson.dumps(series))

    client = make_client(handle)
    raw = RawFile(read_nothing(), 11, "NHPC & Co.csv", "NHPC", "Adj Close", repair=True)
    series = await client.preprocess(raw)
    (request,) = seen
    assert dict(request.url.params) == {
        "file_name": "NHPC & Co.csv",
        "symbol": "NHPC",
        "column": "Adj Close",
        "repair": "true",
    }
    assert request.headers["content-length"] == "11"
    assert "transfer-encoding" not in request.headers
    assert series.candles.data_hash == candles.data_hash
    assert [(issue.row, issue.count) for issue in series.issues] == [(2, 3)]


async def test_a_simulation_is_asked_for_by_dates() -> None:
    seen: list[httpx.URL] = []

    def handle(request: httpx.Request) -> httpx.Response:
        seen.append(request.url)
        return httpx.Response(200, content=orjson.dumps(make_series(make_candles(3), seed=0)))

    await make_client(handle).simulate("SIM-X", 5, date(2010, 1, 4), date(2010, 1, 6), "1d")
    assert str(seen[0]).endswith(
        "/simulate?symbol=SIM-X&seed=5&start=2010-01-04&end=2010-01-06&interval=1d"
    )


async def test_a_prediction_is_asked_for_with_every_part_of_the_question() -> None:
    candles = make_candles(30)
    seen: list[dict[str, Any]] = []

    def handle(request: httpx.Request) -> httpx.Response:
        seen.append(orjson.loads(request.content))
        return httpx.Response(200, content=make_prediction("NHPC", "mixed", candles, QUESTION))

    body = await make_client(handle).predict("NHPC", "mixed", candles, QUESTION)
    assert body == make_prediction("NHPC", "mixed", candles, QUESTION)
    sent = seen[0].pop("candles")
    assert Candles.from_columns(sent).data_hash == candles.data_hash
    assert seen[0] == {
        "symbol": "NHPC",
        "price_basis": "mixed",
        "agent": "default",
        "cash": 1_000.0,
        "costs": {"commission_bps": 10.0, "slippage_bps": 0.0},
        "fill": "next_open",
        "start": None,
        "end": 10**10,
    }


@pytest.mark.parametrize(
    ("path", "ask"),
    [
        ("/predict", lambda client, news: client.predict("NHPC", "raw", TEN, QUESTION, news)),
        ("/evaluate", lambda client, news: client.evaluate("NHPC", "raw", TEN, EVALUATION, news)),
        (
            "/evaluate",
            lambda client, news: client.evaluate_page("NHPC", "raw", TEN, EVALUATION, news),
        ),
    ],
)
async def test_news_goes_with_the_candles_where_the_agent_reads_it(path: str, ask: Any) -> None:
    sent: list[tuple[str, Any]] = []

    def handle(request: httpx.Request) -> httpx.Response:
        sent.append((request.url.path, orjson.loads(request.content).get("news")))
        return httpx.Response(500)

    news = ScoredNews("lite", "1", [int(TEN.time[-1])], [-0.5])
    for given in (None, news):
        with pytest.raises(ModelServiceError):
            await ask(make_client(handle), given)
    written = {
        "engine": "lite",
        "engine_version": "1",
        "counts_from": [int(TEN.time[-1])],
        "score": [-0.5],
    }
    assert sent == [(path, None), (path, written)]


SENTIMENT = {
    "engine": "lite",
    "engine_version": "1",
    "reason": "It was asked for.",
    "scores": [make_score("good"), make_score("bad")],
}


async def test_texts_are_scored_in_order() -> None:
    sent: list[Any] = []

    def handle(request: httpx.Request) -> httpx.Response:
        sent.append(orjson.loads(request.content))
        return httpx.Response(200, json=SENTIMENT)

    answer = await make_client(handle).score_texts(["good", "bad"], "wait")
    assert [score.label for score in answer.scores] == ["positive", "negative"]
    assert sent == [{"texts": ["good", "bad"], "while_loading": "wait"}]


@pytest.mark.parametrize(
    "answer",
    [
        SENTIMENT | {"scores": [make_score("good")]},
        SENTIMENT | {"engine": "oracle"},
        {"scores": []},
        b"<html>",
    ],
)
async def test_scores_that_break_the_contract_are_not_believed(answer: object) -> None:
    with pytest.raises(ModelServiceBadAnswer):
        await make_client(answer_with(answer)).score_texts(["good", "bad"])


@pytest.mark.parametrize(
    "change",
    [
        {"data_hash": "0" * 64},
        {"metrics": {}},
        {"warnings": None},
        {"extra": 1},
        {"ledger": {"time": [], "cash": [], "quantity": [1.5], "net_worth": []}},
    ],
)
async def test_a_prediction_that_breaks_the_contract_is_not_believed(
    change: dict[str, object],
) -> None:
    candles = make_candles(30)
    answer = orjson.loads(make_prediction("NHPC", "raw", candles, QUESTION)) | change
    with pytest.raises(ModelServiceBadAnswer):
        await make_client(answer_with(answer)).predict("NHPC", "raw", candles, QUESTION)


async def test_nan_is_no_json() -> None:
    candles = make_candles(30)
    body = make_prediction("NHPC", "raw", candles, QUESTION).replace(
        b'"sharpe":null', b'"sharpe":NaN'
    )
    with pytest.raises(ModelServiceBadAnswer, match="not JSON"):
        await make_client(answer_with(body)).predict("NHPC", "raw", candles, QUESTION)


@pytest.mark.parametrize(
    "change",
    [
        {"data_hash": "0" * 64},
        {"candles": None},
        {"candles": {}},
        {"candles": {name: [] for name in ("time", "open", "high", "low", "close", "volume")}},
        {"price_basis": "guessed"},
        {"symbol": "../x"},
        {"seed": None},
    ],
)
async def test_a_series_that_breaks_the_contract_is_not_believed(
    change: dict[str, object],
) -> None:
    series = make_series(make_candles(20), seed=0) | change
    client = make_client(answer_with(series))
    with pytest.raises(ModelServiceBadAnswer):
        await client.simulate("NHPC", 0, date(2010, 1, 4), date(2010, 2, 1), "1d")


async def test_agents_files_and_health() -> None:
    agent = make_agent().model_dump(mode="json")
    assert (await make_client(answer_with({"agents": [agent]})).agents())[0].id == "default"
    assert (await make_client(answer_with(agent)).agent("default")).id == "default"
    written = {"output_file": "dataset/NHPC_results.csv"}
    client = make_client(answer_with(written))
    assert await client.predict_file("NHPC.csv") == "dataset/NHPC_results.csv"
    await make_client(answer_with(HEALTH)).check_health()


PROBLEM = {
    "type": "urn:bellwether:problem:unreadable-csv",
    "title": "T",
    "status": 422,
    "detail": "D",
    "row": 3,
    "field": "Close",
    "limit": 5,
}
KIND = "application/problem+json"


@pytest.mark.parametrize("status", [404, 409, 413, 415, 422])
async def test_a_problem_that_the_asker_can_mend_is_passed_on_whole(status: int) -> None:
    content = {**PROBLEM, "request_id": "theirs", "trace": "secret", "row": 3}
    client = make_client(answer_with(content, status, KIND + "; charset=utf-8"))
    with pytest.raises(ModelServiceRefusal) as refusal:
        await client.agents()
    assert refusal.value.to_problem() == {**PROBLEM, "status": status}


@pytest.mark.parametrize(
    ("content", "status", "kind", "error"),
    [
        (PROBLEM, 503, KIND, ModelServiceUnavailable),
        (PROBLEM, 500, KIND, ModelServiceBadAnswer),
        (PROBLEM, 400, KIND, ModelServiceBadAnswer),
        (PROBLEM, 422, "application/json", ModelServiceBadAnswer),
        ({**PROBLEM, "type": "about:blank"}, 422, KIND, ModelServiceBadAnswer),
        ({**PROBLEM, "detail": None}, 422, KIND, ModelServiceBadAnswer),
        ([], 422, KIND, ModelServiceBadAnswer),
        (b"<html>", 422, KIND, ModelServiceBadAnswer),
        (b"", 200, "application/json", ModelServiceBadAnswer),
        (b"<html>", 200, "text/html", ModelServiceBadAnswer),
        (b"[]", 200, "application/json", ModelServiceBadAnswer),
        (b"", 302, "text/plain", ModelServiceBadAnswer),
    ],
)
async def test_anything_else_is_a_failure_of_the_service(
    content: object, status: int, kind: str, error: type[ModelServiceError]
) -> None:
    with pytest.raises(error):
        await make_client(answer_with(content, status, kind)).agents()


async def test_an_answer_is_bounded_in_size() -> None:
    client = make_client(answer_with(b" " * 2_000), max_model_answer_bytes=1_000)
    with pytest.raises(ModelServiceBadAnswer, match="1000 bytes"):
        await client.agents()


@asynccontextmanager
async def serve(answer: bytes | None) -> AsyncIterator[str]:
    """A server that sends `answer` after each request and closes, or never answers."""
    over = asyncio.Event()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        if answer is None:
            await over.wait()
        else:
            writer.write(answer)
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        over.set()
        server.close()


Question = Callable[[ModelServiceClient], Awaitable[object]]


@pytest.mark.parametrize(
    ("setting", "ask"),
    [
        ("model_quick_seconds", lambda client: client.agents()),
        ("model_quick_seconds", lambda client: client.agent("default")),
        (
            "model_quick_seconds",
            lambda client: client.simulate("SIM-X", 0, date(2010, 1, 4), date(2010, 2, 1), "1d"),
        ),
        (
            "model_predict_seconds",
            lambda client: client.predict("NHPC", "raw", make_candles(3), QUESTION),
        ),
        ("model_predict_seconds", lambda client: client.predict_file("NHPC.csv")),
        ("model_sentiment_seconds", lambda client: client.score_texts(["good"])),
        (
            "model_preprocess_seconds",
            lambda client: client.preprocess(RawFile(read_nothing(), 11, "NHPC.csv")),
        ),
    ],
)
async def test_a_service_that_hangs_is_given_up_after_the_question_s_own_time(
    setting: str, ask: Question
) -> None:
    async with serve(None) as url:
        settings = Settings(model_url=url).model_copy(update={setting: 0.2})
        client = ModelServiceClient(settings, Metrics())
        started = time.monotonic()
        with pytest.raises(ModelServiceTimeout, match=r"within 0\.2 s"):
            await ask(client)
        assert time.monotonic() - started < 1
        await client.close()


def test_no_wait_is_longer_than_its_bound() -> None:
    longest = {"quick": 10, "predict": 60, "preprocess": 120}
    settings = Settings()
    for name, seconds in longest.items():
        assert getattr(settings, f"model_{name}_seconds") <= seconds
        with pytest.raises(ValidationError):
            Settings.model_validate({f"model_{name}_seconds": seconds + 1})


async def test_health_waits_for_a_second_at_most() -> None:
    async with serve(None) as url:
        client = ModelServiceClient(Settings(model_url=url), Metrics())
        started = time.monotonic()
        with pytest.raises(ModelServiceTimeout):
            await client.check_health()
        assert time.monotonic() - started < 2
        await client.close()


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"nonsense\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc",
    ],
)
async def test_a_service_that_breaks_off_has_given_a_bad_answer(answer: bytes) -> None:
    async with serve(answer) as url:
        client = ModelServiceClient(Settings(model_url=url), Metrics())
        with pytest.raises(ModelServiceBadAnswer):
            await client.agents()
        await client.close()


async def test_a_service_that_is_not_there_is_unavailable_at_once() -> None:
    async with serve(b"") as url:
        pass
    client = ModelServiceClient(Settings(model_url=url), Metrics())
    started = time.monotonic()
    with pytest.raises(ModelServiceUnavailable):
        await client.agents()
    assert time.monotonic() - started < 0.5
    await client.close()


async def test_an_evaluation_is_asked_with_every_part_of_the_question() -> None:
    candles = make_candles(20)
    report = make_report("NHPC", "raw", candles, EVALUATION)

    def handle(request: httpx.Request) -> httpx.Response:
        assert (request.method, request.url.path) == ("POST", "/evaluate")
        assert request.headers["accept"] == "application/json"
        asked = orjson.loads(request.content)
        assert asked.pop("candles") == {k: v.tolist() for k, v in candles.to_columns().items()}
        assert asked == {
            "symbol": "NHPC",
            "price_basis": "raw",
            "agent": "default",
            "cash": 1_000.0,
            "costs": {"commission_bps": 5.0, "slippage_bps": 1.0},
            "fill": "next_close",
        }
        return httpx.Response(200, content=report, headers={"content-type": "application/json"})

    assert await make_client(handle).evaluate("NHPC", "raw", candles, EVALUATION) == report


async def test_an_evaluation_of_other_candles_is_not_believed() -> None:
    client = make_client(answer_with(make_report("NHPC", "raw", make_candles(21), EVALUATION)))
    with pytest.raises(ModelServiceBadAnswer, match="other candles"):
        await client.evaluate("NHPC", "raw", make_candles(20), EVALUATION)


async def test_an_evaluation_that_breaks_the_contract_is_not_believed() -> None:
    candles = make_candles(20)
    report = orjson.loads(make_report("NHPC", "raw", candles, EVALUATION))
    client = make_client(answer_with({**report, "verdict": "wins"}))
    with pytest.raises(ModelServiceBadAnswer, match="verdict"):
        await client.evaluate("NHPC", "raw", candles, EVALUATION)


async def test_a_curve_with_a_column_of_another_length_is_not_believed() -> None:
    names = ("agent", "median", "low", "high", "worst", "buy_and_hold", "sell_and_hold")
    curve = {
        "symbol": None,
        "time": [0, 1],
        "close": None,
        **{key: [1.0, 1.0] for key in (*names, "trend_following", "mean_reversion")},
        "random": [1.0],
        "history": None,
    }
    report = orjson.loads(make_report("NHPC", "raw", make_candles(20), EVALUATION))
    client = make_client(answer_with({**report, "curves": [curve]}))
    with pytest.raises(ModelServiceBadAnswer, match=r"curves\.0\.random"):
        await client.evaluation("tdqn")


async def test_pages_are_asked_for_by_accept() -> None:
    candles = make_candles(20)
    asked: list[tuple[str, str]] = []

    def handle(request: httpx.Request) -> httpx.Response:
        asked.append((request.url.path, request.headers["accept"]))
        return httpx.Response(200, content=make_page("T"), headers={"content-type": "text/html"})

    client = make_client(handle)
    assert await client.evaluate_page("NHPC", "raw", candles, EVALUATION) == make_page("T")
    assert await client.evaluation_page("tdqn") == make_page("T")
    assert asked == [("/evaluate", "text/html"), ("/evaluations/tdqn", "text/html")]


@pytest.mark.parametrize("body", [b"", b"{}", b"<p>half a page", b"<!doctype html>\xff"])
async def test_a_page_that_is_no_html_is_not_believed(body: bytes) -> None:
    with pytest.raises(ModelServiceBadAnswer, match="page is not"):
        await make_client(answer_with(body, kind="text/html")).evaluation_page("tdqn")


async def test_kept_reports_are_listed() -> None:
    summary = {
        "id": "tdqn",
        "protocol": "tdqn",
        "title": "T",
        "verdict": None,
        "sentence": "S.",
        "symbols": ["NHPC"],
        "seeds": 1,
        "start": None,
        "end": None,
    }
    listed = await make_client(answer_with({"evaluations": [summary]})).evaluations()
    assert [each.id for each in listed.evaluations] == ["tdqn"]


async def test_an_evaluation_that_takes_too_long_is_given_up() -> None:
    async def handle(_request: httpx.Request) -> httpx.Response:
        await asyncio.Event().wait()
        raise AssertionError

    client = make_client(handle, model_evaluate_seconds=0.05)  # type: ignore[arg-type]
    with pytest.raises(ModelServiceTimeout, match="/evaluate"):
        await client.evaluate("NHPC", "raw", make_candles(20), EVALUATION)
