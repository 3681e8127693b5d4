"""The gateway with the real model service behind it, where that is installed."""

from __future__ import annotations

import asyncio
import importlib.util
import os
import socket
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import httpx
import orjson
import pytest
from gateway_fakes import connect
from pydantic import SecretStr

from backend_service.app import create_app
from backend_service.settings import Settings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

START_SECONDS = 90
TOKEN = "a-token-of-at-least-24-characters"  # noqa: S105 - of this test alone
pytestmark = [
    pytest.mark.anyio,
    pytest.mark.timeout(180),
    pytest.mark.skipif(
        importlib.util.find_spec("model_service") is None,
        reason="the model service is not installed",
    ),
]

CSV = "Date,Open,High,Low,Close,Volume\n" + "".join(
    f"2015-{month:02d}-{day:02d},{price},{price + 2},{price - 2},{price + 1},{1000 + day}\n"
    for month in range(1, 13)
    for day in range(1, 29)
    for price in [100 + (month * 28 + day) % 17]
)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until_ready(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if httpx.get(f"{url}/readyz", timeout=5).is_success:
                return
        except httpx.HTTPError:
            time.sleep(0.1)
    pytest.fail(f"the model service did not start:\n{log.read_text()[-2_000:]}")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("real")
    (folder / "dataset").mkdir()
    return folder


@pytest.fixture(scope="module")
def environment(folder: Path) -> dict[str, str]:
    """Of a model service and a worker that keep everything below `folder`."""
    return {
        **os.environ,
        "BELLWETHER_ENVIRONMENT": "production",
        "MODEL_SERVICE_TOKEN": TOKEN,
        "MODEL_PORT": str(free_port()),
        "MODEL_WORKER_PORT": str(free_port()),
        "MODEL_DATASET_DIR": str(folder / "dataset"),
        "MODEL_AGENTS_DIR": str(folder / "agents"),
        "MODEL_ARTEFACTS_URL": str(folder / "artefacts"),
        "MODEL_EVALUATIONS_DIR": str(folder / "evaluations"),
        "MODEL_STATE_DIR": str(folder / "state"),
    }


@pytest.fixture(scope="module")
def worker(folder: Path, environment: dict[str, str], model_url: str) -> Iterator[None]:
    """A worker that makes what is queued."""
    with (
        (folder / "worker.log").open("wb") as output,
        subprocess.Popen(
            [sys.executable, "-m", "model_service.worker"],
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
        ) as process,
    ):
        yield
        process.terminate()
        process.wait(20)


@pytest.fixture(scope="module")
def model_url(folder: Path, environment: dict[str, str]) -> Iterator[str]:
    """Address of a real model service."""
    port = environment["MODEL_PORT"]
    log = folder / "model.log"
    url = f"http://127.0.0.1:{port}"
    with (
        log.open("wb") as output,
        subprocess.Popen(
            [sys.executable, "-m", "model_service.app"],
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
        ) as process,
    ):
        try:
            wait_until_ready(url, process, log)
            yield url
        finally:
            process.terminate()
            process.wait(20)


@pytest.fixture
async def real(model_url: str, folder: Path) -> AsyncIterator[httpx.AsyncClient]:
    settings = Settings(
        database_url=f"sqlite:///{folder}/backend.db",
        dataset_dir=folder / "dataset",
        environment="production",
        model_service_token=SecretStr(TOKEN),
        model_url=model_url,
        yahoo_enabled=False,
    )
    async with connect(create_app(settings)) as client:
        client.timeout = httpx.Timeout(60)
        yield client


async def test_a_gateway_with_another_token_is_not_ready(
    real: httpx.AsyncClient, model_url: str, folder: Path
) -> None:
    assert (await real.get("/readyz")).status_code == 200
    for token in (SecretStr(TOKEN + "?"), None):
        settings = Settings(
            database_url=f"sqlite:///{folder}/other.db",
            model_service_token=token,
            model_url=model_url,
            yahoo_enabled=False,
        )
        async with connect(create_app(settings)) as client:
            answer = await client.get("/api/agents")
            assert answer.status_code == 502
            assert answer.json()["type"].endswith(":model-service-token-refused")
            files = {"file": ("a.csv", CSV.encode() * 50)}
            refused = await client.post("/api/datasets", files=files, data={"symbol": "REAL"})
            assert refused.json()["type"].endswith(":model-service-token-refused")
            if token is not None:
                assert "same in both" in (await client.get("/readyz")).json()["detail"]


async def test_an_upload_becomes_candles_and_signals(real: httpx.AsyncClient) -> None:
    form = {"symbol": "REAL"}
    stored = await real.post("/api/datasets", files={"file": ("a.csv", CSV.encode())}, data=form)
    assert stored.status_code == 201, stored.text
    candles = (await real.get("/api/candles/REAL")).json()
    assert len(candles["candles"]["time"]) == stored.json()["candles"] == 336
    answer = await real.get("/api/signals/REAL?commission_bps=5")
    assert answer.status_code == 200, answer.text
    signals = answer.json()
    assert signals["data_hash"] == candles["data_hash"]
    assert signals["decisions"]["time"] == candles["candles"]["time"] == signals["ledger"]["time"]
    dearer = (await real.get("/api/signals/REAL?commission_bps=500")).json()
    assert dearer["decisions"] == signals["decisions"]
    assert dearer["passport"]["commission_bps"] == 500


async def test_simulated_candles_have_signals(real: httpx.AsyncClient) -> None:
    candles = (await real.get("/api/candles/SIM-CALM?end=2010-12-31")).json()
    assert candles["source"] == "simulated"
    signals = (await real.get("/api/signals/SIM-CALM?end=2010-12-31")).json()
    assert signals["decisions"]["time"] == candles["candles"]["time"]


async def test_an_evaluation_is_run_again_to_the_same_numbers(real: httpx.AsyncClient) -> None:
    answer = await real.get("/api/evaluation/SIM-CALM?cash=50000&commission_bps=5")
    assert answer.status_code == 200, answer.text
    report = answer.json()
    assert report["verdict"] in ("beats", "indistinguishable", "loses")
    assert report["rows"][0]["symbol"] == "SIM-CALM"
    again = await real.post("/api/evaluation/run-again", json=report["passport"])
    assert again.status_code == 200, again.text
    assert again.json()["passport"] == report["passport"]
    assert again.json()["looks"]["this_window"] == report["looks"]["this_window"] + 1
    page = await real.get("/api/evaluation/SIM-CALM/report.html?cash=50000&commission_bps=5")
    assert report["sentence"][:40] in page.text
    third = await real.post("/api/evaluation/run-again", json=report["passport"])
    assert third.json()["looks"]["this_window"] == report["looks"]["this_window"] + 2


async def test_an_evaluation_of_what_the_agent_has_seen_says_so(real: httpx.AsyncClient) -> None:
    form = {"symbol": "SEEN"}
    await real.post("/api/datasets", files={"file": ("a.csv", CSV.encode())}, data=form)
    report = (await real.get("/api/evaluation/SEEN")).json()
    assert report["verdict"] is None
    assert report["rows"] == []


async def test_kept_reports_can_be_read(real: httpx.AsyncClient, folder: Path) -> None:
    report = (await real.get("/api/evaluation/SIM-CALM")).content
    (folder / "evaluations").mkdir(exist_ok=True)
    (folder / "evaluations" / "mine.json").write_bytes(report)
    listed = (await real.get("/api/evaluations")).json()["evaluations"]
    assert listed[-1]["id"] == "mine"
    assert (await real.get("/api/evaluations/mine")).content == report
    page = await real.get("/api/evaluations/mine/report.html")
    assert page.text.lower().startswith("<!doctype html")


async def test_agents_are_listed(real: httpx.AsyncClient) -> None:
    agents = (await real.get("/api/agents")).json()["agents"]
    assert agents[0]["is_default"]
    one = await real.get(f"/api/agents/{agents[0]['id']}")
    assert one.json() == agents[0]
    assert (await real.get("/api/agents/nobody")).status_code == 404


async def test_a_refusal_names_row_and_field_and_its_own_type(real: httpx.AsyncClient) -> None:
    answer = await real.post("/api/datasets", files={"file": ("a.csv", b"Date,Close\nx,y\n")})
    assert answer.status_code == 422
    problem = answer.json()
    assert problem["type"] == "urn:bellwether:problem:unreadable-csv"
    assert problem["row"] >= 1
    assert problem["field"]


async def test_the_original_gets_its_rows(real: httpx.AsyncClient, folder: Path) -> None:
    (folder / "dataset" / "REAL.csv").write_text(CSV)
    rows = (await real.post("/read-csv", json={"fileName": "REAL.csv"})).json()
    assert len(rows) == 336
    assert {"Date", "open", "high", "low", "close"} <= set(rows[0])
    assert {"signal", "quantity", "netWorth", "balance"} <= set(rows[0])
    assert all(isinstance(value, str) for value in rows[0].values())
    assert (folder / "dataset" / "REAL_results.csv").is_file()


async def test_it_is_ready(real: httpx.AsyncClient) -> None:
    assert (await real.get("/readyz")).status_code == 200


@pytest.mark.usefixtures("worker")
async def test_an_experiment_is_watched_to_its_end_and_its_agent_serves(
    real: httpx.AsyncClient,
) -> None:
    new = {"kind": "train", "symbols": ["SIM-CALM"], "steps": 60, "config": {"members": 1}}
    estimate = await real.post("/api/experiments/estimate", json=new)
    assert estimate.json()["total_steps"] == 60, estimate.text
    created = await real.post("/api/experiments", json=new)
    assert created.status_code == 202, created.text
    path = created.headers["location"]
    # This client reads streams as a whole: it ends with the experiment.
    stream = await real.get(f"{path}/events")
    events = [
        orjson.loads(line.removeprefix("data: "))
        for line in stream.text.splitlines()
        if line.startswith("data: ")
    ]
    assert [event["id"] for event in events] == list(range(1, len(events) + 1))
    assert {"state", "unit", "progress", "validation"} <= {event["kind"] for event in events}
    assert (events[-1]["kind"], events[-1]["state"]) == ("state", "done")
    last = {"Last-Event-ID": str(events[-1]["id"])}
    assert (await real.get(f"{path}/events", headers=last)).status_code == 204
    experiment = (await real.get(path)).json()
    assert (experiment["state"], experiment["step"]) == ("done", 60)
    (agent_id,) = experiment["result"]["agents"]
    agent = (await real.get(f"/api/agents/{agent_id}")).json()
    assert agent["experiment"] == experiment["id"]
    for asked in (agent_id, f"{agent_id}@{agent['kept_steps'][0]}"):
        signals = await real.get(f"/api/signals/SIM-CALM?agent={asked}&end=2011-12-31")
        assert signals.status_code == 200, signals.text
    again = await real.post("/api/experiments", json=new)
    assert (again.json()["id"], again.json()["reused"]) == (experiment["id"], True)
    assert (await real.delete(path)).status_code == 204
    assert (await real.get(path)).status_code == 404
    # Both services remember their lists of agents for some seconds.
    async with asyncio.timeout(20):
        while agent_id in (await real.get("/api/agents")).text:
            await asyncio.sleep(0.5)


async def test_refusals_of_experiments_name_fields_of_the_request(real: httpx.AsyncClient) -> None:
    new = {"kind": "train", "symbols": ["SIM-CALM"], "steps": 10}
    for change, field in (
        ({"config": {"learning": {"rate": 1}}}, "config.learning"),
        ({"agent": "default"}, "agent"),
        ({"grid": {"learning.discount": [0.9]}}, "grid"),
        ({"kind": "evaluate", "steps": None}, "agent"),
    ):
        answer = await real.post("/api/experiments", json={**new, **change})
        assert (answer.status_code, answer.json()["field"]) == (422, field), answer.text
    assert (await real.get("/api/experiments/nobody")).status_code == 404
    assert (await real.get("/api/experiments/nobody/events")).status_code == 404
