"""Training speed: environment steps a second against Stable-Baselines3's DQN, and the share of
this machine's matrix-multiply rate.

An environment step is counted as eight trained samples on both sides. Stable-Baselines3's defaults
are just that: one environment, every fourth step one gradient step on 32 samples. A step of ours
trains a batch of B candles from each of R exposures, that is B·R samples or B·R/8 environment
steps; nothing is stepped, since the reward of every action at every candle is known. Both have the
same data (150 features), the same network (150 features and the exposure, 128, 64, 3 Q-values), the
same discount and learning rate.

Work of one step of ours, in multiply-adds counted as two operations, with F features, layers of H1
and H2 units and A actions, for B candles and R exposures:

- The first layer multiplies the features of a candle once for all exposures: 2·B·F·H1. (The
  exposures' own part is R·H1 multiplications in all and is left out, as is all that is no product
  of matrices: activations, targets, loss, AdamW, the average that is the target network.)
- The other layers see each exposure: L = 2·B·R·(H1·H2 + H2·A).
- Forward three times: online and target network on the next candle, online network on this one.
- Backward once: the first layer needs the gradient of its weights alone, 2·B·F·H1; the others that
  of their weights and of their inputs, 2·L.

In all 4·(2·B·F·H1) + 5·L. *Equivalent* work is what a plain dense network with F + 1 inputs, which
does not share the first layer between exposures, would execute for the same B·R samples.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import tensorflow as tf

from benchmarks.market import SPLIT, training_series
from benchmarks.measurement import Line, median_ratio, say, skip, take_turns
from benchmarks.peer import Peer
from benchmarks.stable_baselines import DEFAULT, LARGE_BATCHES, Sb3Learner, Schedule, write_market
from model_service.dqn.config import AgentConfig, LearningConfig, NetworkConfig
from model_service.dqn.samples import TrainingSet, make_training_set
from model_service.dqn.trainer import Trainer
from model_service.market.features import FeatureRecipe
from model_service.trading.exposure import ACTION_COUNT

FEATURES = 150
HIDDEN = (128, 64)
SAMPLES_PER_STEP = 8
BATCH_CANDLES = 8_192
"""The fastest of 1,024 to 16,384 here."""
ROUNDS = 7
ROUND_SECONDS = 2.0
PROBE_SECONDS = 1.5
MATRIX_SIZES = (1_024, 2_048, 4_096)
MATRIX_SECONDS = 0.4
TARGET_RATIO = 25.0
TARGET_SHARE = 0.6


def step_operations(batch: int, rungs: int, features: int = FEATURES) -> float:
    """Floating-point operations that the matrix products of one step execute."""
    first = 2.0 * batch * features * HIDDEN[0]
    later = 2.0 * batch * rungs * (HIDDEN[0] * HIDDEN[1] + HIDDEN[1] * ACTION_COUNT)
    return 4.0 * first + 5.0 * later


def equivalent_operations(batch: int, rungs: int, features: int = FEATURES) -> float:
    """What a plain dense network would execute for the same samples."""
    first = 2.0 * batch * rungs * (features + 1) * HIDDEN[0]
    later = 2.0 * batch * rungs * (HIDDEN[0] * HIDDEN[1] + HIDDEN[1] * ACTION_COUNT)
    return 4.0 * first + 5.0 * later


def make_data(data: Path) -> tuple[TrainingSet, AgentConfig, str]:
    """The training candles as 150 features, the five of each of the latest 30 candles."""
    series = training_series(data)
    config = AgentConfig(
        features=FeatureRecipe(lagged_candles=30),
        network=NetworkConfig(hidden=HIDDEN, dueling=False),
        learning=LearningConfig(batch_candles=BATCH_CANDLES, input_noise=0.0),
    )
    trained_on = [part for candles in series.candles if (part := SPLIT.train(candles)) is not None]
    full = make_training_set(trained_on, config)
    lagged = [index for index, name in enumerate(config.features.names) if "_lag_" in name]
    features = np.ascontiguousarray(full.features[:, lagged])
    return TrainingSet(features, full.rewards, full.samples), config, series.source


def run(data: Path, *, quick: bool) -> None:
    """Measure, and print the lines."""
    say("training: environment steps a second, and share of the matrix-multiply rate")
    training_set, config, source = make_data(data)
    rounds, seconds = (1, 0.2) if quick else (ROUNDS, ROUND_SECONDS)
    ours = OurLearner(config, training_set)
    sides: dict[str, Callable[[], float]] = {"ours": lambda: ours.train(seconds)}
    if quick:
        sides["matrix"] = lambda: matrix_rate((256,), 0.02)
        report_share(take_turns(sides, rounds), config, None, source)
        return
    sides["matrix"] = lambda: matrix_rate(MATRIX_SIZES, MATRIX_SECONDS)
    ours.train(seconds)
    if not Peer.available():
        report_share(take_turns(sides, rounds), config, TARGET_SHARE, source)
        skip("training_against_sb3", "there is no environment of peers")
        return
    with Peer("sb3_dqn.py") as peer, tempfile.TemporaryDirectory() as folder:
        market = write_market(Path(folder) / "market.npz", training_set, config)
        chosen: dict[str, Schedule] = {}
        for name, candidates in {"default": DEFAULT, "large": LARGE_BATCHES}.items():
            chosen[name] = fastest(peer, market, config, candidates)
            learner = Sb3Learner(peer, name, market, config, chosen[name])
            learner.rate(seconds)
            sides[name] = lambda learner=learner: learner.rate(seconds)
        measured = take_turns(sides, rounds)
    report_share(measured, config, TARGET_SHARE, source)
    report_ratio("training_steps", measured, "default", chosen["default"], TARGET_RATIO, source)
    report_ratio("training_steps_large_batches", measured, "large", chosen["large"], None, source)


class OurLearner:
    """The trainer, timed."""

    def __init__(self, config: AgentConfig, data: TrainingSet) -> None:
        self._trainer = Trainer(config, data, seed=0)
        self._samples = config.learning.batch_candles * len(config.ladder)
        self._trainer.train(3)

    def train(self, seconds: float) -> float:
        """Train for about `seconds`; environment steps a second."""
        started = time.perf_counter()
        steps = 0
        while (taken := time.perf_counter() - started) < seconds:
            self._trainer.train(10)
            steps += 10
        return steps * self._samples / SAMPLES_PER_STEP / taken


def fastest(
    peer: Peer, market: str, config: AgentConfig, candidates: tuple[Schedule, ...]
) -> Schedule:
    """The schedule with which the peer is fastest here."""

    def rate(schedule: Schedule) -> float:
        learner = Sb3Learner(peer, "probe", market, config, schedule)
        learner.rate(PROBE_SECONDS)
        return learner.rate(PROBE_SECONDS)

    rates = {schedule: rate(schedule) for schedule in candidates}
    for schedule, steps in rates.items():
        say(f"  probed {schedule.name}: {steps:,.0f} steps/s")
    return max(candidates, key=lambda schedule: rates[schedule])


def matrix_rate(sizes: tuple[int, ...], seconds: float) -> float:
    """Operations a second of the fastest product of square fp32 matrices of these sizes."""
    return max(_multiply(size, seconds) for size in sizes)


@tf.function(reduce_retracing=True)
def _product(left: tf.Tensor, right: tf.Tensor) -> tf.Tensor:
    return tf.matmul(left, right)


def _multiply(size: int, seconds: float) -> float:
    random = np.random.default_rng(0)
    left, right = (
        tf.constant(random.normal(size=(size, size)).astype(np.float32)) for _ in range(2)
    )
    _product(left, right).numpy()
    products = 0
    started = time.perf_counter()
    while (taken := time.perf_counter() - started) < seconds or products == 0:
        # The copy makes the result wait for the product; it is one part in thousands of it.
        _product(left, right).numpy()
        products += 1
    return products * 2.0 * size**3 / taken


def report_share(
    measured: dict[str, list[float]], config: AgentConfig, target: float | None, source: str
) -> None:
    """Print which share of the matrix-multiply rate a step reaches."""
    batch, rungs = config.learning.batch_candles, len(config.ladder)
    steps = [rate * SAMPLES_PER_STEP / (batch * rungs) for rate in measured["ours"]]
    per_second = [count * step_operations(batch, rungs) for count in steps]
    share = median_ratio(per_second, measured["matrix"])
    more = equivalent_operations(batch, rungs) / step_operations(batch, rungs)
    Line(
        "training_matrix_share",
        share,
        "fraction of the fp32 matrix-multiply rate",
        share,
        target,
        None if target is None else share >= target,
        {
            "equivalent_share": share * more,
            "gflops": statistics.median(per_second) / 1e9,
            "matrix_gflops": statistics.median(measured["matrix"]) / 1e9,
            "batch_candles": batch,
            "rounds": len(steps),
            "data": source,
        },
    ).emit()


def report_ratio(
    name: str,
    measured: dict[str, list[float]],
    peer: str,
    schedule: Schedule,
    target: float | None,
    source: str,
) -> None:
    """Print our rate and how often it is the peer's."""
    ratio = median_ratio(measured["ours"], measured[peer])
    Line(
        name,
        statistics.median(measured["ours"]),
        "environment steps/s",
        ratio,
        target,
        None if target is None else ratio >= target,
        {
            "peer": f"Stable-Baselines3 DQN, {schedule.name}",
            "peer_value": statistics.median(measured[peer]),
            "samples_per_step": SAMPLES_PER_STEP,
            "batch_candles": BATCH_CANDLES,
            "rounds": len(measured["ours"]),
            "data": source,
        },
    ).emit()
