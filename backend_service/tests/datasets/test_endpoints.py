"""Uploads over HTTP."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
from gateway_fakes import FakeModelService, make_candles

from backend_service.errors import ModelServiceRefusal, ModelServiceUnavailable

if TYPE_CHECKING:
    import httpx

    from backend_service.settings import Settings

pytestmark = pytest.mark.anyio

REFUSAL: dict[str, Any] = {
    "type": "urn:bellwether:problem:unreadable-csv",
    "title": "The file cannot be read as candles",
    "status": 422,
    "detail": "Line 7: `Close` is `many`.",
    "field": "Close",
    "row": 7,
}


async def post(client: httpx.AsyncClient, name: str, content: bytes, **form: str) -> httpx.Response:
    return await client.post("/api/datasets", files={"file": (name, content)}, data=form)


async def test_an_upload_is_read_stored_and_described(
    client: httpx.AsyncClient, model: FakeModelService
) -> None:
    content = b"Date,Close\n" + b"2020-01-01,1\n" * 5_000
    answer = await post(client, "NHPC_2010.csv", content)
    assert answer.status_code == 201
    assert answer.json() == {
        "symbol": "NHPC",
        "candles": 300,
        "start": int(model.upload.time[0]),
        "end": int(model.upload.time[-1]),
        "price_basis": "raw",
        "data_hash": model.upload.data_hash,
        "issues": [
            {
                "row": 3,
                "kind": "duplicate_time",
                "action": "dropped",
                "message": "Twice.",
                "count": 1,
            }
        ],
    }
    assert model.received == [content]
    assert model.raw_files[0].size == len(content)


async def test_the_form_is_passed_on(client: httpx.AsyncClient, model: FakeModelService) -> None:
    form = {"symbol": "MINE", "column": "Adj", "repair": "true"}
    assert (await post(client, "a.csv", b"x", **form)).json()["symbol"] == "MINE"
    raw = model.raw_files[0]
    assert (raw.symbol, raw.column, raw.repair) == ("MINE", "Adj", True)
    await post(client, "a.csv", b"x")
    raw = model.raw_files[1]
    assert (raw.symbol, raw.column, raw.repair) == (None, None, False)


@pytest.mark.parametrize(
    ("sent", "passed_on"),
    [
        ("../../etc/passwd.csv", "passwd.csv"),
        ("C:\\data\\NHPC.csv", "NHPC.csv"),
        ("a\u0007b.csv", "a%07b.csv"),
        ("ü" * 300 + ".csv", "ü" * 251 + ".csv"),
    ],
)
async def test_only_the_last_part_of_a_file_name_goes_on(
    client: httpx.AsyncClient, model: FakeModelService, sent: str, passed_on: str
) -> None:
    await post(client, sent, b"x", symbol="X")
    assert model.raw_files[0].file_name == passed_on


async def test_a_refusal_keeps_type_row_and_field_and_stores_nothing(
    client: httpx.AsyncClient, model: FakeModelService
) -> None:
    await post(client, "NHPC.csv", b"x")
    model.failure = ModelServiceRefusal(REFUSAL)
    answer = await post(client, "NHPC.csv", b"y")
    assert answer.status_code == 422
    problem = answer.json()
    assert problem.pop("request_id")
    assert problem == REFUSAL
    model.failure = None
    assert (await client.get("/api/candles/NHPC")).status_code == 200
    assert (await client.get("/api/candles/OTHER")).status_code == 404


async def test_a_model_service_that_is_down_is_said_so(
    client: httpx.AsyncClient, model: FakeModelService
) -> None:
    model.failure = ModelServiceUnavailable("It is starting.")
    assert (await post(client, "NHPC.csv", b"x")).status_code == 503


async def test_a_file_over_the_limit_is_refused_with_the_limit(
    client: httpx.AsyncClient, model: FakeModelService, settings: Settings
) -> None:
    limit = settings.max_upload_bytes
    assert (await post(client, "NHPC.csv", b"x" * limit)).status_code == 201
    answer = await post(client, "NHPC.csv", b"x" * (limit + 1))
    assert answer.status_code == 413
    assert answer.json()["limit"] == limit
    assert (answer.json()["field"], answer.json()["row"]) == ("file", 1)
    assert len(model.raw_files) == 1


async def test_a_body_that_says_it_is_too_large_is_refused_with_the_limit(
    client: httpx.AsyncClient, settings: Settings
) -> None:
    answer = await post(client, "NHPC.csv", b"x" * 3_000_000)
    assert answer.status_code == 413
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["limit"] == settings.max_upload_bytes
    assert (answer.json()["field"], answer.json()["row"]) == ("file", 1)
    assert answer.headers["x-request-id"] == answer.json()["request_id"]


async def test_a_body_far_over_the_limit_is_refused_unread(
    client: httpx.AsyncClient, model: FakeModelService, settings: Settings
) -> None:
    sent = 0

    async def endless() -> Any:
        nonlocal sent
        head = '--b\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
        yield head.encode()
        while sent < 100_000_000:
            sent += 65_536
            yield b"x" * 65_536

    answer = await client.post(
        "/api/datasets",
        content=endless(),
        headers={"Content-Type": "multipart/form-data; boundary=b"},
    )
    assert answer.status_code == 413
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["limit"] == settings.max_upload_bytes
    assert (answer.json()["field"], answer.json()["row"]) == ("file", 1)
    assert sent < 3_000_000
    assert model.raw_files == []


@pytest.mark.parametrize(
    ("files", "form", "field"),
    [
        ({}, {"symbol": "A"}, "file"),
        ({"file": ("a.csv", b"x")}, {"symbol": "../A"}, "symbol"),
        ({"file": ("a.csv", b"x")}, {"repair": "perhaps"}, "repair"),
        ({"file": ("a.csv", b"x")}, {"column": "c" * 101}, "column"),
    ],
)
async def test_a_bad_form_is_refused_by_name(
    client: httpx.AsyncClient,
    files: dict[str, tuple[str, bytes]],
    form: dict[str, str],
    field: str,
) -> None:
    answer = await client.post("/api/datasets", files=files, data=form)
    assert answer.status_code == 422
    assert (answer.json()["field"], answer.json()["row"]) == (field, 1)


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("multipart/form-data", b"x"),
        ("multipart/form-data; boundary=b", b"--c\r\nnothing of a form"),
        ("multipart/form-data; boundary=b", b"--b\r\nContent-Disposition: form-data\r\n\r\nx"),
        ("application/json", b'{"file": 1}'),
        ("text/csv", b"Date,Close\n"),
        ("multipart/form-data; boundary=b", b""),
    ],
)
async def test_a_body_that_is_no_form_is_refused_as_a_whole_file(
    client: httpx.AsyncClient, model: FakeModelService, kind: str, body: bytes
) -> None:
    answer = await client.post("/api/datasets", content=body, headers={"content-type": kind})
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert (answer.json()["field"], answer.json()["row"]) == ("file", 1)
    assert model.raw_files == []


async def test_a_refusal_without_a_place_means_the_whole_file(
    client: httpx.AsyncClient, model: FakeModelService
) -> None:
    model.failure = ModelServiceRefusal(
        {name: value for name, value in REFUSAL.items() if name not in ("field", "row")}
    )
    problem = (await post(client, "NHPC.csv", b"x")).json()
    assert (problem["field"], problem["row"]) == ("file", 1)
    assert problem["type"] == REFUSAL["type"]


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("a.csv", {"symbol": "SIM-CRASH"}),
        ("a.csv", {"symbol": "sim-crash"}),
        ("SIM-CRASH.csv", {}),
        ("sim-Crash_2010.csv", {}),
    ],
)
async def test_a_simulated_symbol_cannot_be_hidden_by_an_upload(
    client: httpx.AsyncClient, name: str, form: dict[str, str]
) -> None:
    answer = await post(client, name, b"x", **form)
    assert answer.status_code == 422
    problem = answer.json()
    assert problem["type"] == "urn:bellwether:problem:invalid-request"
    assert (problem["field"], problem["row"]) == ("symbol", 1)
    assert problem["detail"] == (
        "SIM-CRASH is a simulated symbol; give the upload another `symbol`."
    )
    assert (await client.get("/api/candles/SIM-CRASH")).json()["source"] == "simulated"
    stored = (await client.get("/api/symbols?query=crash")).json()["symbols"]
    assert [each["source"] for each in stored] == ["simulated"]
    assert (await post(client, "SIM-CRASH.csv", b"x", symbol="MINE")).status_code == 201


async def test_only_so_many_uploads_may_wait(
    client: httpx.AsyncClient, model: FakeModelService
) -> None:
    model.gate = asyncio.Event()
    sent = [asyncio.create_task(post(client, f"S{number}.csv", b"x")) for number in range(15)]
    done, waiting = await asyncio.wait(sent, timeout=20, return_when=asyncio.FIRST_COMPLETED)
    while len(done) < 5:
        more, waiting = await asyncio.wait(waiting, timeout=20, return_when=asyncio.FIRST_COMPLETED)
        done |= more
    assert {task.result().json()["type"] for task in done} == {"urn:bellwether:problem:too-busy"}
    model.gate.set()
    answers = await asyncio.gather(*waiting)
    assert [answer.status_code for answer in answers] == [201] * 10


async def test_a_million_candles_are_stored_and_shown(
    client: httpx.AsyncClient, model: FakeModelService
) -> None:
    model.upload, model.interval = make_candles(1_000_000, step=60), "1m"
    assert (await post(client, "BIG.csv", b"x")).json()["candles"] == 1_000_000
    parameters = {"start": "2010-01-05", "end": "2010-01-05", "interval": "1m"}
    body = (await client.get("/api/candles/BIG", params=parameters)).json()
    assert len(body["candles"]["time"]) == 1_440
    whole = await client.get("/api/candles/BIG")
    assert whole.json()["candles"]["time"][-1] == int(model.upload.time[-1])
