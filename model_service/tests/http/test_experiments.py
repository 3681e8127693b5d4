"""/experiments over HTTP, on a real queue and without a worker: what it would write is written."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import orjson
import pytest
import yaml
from flask.testing import FlaskClient
from structlog.contextvars import merge_contextvars
from structlog.testing import capture_logs
from werkzeug.test import TestResponse

from model_service.app import create_app
from model_service.artefacts.datasets import DatasetStore
from model_service.artefacts.store import ArtefactStore
from model_service.database import Database
from model_service.errors import ExperimentsUnavailable, NotReady
from model_service.experiments.records.events import Event, append_event
from model_service.experiments.records.experiments import change_state, get_experiment
from model_service.experiments.records.units import claim_unit, update_claimed
from model_service.experiments.service import EventPage
from model_service.http.event_streams import EventStreams
from model_service.settings import Settings
from model_service.telemetry.trace_context import TraceContext

Json = dict[str, Any]
Problem = Callable[[TestResponse, int, str], Json]

CONTRACTS = Path(__file__).parents[3] / "contracts"
STREAM = {"Accept": "text/event-stream"}
TINY = {
    "features": {"return_horizons": [1, 2], "range_windows": [5], "volatility_candles": 10},
    "network": {"hidden": [4]},
    "learning": {"batch_candles": 16},
}
MAX_QUEUED = 12


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"max_queued_units": MAX_QUEUED, "max_event_streams": 2})


@pytest.fixture
def series(settings: Settings, random_candles: Callable[..., Any]) -> list[Json]:
    """Candles in the artefact store, as a request names them."""
    datasets = DatasetStore(ArtefactStore(settings.artefacts_url))
    return [
        {
            "symbol": symbol,
            "data_hash": datasets.put_candles(random_candles(500, seed, symbol)).data_hash,
            "price_basis": "raw",
        }
        for seed, symbol in enumerate(("TEST", "OTHER"))
    ]


class Service:
    """The service as its clients see it, and its database as a worker does."""

    def __init__(self, client: FlaskClient, settings: Settings, series: list[Json]) -> None:
        self.client = client
        self.series = series
        self.database = Database(settings.full_database_url, patience_seconds=5.0)

    def request(self, kind: str = "train", **given: Any) -> Json:
        plain: Json = {"kind": kind, "series": self.series[:1], "config": TINY}
        if kind != "evaluate" and "budget_seconds" not in given:
            plain["steps"] = 40
        return plain | given

    def post(self, **given: Any) -> TestResponse:
        return self.client.post("/experiments", json=self.request(**given))

    def create(self, **given: Any) -> str:
        response = self.post(**given)
        assert response.status_code == 202, response.text
        return response.get_json()["id"]

    def get(self, path: str, **how: Any) -> Json:
        response = self.client.get(path, **how)
        assert response.status_code == 200, response.text
        return response.get_json()

    def move(self, experiment_id: str, *states: str, **values: Any) -> None:
        for state in states:
            with self.database.writing() as connection:
                last = values if state == states[-1] else {}
                assert change_state(connection, experiment_id, state, at=2.0, **last)

    def log(self, experiment_id: str, count: int) -> None:
        with self.database.writing() as connection:
            for place in range(count):
                append_event(connection, experiment_id, "log", at=1.0, text=f"{place}")


@pytest.fixture
def service(client: FlaskClient, settings: Settings, series: list[Json]) -> Iterator[Service]:
    made = Service(client, settings, series)
    yield made
    made.database.close()


@pytest.fixture(scope="module")
def check() -> Callable[[Json, str], None]:
    """``check(plain, "Experiment")``: it is as the contract says."""
    text = (CONTRACTS / "model_service.openapi.yaml").read_text(encoding="utf-8")
    components = yaml.safe_load(text)["components"]

    def validate(plain: Json, schema: str) -> None:
        jsonschema_rs.Draft202012Validator(
            {"$ref": f"#/components/schemas/{schema}", "components": components}
        ).validate(plain)

    return validate


def test_an_experiment_is_queued_and_can_be_asked_for(
    service: Service, check: Callable[[Json, str], None]
) -> None:
    response = service.post(name="Mine", seeds=[0, 1], end=1_290_000_000)
    plain = response.get_json()
    assert response.status_code == 202
    assert response.headers["Location"] == f"/experiments/{plain['id']}"
    check(plain, "Experiment")
    assert (plain["state"], plain["name"], plain["reused"]) == ("queued", "Mine", False)
    assert plain["units"] == {
        "total": 3, "queued": 3, "running": 0, "done": 0, "failed": 0, "cancelled": 0,
    }  # fmt: skip
    assert (plain["step"], plain["total"], plain["eta_seconds"]) == (0, 80, None)
    assert plain["specification"]["end"] == 1_290_000_000
    assert plain["specification"]["config"]["costs"]["commission_bps"] == 10
    assert service.get(response.headers["Location"]) == plain


def test_an_experiment_keeps_the_ids_of_the_request_that_made_it(service: Service) -> None:
    trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    ids = {"X-Request-ID": "mine", "traceparent": f"00-{trace}-{'1' * 16}-01"}
    with capture_logs([merge_contextvars]) as lines:
        created = service.client.post("/experiments", json=service.request(), headers=ids)
    experiment_id = created.get_json()["id"]
    with service.database.reading() as connection:
        # The caller's span is not that of the request, and none was made for it here.
        assert get_experiment(connection, experiment_id).origin == TraceContext(trace, "mine")
    queued, _ = lines
    assert queued["experiment_id"] == experiment_id
    assert queued["http.request.id"] == "mine"


def test_the_same_again_is_the_earlier_one(service: Service) -> None:
    first = service.create()
    again = service.post(name="Other name").get_json()
    assert (again["id"], again["reused"]) == (first, True)
    assert service.create(steps=41) != first


def test_a_key_names_one_experiment(service: Service, problem_of: Problem) -> None:
    first = service.create(idempotency_key="k")
    assert service.create(idempotency_key="k") == first
    problem = problem_of(service.post(idempotency_key="k", steps=41), 409, "experiment-conflict")
    assert problem["field"] == "idempotency_key"


def test_how_far_it_is_and_how_long_it_takes_is_told(
    service: Service, check: Callable[[Json, str], None]
) -> None:
    experiment_id = service.create(seeds=[0, 1])
    service.move(experiment_id, "running")
    with service.database.writing() as connection:
        for unit in (0, 1):
            claim = claim_unit(connection, experiment_id, unit, "w", 1_000.0)
            assert claim is not None
            update_claimed(
                connection, claim, step=10, total=40, steps_per_second=2.0, seen_at=1_000.0 + unit,
                metrics={"loss": 0.5, "sharpe": None},
            )  # fmt: skip
    plain = service.get(f"/experiments/{experiment_id}")
    check(plain, "Experiment")
    assert (plain["step"], plain["total"], plain["steps_per_second"]) == (20, 80, 4.0)
    assert plain["eta_seconds"] == 15.0
    assert plain["last_seen"] == "1970-01-01T00:16:41.000Z"
    assert plain["metrics"] == {"loss": 0.5, "sharpe": None}


def test_an_estimate_queues_nothing(service: Service, check: Callable[[Json, str], None]) -> None:
    response = service.client.post("/experiments/estimate", json=service.request(seeds=[0, 1]))
    assert response.status_code == 200
    plain = response.get_json()
    check(plain, "ExperimentEstimate")
    assert (plain["units"], plain["steps"], plain["total_steps"]) == (2, 40, 80)
    assert service.get("/experiments") == {"experiments": [], "more": False}


def test_an_estimate_is_no_experiment(service: Service, problem_of: Problem) -> None:
    response = service.client.get("/experiments/estimate")
    problem_of(response, 405, "method-not-allowed")
    allowed = service.client.options("/experiments/estimate").headers["Allow"]
    assert set(allowed.split(", ")) == {"POST", "OPTIONS"}
    problem_of(service.client.get("/experiments/estimates"), 404, "experiment-not-found")


@pytest.mark.parametrize("path", ["/experiments", "/experiments/estimate"])
@pytest.mark.parametrize(
    ("given", "status", "slug", "field"),
    [
        ({"kind": "guess"}, 422, "invalid-request", "kind"),
        ({"series": []}, 422, "invalid-request", "series"),
        ({"seeds": [1, 1]}, 422, "invalid-request", "seeds"),
        ({"steps": 0}, 422, "invalid-request", "steps"),
        ({"steps": "5"}, 422, "invalid-request", "steps"),
        ({"budget_seconds": 5.0, "steps": 5}, 422, "invalid-request", "budget_seconds"),
        ({"config": {"learning": {"discount": 2}}}, 422, "invalid-request",
         "config.learning.discount"),
        ({"config": {"learning": {"discount": "high"}}}, 422, "invalid-request",
         "config.learning.discount"),
        ({"config": {"split": {"train_end": 5, "validation_end": 6}}}, 422, "invalid-request",
         "config.split.train_end"),
        ({"grid": {"learning.discount": [0.5]}}, 422, "invalid-request", "grid"),
        ({"kind": "sweep", "grid": {"learning.discount": [0.5, 2]}}, 422, "invalid-request",
         "grid.learning.discount"),
        ({"kind": "sweep", "grid": {"nothing": [1]}}, 422, "invalid-request", "grid.nothing"),
        ({"agent": "default"}, 422, "invalid-request", "agent"),
        ({"colour": "red"}, 422, "invalid-request", "colour"),
        ({"start": 4_000_000_000}, 422, "training-data", "start"),
        ({"series": [{"symbol": "X", "data_hash": "1" * 64, "price_basis": "raw"}]}, 404,
         "dataset-not-found", "series.0.data_hash"),
        ({"kind": "evaluate", "steps": None, "agent": "none"}, 404, "agent-not-found", "agent"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_refused_by_its_field(
    service: Service, problem_of: Problem, path: str, given: Json, status: int, slug: str,
    field: str,
) -> None:  # fmt: skip
    response = service.client.post(path, json=service.request(**given))
    problem = problem_of(response, status, slug)
    assert problem["field"] == field
    assert service.get("/experiments")["experiments"] == []


def test_what_default_means_is_settled_when_it_is_asked_for(
    service: Service, tiny_agent_folder: Path
) -> None:
    """Another agent may be the default tomorrow: the same question is then another experiment."""
    first = service.post(kind="evaluate", agent="default").get_json()
    promote_a_copy(service, tiny_agent_folder, "mine")
    other = service.post(kind="evaluate", agent="default").get_json()
    assert [one["specification"]["agent"] for one in (first, other)] == ["default", "mine"]
    assert not other["reused"]


def promote_a_copy(service: Service, folder: Path, name: str) -> None:
    """Make an agent that is the tiny one under another name the default."""
    target = folder / "agents" / name
    target.mkdir()
    for file in (folder / "agents" / "default").iterdir():
        content = file.read_bytes()
        (target / file.name).write_bytes(content.replace(b'"default"', f'"{name}"'.encode()))
    response = service.client.post(f"/agents/{name}/promote")
    assert response.status_code == 200, response.text


def test_a_full_queue_says_when_to_come_back(service: Service, problem_of: Problem) -> None:
    service.create(seeds=list(range(10)))
    response = service.post(seeds=[11, 12])
    problem = problem_of(response, 429, "queue-full")
    assert problem["limit"] == MAX_QUEUED
    assert int(response.headers["Retry-After"]) > 0
    assert len(service.get("/experiments")["experiments"]) == 1


def test_experiments_are_listed_in_pages(
    service: Service, problem_of: Problem, check: Callable[[Json, str], None]
) -> None:
    ids = [service.create(steps=steps) for steps in (10, 20, 30)]
    service.move(ids[0], "running")
    page = service.get("/experiments?limit=2")
    check(page, "ExperimentPage")
    assert ([one["id"] for one in page["experiments"]], page["more"]) == ([ids[2], ids[1]], True)
    rest = service.get(f"/experiments?after={ids[1]}")
    assert ([one["id"] for one in rest["experiments"]], rest["more"]) == ([ids[0]], False)
    running = service.get("/experiments?state=running&kind=train")
    assert [one["id"] for one in running["experiments"]] == [ids[0]]
    assert service.get("/experiments?kind=sweep")["experiments"] == []
    for query, field in (
        ("state=lost", "state"), ("kind=x", "kind"), ("limit=0", "limit"), ("limit=201", "limit"),
        ("after=NO", "after"), ("colour=red", "colour"), ("limit=1&limit=2", "limit"),
    ):  # fmt: skip
        problem = problem_of(service.client.get(f"/experiments?{query}"), 422, "invalid-request")
        assert problem["field"] == field
    problem_of(service.client.get("/experiments?after=train-0"), 404, "experiment-not-found")


def test_units_are_listed_in_pages(
    service: Service, problem_of: Problem, check: Callable[[Json, str], None]
) -> None:
    experiment_id = service.create(seeds=[4, 5])
    result = {"agents": [f"{experiment_id}_s5"], "best_unit": 1, "evaluation": None,
              "result_hash": "0" * 64}  # fmt: skip
    service.move(experiment_id, "running", "done", result=result)
    path = f"/experiments/{experiment_id}/units"
    page = service.get(f"{path}?limit=2")
    check(page, "UnitPage")
    assert [(one["task"], one["seed"], one["agent"]) for one in page["units"]] == [
        ("train", 4, None), ("train", 5, f"{experiment_id}_s5"),
    ]  # fmt: skip
    assert page["more"]
    rest = service.get(f"{path}?after=1")
    assert ([one["index"] for one in rest["units"]], rest["more"]) == ([2], False)
    problem = problem_of(service.client.get(f"{path}?limit=1001"), 422, "invalid-request")
    assert problem["field"] == "limit"


def test_cancelling_and_removing(
    service: Service, problem_of: Problem, check: Callable[[Json, str], None]
) -> None:
    waits, runs = service.create(), service.create(steps=41)
    with service.database.writing() as connection:
        claim_unit(connection, runs, 0, "w", 1.0)
        change_state(connection, runs, "running", at=1.0)
    cancelled = service.client.post(f"/experiments/{waits}/cancel")
    assert (cancelled.status_code, cancelled.get_json()["state"]) == (202, "cancelled")
    check(cancelled.get_json(), "Experiment")
    # One that runs is cancelled first and removed when it is asked for again.
    left = service.client.delete(f"/experiments/{runs}")
    assert (left.status_code, left.get_json()["state"]) == (202, "cancelling")
    removed = service.client.delete(f"/experiments/{waits}")
    assert (removed.status_code, removed.data) == (204, b"")
    problem_of(service.client.delete(f"/experiments/{waits}"), 404, "experiment-not-found")


def test_the_experiment_of_the_default_agent_stays(
    service: Service, problem_of: Problem, tiny_agent_folder: Path
) -> None:
    experiment_id = service.create()
    service.move(experiment_id, "running", "done")
    agent = f"{experiment_id}_s0"
    promote_a_copy(service, tiny_agent_folder, agent)
    problem = problem_of(
        service.client.delete(f"/experiments/{experiment_id}"), 409, "experiment-conflict"
    )
    assert agent in problem["detail"]
    assert service.get(f"/experiments/{experiment_id}")["state"] == "done"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("get", ""), ("delete", ""), ("post", "/cancel"), ("get", "/units"), ("get", "/events"),
    ],
)  # fmt: skip
def test_what_is_not_known_is_told(
    service: Service, problem_of: Problem, method: str, path: str
) -> None:
    for headers in ({}, STREAM):
        response = getattr(service.client, method)(f"/experiments/train-0{path}", headers=headers)
        problem = problem_of(response, 404, "experiment-not-found")
        assert problem["field"] == "experiment_id"


def test_events_are_read_in_pages(
    service: Service, problem_of: Problem, check: Callable[[Json, str], None]
) -> None:
    experiment_id = service.create()
    path = f"/experiments/{experiment_id}/events"
    service.log(experiment_id, 3)
    page = service.get(f"{path}?limit=3")
    check(page, "ExperimentEventPage")
    assert [event["id"] for event in page["events"]] == [1, 2, 3]
    assert (page["last_id"], page["ended"]) == (3, False)
    service.move(experiment_id, "failed", reason="No.")
    rest = service.get(f"{path}?after=3")
    assert [(one["id"], one["state"], one["text"]) for one in rest["events"]] == [
        (4, None, "2"),
        (5, "failed", "No."),
    ]
    assert (rest["last_id"], rest["ended"]) == (5, True)
    nothing = service.get(f"{path}?after=99")
    assert (nothing["events"], nothing["last_id"], nothing["ended"]) == ([], 99, True)
    for query in ("after=-1", "limit=0", "limit=5001", "after=x"):
        problem_of(service.client.get(f"{path}?{query}"), 422, "invalid-request")


def parse(content: bytes) -> list[tuple[int, str, Json]]:
    """Id, kind and data of the events of a stream."""
    found = []
    for block in content.split(b"\n\n"):
        fields = dict(line.split(b": ", 1) for line in block.splitlines() if b": " in line)
        if b"data" in fields:
            found.append(
                (int(fields[b"id"]), fields[b"event"].decode(), orjson.loads(fields[b"data"]))
            )
    return found


def test_a_stream_tells_everything_and_ends_with_the_experiment(
    service: Service, check: Callable[[Json, str], None]
) -> None:
    experiment_id = service.create()
    service.log(experiment_id, 2)
    timer = threading.Timer(0.3, service.move, (experiment_id, "running", "done"))
    timer.start()
    response = service.client.get(f"/experiments/{experiment_id}/events", headers=STREAM)
    assert response.content_type == "text/event-stream"
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["X-Accel-Buffering"] == "no"
    events = parse(response.data)
    timer.join()
    assert [(number, kind) for number, kind, _ in events] == [
        (1, "state"), (2, "log"), (3, "log"), (4, "state"), (5, "state"),
    ]  # fmt: skip
    for number, kind, data in events:
        check(data, "ExperimentEvent")
        assert (data["id"], data["kind"]) == (number, kind)
    assert events[-1][2]["state"] == "done"


@pytest.mark.parametrize(
    ("query", "header", "first"),
    [("", None, 1), ("?after=2", None, 3), ("?after=1", "3", 4), ("?after=3", "0", 1)],
)
def test_a_stream_goes_on_behind_the_last_event_that_was_seen(
    service: Service, query: str, header: str | None, first: int
) -> None:
    experiment_id = service.create()
    service.log(experiment_id, 3)
    service.move(experiment_id, "failed")
    headers = STREAM | ({} if header is None else {"Last-Event-ID": header})
    response = service.client.get(f"/experiments/{experiment_id}/events{query}", headers=headers)
    assert [number for number, _, _ in parse(response.data)] == list(range(first, 6))


@pytest.mark.parametrize("header", ["x", "-1", "", "1" * 17])
def test_a_last_event_that_is_none_is_refused(
    service: Service, problem_of: Problem, header: str
) -> None:
    experiment_id = service.create()
    response = service.client.get(
        f"/experiments/{experiment_id}/events", headers=STREAM | {"Last-Event-ID": header}
    )
    assert problem_of(response, 422, "invalid-request")["field"] == "Last-Event-ID"


def test_so_many_streams_are_open_and_no_more(service: Service, problem_of: Problem) -> None:
    experiment_id = service.create()
    path = f"/experiments/{experiment_id}/events"
    open_ones = [service.client.get(path, headers=STREAM, buffered=False) for _ in range(2)]
    for response in open_ones:
        assert next(response.response) == b"retry: 2000\n\n"
    problem_of(service.client.get(path, headers=STREAM), 503, "not-ready")
    # A page of JSON is answered all the same, and so is a stream once another is closed.
    assert service.get(path)["last_id"] == 1
    open_ones[0].close()
    again = service.client.get(path, headers=STREAM, buffered=False)
    assert next(again.response) == b"retry: 2000\n\n"
    again.close()
    open_ones[1].close()


def test_a_stream_that_is_closed_before_it_is_read_makes_room() -> None:
    streams = EventStreams(1)
    page = EventPage([], 0, ended=True)
    for _ in range(3):
        streams.follow(lambda _after, _most: page, 0).close()  # type: ignore[attr-defined]


def test_a_stream_waits_for_a_database_that_is_away() -> None:
    pages: list[EventPage | Exception] = [
        EventPage([Event(1, 1.0, "log", None, {"text": "a"})], 1, ended=False),
        ExperimentsUnavailable("It is away."),
        EventPage([Event(2, 2.0, "state", None, {"state": "done"})], 2, ended=True),
    ]
    asked = []

    def read(after: int, _most: int) -> EventPage:
        asked.append(after)
        page = pages.pop(0)
        if isinstance(page, Exception):
            raise page
        return page

    streams = EventStreams(1)
    content = b"".join(streams.follow(read, 0))
    assert [number for number, _, _ in parse(content)] == [1, 2]
    assert asked == [0, 1, 1]
    with pytest.raises(NotReady):
        EventStreams(0).follow(read, 0)


def test_a_database_that_is_away_is_a_problem_of_its_own(
    settings: Settings, fake_engines: Any, problem_of: Problem
) -> None:
    # A folder is in the way of the database's file.
    (settings.state_dir / "experiments.sqlite3").mkdir(parents=True)
    client = create_app(settings, engines=fake_engines()).test_client()
    began = time.monotonic()
    problem_of(client.get("/experiments"), 503, "experiments-unavailable")
    assert time.monotonic() - began < 10.0
