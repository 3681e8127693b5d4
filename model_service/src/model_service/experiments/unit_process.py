"""Units of an evaluation, each made in a process of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path
from typing import TYPE_CHECKING

from model_service.errors import EvaluationStopped
from model_service.experiments.process_pool import CONTEXT, training_processes

if TYPE_CHECKING:
    from model_service.dqn.config import AgentConfig
    from model_service.experiments.evaluation_plan import PlanRequest
    from model_service.experiments.evaluation_units import Unit

CHECKPOINT_STEPS = 1_000
_POLL_SECONDS = 0.25

_steps_done: Synchronized[int] | None = None
"""In a child: the count of steps that all children share."""


@dataclass(frozen=True)
class Order:
    """What every unit of an evaluation is made from; travels to the children."""

    request: PlanRequest
    config: AgentConfig
    steps: int
    folder: Path
    fingerprint: str
    data_hash: str


def run_units(
    order: Order,
    units: Sequence[Unit],
    *,
    jobs: int,
    on_progress: Callable[[int, int], None],
) -> None:
    """Run units until all are on disk.

    Parameters
    ----------
    order : Order
    units : sequence of Unit
        Those that are not on disk yet.
    jobs : int
        Processes at once; the result does not depend on it.
    on_progress : callable
        Called several times a second with the units finished and the steps taken.

    Raises
    ------
    EvaluationStopped
        If a process died or the candles changed; what was finished stays on disk.
    """
    steps_done = CONTEXT.Value("q", 0)
    with training_processes(min(jobs, len(units)), _count_in, (steps_done,)) as pool:
        try:
            waiting = {pool.submit(_make_unit, order, unit) for unit in units}
            finished = 0
            while waiting:
                done, waiting = wait(waiting, _POLL_SECONDS, FIRST_COMPLETED)
                for future in done:
                    future.result()
                finished += len(done)
                on_progress(finished, steps_done.value)
        except BrokenProcessPool as error:
            raise EvaluationStopped(
                "A process of this evaluation died, perhaps for want of memory. What was finished "
                "is kept: run the same command again to go on."
            ) from error


def _count_in(steps_done: Synchronized[int]) -> None:
    """In a child: count its steps in with those of all."""
    global _steps_done
    _steps_done = steps_done


def _make_unit(order: Order, unit: Unit) -> None:
    # Imported here: the parent does not need TensorFlow, and a child loads it quietly first.
    from model_service.dqn.checkpoint import load_checkpoint, run_fingerprint, save_checkpoint
    from model_service.dqn.samples import TrainingSet
    from model_service.dqn.trainer import TrainerState
    from model_service.errors import CorruptAgent
    from model_service.evaluation.protocols.unit import Saving, run_unit
    from model_service.experiments.evaluation_plan import read_plan
    from model_service.experiments.evaluation_units import UnitStore

    store = UnitStore(order.folder, order.fingerprint)
    checkpoint = store.checkpoint(unit)
    plan = read_plan(order.request)
    if plan.data_hash != order.data_hash:
        raise EvaluationStopped(
            "The candles were changed while the evaluation ran. Run the same command again."
        )
    config = order.config

    def load(data: TrainingSet) -> TrainerState | None:
        try:
            return load_checkpoint(checkpoint, run_fingerprint(config, data, unit.seed))
        except CorruptAgent:
            # It holds nothing that cannot be made again.
            return None

    saving = Saving(
        lambda step: step % CHECKPOINT_STEPS == 0,
        load,
        lambda data, state: save_checkpoint(
            checkpoint, state, run_fingerprint(config, data, unit.seed)
        ),
    )
    counted = 0

    def count(step: int) -> None:
        nonlocal counted
        if _steps_done is not None:
            with _steps_done.get_lock():
                _steps_done.value += step - counted
        counted = step

    result = run_unit(
        plan.folds[unit.fold],
        config,
        seed=unit.seed,
        steps=order.steps,
        saving=saving,
        on_step=count,
    )
    store.save(unit, result)
