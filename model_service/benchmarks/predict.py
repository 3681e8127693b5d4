"""`/predict` over HTTP on loopback, and the same decisions one candle after another in Keras.

A really started service answers for 2,934 candles in both forms: a file of the dataset folder, and
candles inline. *Warm* is the same question again; *changed* has another volume in one candle, so
that neither the parsed file nor the Q table is at hand. Requests are made before the clock starts.

Stepping evaluates the network once a candle and takes the best action that is possible, on features
that are there already; features, ledger, metrics and the way over HTTP are not counted on that
side. It is measured on some of the candles and scaled up to all. No number that an agent earned is
read or printed.
"""

from __future__ import annotations

import json
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from benchmarks.market import CandleFile, change_last_volume, predict_file
from benchmarks.measurement import Line, percentile, say, seconds_of
from benchmarks.server import Service, encode, running_service
from benchmarks.settings import AGENT_CONFIG
from model_service.artefacts.agents import SHIPPED_AGENT, AgentStore, write_agent
from model_service.dqn.config import AgentConfig
from model_service.dqn.members import make_network
from model_service.dqn.network import QNetwork
from model_service.experiments.training_config import read_training_config
from model_service.market.candles import PRICE_COLUMNS, Candles
from model_service.market.features import compute_features
from model_service.settings import SHIPPED_AGENTS_DIR
from model_service.trading.exposure import Action

REPETITIONS = 60
WARM_UP = 5
EAGER_CANDLES = 400
PREDICT_CANDLES = 60
TARGET_MILLISECONDS = 40.0
TARGET_RATIO = 100.0


class DecisionsDiffer(Exception):
    """The two sides do not decide alike, so that no speed of theirs can be compared."""


@dataclass(frozen=True)
class Effort:
    """How often things are measured."""

    repetitions: int
    eager_candles: int
    predict_candles: int


def run(data: Path, *, quick: bool) -> None:
    """Measure, and print the lines."""
    say("predict: /predict on 2,934 candles, and stepping the same agent through Keras")
    effort = Effort(5, 20, 5) if quick else Effort(REPETITIONS, EAGER_CANDLES, PREDICT_CANDLES)
    file = predict_file(data)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "dataset").mkdir()
        (folder / "dataset" / file.name).write_bytes(file.content)
        agents = folder / "agents"
        trained = (SHIPPED_AGENTS_DIR / SHIPPED_AGENT).is_dir()
        if not trained:
            write_untrained_agent(agents / SHIPPED_AGENT)
        with running_service(folder, agents) as service:
            requests = _Requests(service, folder / "dataset", file)
            measured = _measure(requests, effort.repetitions)
            decided = requests.decisions()
        stored = AgentStore([agents, SHIPPED_AGENTS_DIR]).get(SHIPPED_AGENT)
        config = AgentConfig.from_dict(stored.manifest["config"])
        network = make_network(config, stored.weights())
    stepper = Stepper(network, config, file.candles)
    seconds = _step(stepper, decided, effort)
    details = {
        "candles": len(file.candles),
        "data": file.source,
        "agent": "shipped" if trained else "untrained, of the shipped configuration",
        "repetitions": effort.repetitions,
    }
    for form, values in measured.items():
        _report_form(form, values, details, quick=quick)
    _report_ratio(measured, seconds, details, effort, quick=quick)


def write_untrained_agent(folder: Path) -> None:
    """An agent of the shipped configuration with random weights, where none is shipped yet."""
    training = read_training_config(AGENT_CONFIG)
    config = training.agent
    names = config.features.names
    network = QNetwork(config.network, config.ladder, len(names), 0, config.members)
    first, last = 1_325_376_000, 1_514_678_400  # 2012-01-01, 2017-12-31
    manifest = {
        "id": folder.name,
        "name": "Untrained",
        "owner_id": "local",
        "created_at": "2026-01-01T00:00:00Z",
        "lineage": "benchmark",
        "symbols": [],
        "train": {"start": first, "end": last - 1},
        "validation": {"start": last, "end": last},
        "config": config.to_dict(),
        "feature_names": list(names),
        "seed": 0,
        "steps": 0,
        "code_version": "0",
        "validation_metrics": {},
    }
    write_agent(folder, manifest, network.arrays())


class _Requests:
    """The four questions; each method prepares one and returns what asks it."""

    def __init__(self, service: Service, dataset: Path, file: CandleFile) -> None:
        self._service = service
        self._dataset = dataset
        self._file = file
        self._changes = 0

    def file_warm(self) -> Callable[[], bytes]:
        """The file as it is."""
        body = encode({"input_file": self._file.name, "agent": SHIPPED_AGENT})
        return lambda: self._service.ask("POST", "/predict", body)

    def file_changed(self) -> Callable[[], bytes]:
        """The file with another volume in its last candle."""
        self._changes += 1
        name = "CHANGED.csv"
        content = change_last_volume(self._file.content, self._changes)
        (self._dataset / name).write_bytes(content)
        body = encode({"input_file": name, "agent": SHIPPED_AGENT})
        return lambda: self._service.ask("POST", "/predict", body)

    def inline_warm(self) -> Callable[[], bytes]:
        """The candles as they are."""
        body = encode(_inline(self._file.candles))
        return lambda: self._service.ask("POST", "/predict", body)

    def inline_changed(self) -> Callable[[], bytes]:
        """Candles with another volume in the last one."""
        body = encode(_inline(self._changed()))
        return lambda: self._service.ask("POST", "/predict", body)

    def decisions(self) -> dict[str, Any]:
        """The decisions of the inline form, and nothing else of its answer."""
        decisions: dict[str, Any] = json.loads(self.inline_warm()())["decisions"]
        return decisions

    def _changed(self) -> Candles:
        self._changes += 1
        candles = self._file.candles
        volume = candles.volume.copy()
        volume[-1] += self._changes
        return Candles(
            candles.symbol,
            candles.time,
            *(getattr(candles, name) for name in PRICE_COLUMNS),
            volume,
            candles.price_basis,
        )


def _inline(candles: Candles) -> dict[str, Any]:
    columns = {name: getattr(candles, name).tolist() for name in (*PRICE_COLUMNS, "volume")}
    return {
        "symbol": candles.symbol,
        "price_basis": candles.price_basis,
        "candles": {"time": candles.time.tolist(), **columns},
        "agent": SHIPPED_AGENT,
    }


def _measure(requests: _Requests, repetitions: int) -> dict[str, list[float]]:
    forms = {
        "file_warm": requests.file_warm,
        "inline_warm": requests.inline_warm,
        "file_changed": requests.file_changed,
        "inline_changed": requests.inline_changed,
    }
    for prepare in forms.values():
        for _ in range(WARM_UP):
            prepare()()
    measured: dict[str, list[float]] = {form: [] for form in forms}
    for _ in range(repetitions):
        for form, prepare in forms.items():
            measured[form].append(seconds_of(prepare()))
    return measured


class Stepper:
    """The agent as a loop over candles, as one would write it first."""

    def __init__(self, network: QNetwork, config: AgentConfig, candles: Candles) -> None:
        self._network = network
        self._ladder = config.ladder
        self._features = compute_features(candles, config.features)
        self.first = config.features.warm_up_candles

    def eager(self, row: NDArray[np.float32]) -> NDArray[np.float32]:
        """Q-values by calling the network."""
        table: NDArray[np.float32] = self._network(row).numpy()[0]
        return table

    def predict(self, row: NDArray[np.float32]) -> NDArray[np.float32]:
        """Q-values by Keras' `predict`."""
        table: NDArray[np.float32] = self._network.predict(row, verbose=0)[0]
        return table

    def walk(
        self, evaluate: Callable[[NDArray[np.float32]], NDArray[np.float32]], count: int
    ) -> tuple[list[int], float]:
        """Actions of the first `count` candles to decide on, and the seconds taken."""
        rung = self._ladder.flat_rung
        actions = []
        started = time.perf_counter()
        for index in range(self.first, self.first + count):
            values = evaluate(self._features[index : index + 1])[rung]
            best = int(Action.HOLD)
            for action in Action:
                if self._ladder.possible[rung, action] and values[action] > values[best]:
                    best = int(action)
            rung = int(self._ladder.next_rung[rung, best])
            actions.append(best)
        return actions, time.perf_counter() - started


def _step(stepper: Stepper, decided: dict[str, Any], effort: Effort) -> dict[str, float]:
    """Seconds a candle of both ways to step; their decisions are those of the service."""
    keras.utils.disable_interactive_logging()
    seconds: dict[str, float] = {}
    ways = {
        "eager": (stepper.eager, effort.eager_candles),
        "predict": (stepper.predict, effort.predict_candles),
    }
    for name, (evaluate, count) in ways.items():
        stepper.walk(evaluate, 3)
        actions, taken = stepper.walk(evaluate, count)
        words = [Action(action).name.lower() for action in actions]
        if words != decided["action"][stepper.first : stepper.first + count]:
            raise DecisionsDiffer(f"stepping by {name} decides otherwise than /predict")
        seconds[name] = taken / count
    return seconds


def _report_form(form: str, values: list[float], details: dict[str, Any], *, quick: bool) -> None:
    median = 1e3 * statistics.median(values)
    warm = form.endswith("_warm") and not quick
    Line(
        f"predict_{form}",
        median,
        "ms",
        None,
        TARGET_MILLISECONDS if warm else None,
        median <= TARGET_MILLISECONDS if warm else None,
        {"p95": 1e3 * percentile(values, 95), **details},
    ).emit()


def _report_ratio(
    measured: dict[str, list[float]],
    seconds: dict[str, float],
    details: dict[str, Any],
    effort: Effort,
    *,
    quick: bool,
) -> None:
    candles = details["candles"]
    faster = min(seconds, key=lambda way: seconds[way])
    stepping = seconds[faster] * candles
    medians = {form: statistics.median(values) for form, values in measured.items()}
    ratio = stepping / medians["file_warm"]
    Line(
        "predict_against_stepping",
        1e3 * medians["file_warm"],
        "ms",
        ratio,
        None if quick else TARGET_RATIO,
        None if quick else ratio >= TARGET_RATIO,
        {
            "peer": f"Keras, one candle after another, {faster}",
            "peer_value": 1e3 * stepping,
            "milliseconds_a_candle": {way: 1e3 * taken for way, taken in seconds.items()},
            "ratios": {form: stepping / median for form, median in medians.items()},
            "candles_stepped": {
                "eager": effort.eager_candles,
                "predict": effort.predict_candles,
            },
            "same_decisions": True,
            **details,
        },
    ).emit()
