"""Making a unit from its claim to its commit, with an executor that does as it is told."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from structlog.contextvars import get_contextvars, merge_contextvars
from structlog.testing import capture_logs

from model_service.artefacts.store import ArtefactStore
from model_service.database import Database
from model_service.evaluation.sealed import open_looks
from model_service.experiments.compute.executor import UnitDied, UnitStopped
from model_service.experiments.compute.messages import (
    Advanced,
    Finished,
    Hindered,
    Message,
    Noted,
    Refused,
)
from model_service.experiments.compute.orders import FinishedUnit, UnitOrder
from model_service.experiments.queue.durable_queue import DurableQueue
from model_service.experiments.queue.looks import TestLooks
from model_service.experiments.queue.stop_list import StopList
from model_service.experiments.queue.unit_orders import Surroundings
from model_service.experiments.queue.unit_runner import MAX_CRASHES, UnitRunner
from model_service.experiments.records.events import list_events
from model_service.experiments.records.experiments import (
    ExperimentRow,
    change_state,
    get_experiment,
    remember_looks,
)
from model_service.experiments.records.units import UnitRow, claim_unit, get_unit, list_units
from model_service.telemetry.trace_context import TraceContext

DEADLINE = 20.0
DONE = Finished({"numbers_hash": "0"}, {"sharpe": 1.0})

Step = Message | Exception | Callable[[Callable[[], bool]], None]


class FakeExecutor:
    """Does what its scripts say, one for each time that a unit is begun; the last one again."""

    def __init__(self, *scripts: list[Step], slots: int = 1) -> None:
        self.slots = slots
        self.orders: list[UnitOrder] = []
        self.given_up = 0
        self._scripts = scripts
        self._lock = threading.Lock()

    def run(self, order: UnitOrder, is_stopped: Callable[[], bool]) -> Iterator[Message]:
        with self._lock:
            script = self._scripts[min(len(self.orders), len(self._scripts) - 1)]
            self.orders.append(order)
        try:
            for step in script:
                if isinstance(step, Exception):
                    raise step
                if callable(step):
                    step(is_stopped)
                else:
                    yield step
        except GeneratorExit:
            self.given_up += 1
            raise

    def close(self) -> None:
        raise AssertionError("the runner does not close its executor")


def until_stopped(is_stopped: Callable[[], bool]) -> None:
    wait_for(is_stopped)
    raise UnitStopped


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + DEADLINE
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


class Bench:
    """An experiment, and a runner of its units."""

    def __init__(self, database: Database, folder: Path, experiment_id: str) -> None:
        self.database, self.id = database, experiment_id
        self.store = ArtefactStore(str(folder / "artefacts"))
        self.counter = open_looks(f"sqlite:///{folder / 'looks.sqlite3'}")
        self.queue = DurableQueue(database)
        self.stops = StopList()

    def run(self, executor: FakeExecutor, unit: int = 0, **how: Any) -> None:
        self.runner(executor, **how).run(self.id, unit)

    def runner(self, executor: FakeExecutor, **how: Any) -> UnitRunner:
        return UnitRunner(
            "me",
            self.database,
            self.queue,
            self.store,
            executor,
            TestLooks(self.counter, self.database, self.store),
            self.stops,
            Surroundings("1", self.store.url, "agents", 5.0),
            lambda: 500.0,
            **how,
        )

    def cancel(self) -> None:
        with self.database.writing() as connection:
            assert change_state(connection, self.id, "cancelling", at=1.0)
        self.stops.replace([self.id])

    @property
    def unit(self) -> UnitRow:
        with self.database.reading() as connection:
            row = get_unit(connection, self.id, 0)
        assert row is not None
        return row

    @property
    def experiment(self) -> ExperimentRow:
        with self.database.reading() as connection:
            return get_experiment(connection, self.id)

    @property
    def told(self) -> list[tuple[Any, Any]]:
        """State and text of the events about the first unit."""
        with self.database.reading() as connection:
            events = list_events(connection, self.id, after=0, limit=1_000)
        return [
            (event.body.get("state"), event.body.get("text")) for event in events if event.unit == 0
        ]


@pytest.fixture
def make_bench(
    sqlite_database: Database, add_experiment: Callable[..., str], tmp_path: Path
) -> Iterator[Callable[..., Bench]]:
    made: list[Bench] = []

    def make(**how: Any) -> Bench:
        how = {"state": "queued"} | how
        made.append(Bench(sqlite_database, tmp_path, add_experiment(sqlite_database, **how)))
        return made[-1]

    yield make
    for bench in made:
        bench.queue.close()
        bench.counter.close()


@pytest.fixture
def bench(make_bench: Callable[..., Bench]) -> Bench:
    return make_bench()


def test_an_outcome_is_committed_with_what_was_told_on_the_way(bench: Bench) -> None:
    bench.store.write(f"checkpoints/{bench.id}/0/1.safetensors", b"x")
    bench.store.write(f"checkpoints/{bench.id}/1/1.safetensors", b"x")
    bench.run(FakeExecutor([Noted("Begins."), Advanced(40, 40, 0.1, 9.0), DONE]))
    unit = bench.unit
    assert (unit.state, unit.outcome, unit.metrics) == ("done", DONE.outcome, DONE.metrics)
    assert (unit.step, unit.steps_per_second, unit.worker_id) == (40, 9.0, "me")
    assert bench.experiment.state == "running"
    assert bench.told == [("running", None), (None, "Begins."), (None, None), ("done", None)]
    # Its own checkpoints are of no more use.
    assert bench.store.names("checkpoints") == [f"checkpoints/{bench.id}/1/1.safetensors"]


def test_an_order_says_all_that_a_unit_is_made_from(bench: Bench) -> None:
    executor = FakeExecutor([DONE])
    bench.run(executor)
    (order,) = executor.orders
    assert (order.experiment_id, order.unit, order.fence, order.task) == (bench.id, 0, 1, "train")
    assert order.spec.symbols == ("TEST",)
    assert (order.seed, order.steps, order.side_by_side) == (0, 40, 1)
    assert (order.artefacts_url, order.agents_dir) == (bench.store.url, "agents")
    assert (order.units, order.looks) == ([], None)


class FakeSpans:
    """Keeps what is begun and how it ended."""

    def __init__(self) -> None:
        self.begun: list[tuple[str, TraceContext, Any]] = []
        self.failures: list[str | None] = []

    def begin(self, name: str, _kind: str, within: TraceContext, attributes: Any) -> Any:
        self.begun.append((name, within, attributes))
        spans = self

        class Span:
            context = replace(within, span_id="b" * 16)

            def end(self, failure: str | None = None) -> None:
                spans.failures.append(failure)

        return Span()

    def close(self) -> None:
        raise AssertionError("the runner does not close its spans")


@pytest.mark.parametrize(
    ("script", "failure"),
    [
        ([DONE], None),
        ([Refused("No.")], "failed"),
    ],
)
def test_all_lines_about_a_unit_say_who_asked_for_it(
    make_bench: Callable[..., Bench], script: list[Step], failure: str | None
) -> None:
    bench = make_bench(request_id="mine", trace_id="a" * 32, span_id="c" * 16)
    executor, spans = FakeExecutor([UnitDied("Killed."), *script], script), FakeSpans()
    with capture_logs([merge_contextvars]) as lines:
        bench.run(executor, spans=spans)
    said = {"http.request.id": "mine", "trace.id": "a" * 32, "span.id": "b" * 16}
    assert executor.orders[0].log_fields == said
    about = {"bellwether.experiment_id": bench.id, "bellwether.unit": 0}
    assert len(lines) >= 4
    for line in lines:
        assert line.items() >= (said | about).items()
    assert [name for name, _, _ in spans.begun] == ["unit train"] * 2
    assert spans.begun[0][1] == TraceContext("a" * 32, "mine", "c" * 16)
    assert spans.failures == ["begun anew", failure]
    assert get_contextvars() == {}


def test_a_unit_of_an_experiment_without_a_trace_has_one_of_its_own(bench: Bench) -> None:
    executor = FakeExecutor([DONE])
    bench.run(executor)
    (order,) = executor.orders
    assert set(order.log_fields) == {"trace.id"}


def test_the_assessment_is_given_what_is_done_and_its_look(
    make_bench: Callable[..., Bench],
) -> None:
    bench = make_bench(tasks=("train", "train", "assess"))
    with bench.database.writing() as connection:
        remember_looks(connection, bench.id, {"this_window": 3})
    executor = FakeExecutor([DONE], [DONE], [Finished({"result": {"agents": []}}, {})])
    for unit in range(3):
        bench.run(executor, unit)
    order = executor.orders[-1]
    assert order.units == [
        FinishedUnit(unit, "train", 0, None, {}, DONE.outcome) for unit in range(2)
    ]
    assert order.looks == {"this_window": 3}
    assert bench.experiment.state == "done"


def test_a_refusal_fails_the_unit_for_good(bench: Bench) -> None:
    executor = FakeExecutor([Refused("The candles are too few.")])
    bench.run(executor)
    assert len(executor.orders) == 1
    assert (bench.unit.state, bench.unit.reason) == ("failed", "The candles are too few.")
    assert (bench.experiment.state, bench.experiment.reason) == ("failed", bench.unit.reason)


def test_a_unit_whose_process_died_is_begun_again(bench: Bench) -> None:
    executor = FakeExecutor([Noted("Begins."), UnitDied("Killed by SIGKILL.")], [DONE])
    bench.run(executor)
    assert [order.fence for order in executor.orders] == [1, 2]
    assert (bench.unit.state, bench.unit.crashes) == ("done", 1)
    assert ("queued", "Killed by SIGKILL.") in bench.told


def test_a_unit_that_kills_its_process_each_time_is_given_up(bench: Bench) -> None:
    executor = FakeExecutor([UnitDied("Killed by SIGKILL.")])
    bench.run(executor)
    assert len(executor.orders) == MAX_CRASHES
    assert bench.unit.state == "failed"
    assert bench.experiment.reason == f"Its process died {MAX_CRASHES} times. Killed by SIGKILL."


def test_a_unit_that_has_to_wait_is_begun_again_and_that_is_no_crash(bench: Bench) -> None:
    executor = FakeExecutor([Hindered("The store is full.")], [DONE])
    bench.run(executor)
    assert (bench.unit.state, bench.unit.crashes, bench.unit.fence) == ("done", 0, 2)
    assert ("queued", "It has to wait: The store is full.") in bench.told


def test_what_was_not_foreseen_does_not_end_a_unit(bench: Bench) -> None:
    executor = FakeExecutor([RuntimeError("a defect")], [DONE])
    bench.run(executor)
    assert bench.unit.state == "done"


@pytest.mark.parametrize(
    "last", [Noted("Late."), DONE, Refused("Late."), UnitDied("Late."), Hindered("Late.")]
)
def test_who_lost_a_unit_leaves_it_to_the_other(bench: Bench, last: Step) -> None:
    def begin_elsewhere(_is_stopped: Callable[[], bool]) -> None:
        with bench.database.writing() as connection:
            assert claim_unit(connection, bench.id, 0, "other", 1.0) is not None

    executor = FakeExecutor([begin_elsewhere, last, DONE])
    bench.run(executor)
    assert len(executor.orders) == 1
    if isinstance(last, Noted):
        # What is still being made is not listened to any more, and so ended.
        assert executor.given_up == 1
    unit = bench.unit
    assert (unit.state, unit.worker_id, unit.fence, unit.crashes) == ("running", "other", 2, 0)
    assert unit.outcome is None
    assert bench.told == [("running", None)]


def test_a_unit_that_is_cancelled_leaves_nothing(bench: Bench) -> None:
    for name in (f"checkpoints/{bench.id}/0/1.safetensors", f"moments/{bench.id}/0/1.safetensors"):
        bench.store.write(name, b"x")
    threading.Timer(0.05, bench.cancel).start()
    bench.run(FakeExecutor([Noted("Begins."), until_stopped]))
    assert bench.unit.state == "cancelled"
    assert bench.experiment.state == "cancelled"
    assert bench.store.names("") == []


@pytest.mark.parametrize("last", [UnitDied("Killed."), Hindered("Full.")])
def test_a_unit_that_ends_badly_while_it_is_cancelled_does_not_keep_its_experiment(
    bench: Bench, last: Step
) -> None:
    executor = FakeExecutor([lambda _: bench.cancel(), last])
    bench.run(executor)
    assert len(executor.orders) == 1
    assert bench.experiment.state == "cancelled"
    with bench.database.reading() as connection:
        states = {unit.state for unit in list_units(connection, bench.id)}
    assert states == {"cancelled"}


def test_a_worker_that_ends_keeps_its_units_with_the_queue(bench: Bench) -> None:
    """Returning would be the end of the unit for the queue."""
    began = threading.Event()
    executor = FakeExecutor([lambda _: began.set(), until_stopped])
    thread = threading.Thread(target=bench.run, args=(executor,), daemon=True)
    thread.start()
    assert began.wait(DEADLINE)
    bench.stops.close()
    thread.join(0.3)
    assert thread.is_alive()
    assert bench.unit.state == "running"


def test_nothing_is_made_of_an_experiment_that_has_ended(make_bench: Callable[..., Bench]) -> None:
    bench = make_bench(state="cancelling")
    executor = FakeExecutor([DONE])
    bench.run(executor)
    assert executor.orders == []
    assert bench.experiment.state == "cancelled"


def test_no_more_units_are_made_side_by_side_than_there_are_slots(
    make_bench: Callable[..., Bench],
) -> None:
    bench = make_bench(tasks=("train",) * 5 + ("assess",))
    at_once, most, lock = 0, 0, threading.Lock()

    def work(_is_stopped: Callable[[], bool]) -> None:
        nonlocal at_once, most
        with lock:
            at_once += 1
            most = max(most, at_once)
        time.sleep(0.02)
        with lock:
            at_once -= 1

    runner = bench.runner(FakeExecutor([work, DONE], slots=2))
    threads = [threading.Thread(target=runner.run, args=(bench.id, unit)) for unit in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(DEADLINE)
    assert most == 2
    assert bench.experiment.stage == 2
