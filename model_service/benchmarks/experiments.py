"""What the queue of experiments costs, and what a second core brings.

A worker process of its own makes the units of an experiment, with database and artefacts in a
folder of its own, on simulated candles. *cost*: the same small units through the queue and straight
through child processes, a unit. *cores*: a sweep with one slot and with two. *overhead*: a training
through the queue and by the bare command, each in a new process. *answers*: `GET /experiments` over
HTTP while ten thousand units wait.
"""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from benchmarks.measurement import Line, percentile, say, seconds_of
from benchmarks.server import READY_SECONDS, Service, free_port, running_service
from benchmarks.settings import with_environment
from model_service.artefacts.datasets import DatasetStore
from model_service.artefacts.store import ArtefactStore
from model_service.experiments.compute.child_processes import ChildProcesses
from model_service.experiments.compute.messages import Finished
from model_service.experiments.compute.orders import UnitOrder
from model_service.experiments.records.experiments import ENDED, ExperimentRow
from model_service.experiments.service import Experiments
from model_service.experiments.specification import Specification, SpecifiedSeries, specify
from model_service.experiments.unit_list import WORK, plan_units
from model_service.market.candles import PRICE_COLUMNS, Candles
from model_service.market.simulated import simulate_candles
from model_service.settings import SHIPPED_CONFIGS_DIR

COST_TARGET_MILLISECONDS = 50.0
CORES_TARGET = 1.7
OVERHEAD_TARGET = 1.05
ANSWERS_TARGET_MILLISECONDS = 50.0

_SYMBOL = "BENCH"
_BELLWETHER = "from model_service.cli.main import app; app()"
_LONGEST_SECONDS = 900.0
_CODE_VERSION = "benchmark"


@dataclass(frozen=True)
class Effort:
    """How much is measured."""

    small_units: int
    small_steps: int
    sweep_units: int
    sweep_steps: int
    training_steps: int
    waiting_units: int
    requests: int


FULL = Effort(100, 50, 12, 3_000, 8_000, 10_000, 200)
QUICK = Effort(2, 10, 0, 0, 0, 40, 10)


def run(*, quick: bool) -> None:
    """Measure, and print the lines."""
    say("experiments: through the queue, with workers of their own")
    effort = QUICK if quick else FULL
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        candles = simulate_candles(
            _SYMBOL, seed=1, start=dt.date(2010, 1, 4), end=dt.date(2017, 12, 29), interval="1d"
        )
        measure_cost(folder / "cost", candles, effort, quick=quick)
        measure_answers(folder / "answers", candles, effort, quick=quick)
        if not quick:  # nothing in them that the others do not try, and workers take seconds
            measure_cores(folder / "cores", candles, effort)
            measure_overhead(folder / "overhead", candles, effort)


def measure_cost(folder: Path, candles: Candles, effort: Effort, *, quick: bool) -> None:
    """Small units through the queue, and the same without it."""
    site = Site(folder, candles)
    spec = site.sweep(effort.small_units, effort.small_steps)
    with site.worker(slots=1):
        if not quick:  # nobody judges its figure
            site.finish(site.sweep(1, effort.small_steps + 1))  # loads and compiles
        queued = site.finish(spec).units
    bare = _seconds_without_queue(site, spec)
    milliseconds = (queued - bare) / effort.small_units * 1e3
    Line(
        "experiments_queue_cost",
        milliseconds,
        "ms a unit",
        ratio=None,
        target=None if quick else COST_TARGET_MILLISECONDS,
        met=None if quick else milliseconds <= COST_TARGET_MILLISECONDS,
        details={
            "units": effort.small_units,
            "through_queue_ms": queued / effort.small_units * 1e3,
            "without_ms": bare / effort.small_units * 1e3,
        },
    ).emit()


def measure_cores(folder: Path, candles: Candles, effort: Effort) -> None:
    """The same sweep with one slot and with two."""
    seconds = {}
    for slots in (1, 2):
        site = Site(folder / str(slots), candles)
        with site.worker(slots=slots):
            site.finish(site.sweep(slots, effort.small_steps))
            seconds[slots] = site.finish(site.sweep(effort.sweep_units, effort.sweep_steps)).whole
    ratio = seconds[1] / seconds[2]
    Line(
        "experiments_two_cores",
        seconds[2],
        "s",
        ratio=ratio,
        target=CORES_TARGET,
        met=ratio >= CORES_TARGET,
        details={"units": effort.sweep_units, "one_core_seconds": seconds[1]},
    ).emit()


def measure_overhead(folder: Path, candles: Candles, effort: Effort) -> None:
    """A training by the bare command, and through the queue in a new child process."""
    folder.mkdir(parents=True)
    file = folder / f"{_SYMBOL}_2010-01-04_2017-12-29.csv"
    _write_csv(file, candles)
    command = [sys.executable, "-c", _BELLWETHER, "train", str(file)]
    settings = folder / "training.toml"
    settings.write_text(_without_split(SHIPPED_CONFIGS_DIR / "default_agent.toml"))
    command += ["-o", str(folder / "bare"), "--steps", str(effort.training_steps)]
    command += ["--config", str(settings)]
    bare = seconds_of(
        lambda: subprocess.run(  # noqa: S603 - our own command
            command,
            check=True,
            capture_output=True,
            timeout=_LONGEST_SECONDS,
            env=with_environment(),
        )
    )
    site = Site(folder / "queued", candles)
    spec = site.training(effort.training_steps)
    with site.worker(slots=1):
        queued = site.finish(spec).trained
    Line(
        "experiments_overhead",
        queued,
        "s",
        ratio=queued / bare,
        target=OVERHEAD_TARGET,
        met=queued / bare <= OVERHEAD_TARGET,
        details={"bare_seconds": bare, "steps": effort.training_steps},
    ).emit()


def measure_answers(folder: Path, candles: Candles, effort: Effort, *, quick: bool) -> None:
    """The list of experiments while many units wait."""
    site = Site(folder, candles)
    spec = site.sweep(effort.waiting_units, effort.small_steps)
    site.experiments.submit(spec, name=None, idempotency_key=None)
    agents = folder / "agents"
    agents.mkdir()
    with running_service(folder, agents, MODEL_DATABASE_URL=site.url) as service:
        for _ in range(5):
            service.ask("GET", "/experiments")
        taken = [
            seconds_of(lambda: service.ask("GET", "/experiments")) * 1e3
            for _ in range(effort.requests)
        ]
    worst = percentile(taken, 95)
    Line(
        "experiments_answers",
        worst,
        "ms, 95th percentile",
        target=None if quick else ANSWERS_TARGET_MILLISECONDS,
        met=None if quick else worst <= ANSWERS_TARGET_MILLISECONDS,
        details={"waiting_units": effort.waiting_units, "median_ms": percentile(taken, 50)},
    ).emit()


@dataclass(frozen=True)
class Times:
    """How long an experiment took, in seconds.

    Attributes
    ----------
    whole : float
        From its submission to its end.
    trained : float
        From its submission until the last unit was trained; what is left is the assessment.
    units : float
        From the beginning of the first unit until the last one was trained.
    """

    whole: float
    trained: float
    units: float


class Site:
    """Database and artefacts in a folder, with candles in it."""

    def __init__(self, folder: Path, candles: Candles) -> None:
        folder.mkdir(parents=True)
        self.folder = folder
        self.url = f"sqlite:///{folder / 'experiments.sqlite3'}"
        self.store = ArtefactStore(str(folder / "artefacts"))
        self.candles = candles
        DatasetStore(self.store).put_candles(candles)
        self.experiments = Experiments(
            self.url,
            self.store,
            code_version=_CODE_VERSION,
            max_queued_units=20_000,
            slots=1,
            promoted=lambda: None,
            clock=time.time,
        )

    def training(self, steps: int) -> Specification:
        """One agent of the configuration that ships."""
        return self._specify("train", steps, {}, None, 1)

    def sweep(self, units: int, steps: int) -> Specification:
        """As many units, each another seed of one of a hundred points."""
        points = max(1, units // 100)
        grid = {"learning.discount": [0.5 + 0.4 * place / points for place in range(points)]}
        config = {"members": 4, "network": {"hidden": [32]}}
        return self._specify("sweep", steps, config, grid, min(units, 100))

    def finish(self, spec: Specification) -> Times:
        """Make an experiment from its submission to its end."""
        began = time.perf_counter()
        overview, _ = self.experiments.submit(spec, name=None, idempotency_key=None)
        while time.perf_counter() - began < _LONGEST_SECONDS:
            state = self.experiments.get(overview.experiment.id).experiment.state
            if state in ENDED:
                if state != "done":
                    raise RuntimeError(f"The experiment is {state}.")
                whole = time.perf_counter() - began
                return self._times_of(overview.experiment, whole)
            time.sleep(0.01)
        raise TimeoutError("The experiment does not end.")

    def _times_of(self, submitted: ExperimentRow, whole: float) -> Times:
        rows, _ = self.experiments.units(submitted.id, after=-1, limit=100_000)
        trained = [row for row in rows if row.stage == WORK]
        first = min(row.started_at or 0.0 for row in trained)
        last = max(row.ended_at or 0.0 for row in trained)
        return Times(whole, last - submitted.created_at, last - first)

    @contextmanager
    def worker(self, *, slots: int) -> Iterator[None]:
        """A worker process that takes units until the end of the block."""
        port = free_port()
        with (self.folder / "worker.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "model_service.worker"],
                env=with_environment(
                    MODEL_STATE_DIR=str(self.folder),
                    MODEL_ARTEFACTS_URL=self.store.url,
                    MODEL_DATABASE_URL=self.url,
                    MODEL_WORKER_SLOTS=str(slots),
                    MODEL_WORKER_PORT=str(port),
                ),
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        try:
            self._wait_until_ready(port)
            yield
        finally:
            process.terminate()
            process.wait(timeout=20)

    def _wait_until_ready(self, port: int) -> None:
        service = Service(port)
        deadline = time.monotonic() + READY_SECONDS
        while not service.ready():
            if time.monotonic() > deadline:
                raise TimeoutError((self.folder / "worker.log").read_text()[-2000:])
            time.sleep(0.1)
        service.close()

    def _specify(
        self, kind: Any, steps: int, config: dict[str, Any], grid: Any, seeds: int
    ) -> Specification:
        return specify(
            kind=kind,
            series=[SpecifiedSeries(_SYMBOL, self.candles.data_hash, self.candles.price_basis)],
            config=config,
            steps=steps,
            budget_seconds=None,
            grid=grid,
            seeds=tuple(range(seeds)),
        )


def _seconds_without_queue(site: Site, spec: Specification) -> float:
    """The units of a specification made by a child process, one after another, and not recorded."""
    orders = [
        UnitOrder(
            experiment_id="bare",
            name="bare",
            unit=planned.unit,
            fence=1,
            task=planned.task,
            specification=spec.to_dict(),
            seed=planned.seed,
            fold=None,
            point=planned.point,
            steps=spec.steps,
            created_at=0.0,
            code_version=_CODE_VERSION,
            artefacts_url=site.store.url,
            agents_dir=str(site.folder),
            checkpoint_seconds=5.0,
            side_by_side=1,
        )
        for planned in plan_units(spec, [site.candles])
        if planned.stage == WORK
    ]
    executor = ChildProcesses(1, silence_seconds=60.0)
    try:
        _make(executor, replace(orders[0], experiment_id="warm"))
        return seconds_of(lambda: [_make(executor, order) for order in orders])
    finally:
        executor.close()


def _make(executor: ChildProcesses, order: UnitOrder) -> None:
    for message in executor.run(order, lambda: False):
        if isinstance(message, Finished):
            return
    raise RuntimeError("The unit was not made.")


def _without_split(file: Path) -> str:
    """A configuration whose windows are fractions of the candles, as those of an experiment are."""
    head, _, rest = file.read_text().partition("[split]")
    return head + "[" + rest.partition("\n[")[2]


def _write_csv(file: Path, candles: Candles) -> None:
    days = [dt.datetime.fromtimestamp(int(second), dt.UTC).date() for second in candles.time]
    columns = [getattr(candles, name) for name in (*PRICE_COLUMNS, "volume")]
    lines = ["Date,Open,High,Low,Close,Volume"]
    lines += [
        ",".join([str(day), *map(repr, map(float, row))])
        for day, *row in zip(days, *columns, strict=True)
    ]
    file.write_text("\n".join(lines) + "\n")
