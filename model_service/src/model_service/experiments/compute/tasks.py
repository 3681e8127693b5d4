"""Making a unit, whichever its task."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import structlog

from model_service.artefacts.store import ArtefactStore
from model_service.errors import ArtefactStoreUnavailable, BellwetherError
from model_service.experiments.compute.assessment import assess_unit
from model_service.experiments.compute.deciding import decide_unit
from model_service.experiments.compute.messages import Hindered, Message, Refused
from model_service.experiments.compute.orders import UnitOrder
from model_service.experiments.compute.training import (
    calibrate_unit,
    train_agent_unit,
    train_fold_unit,
)
from model_service.experiments.records.units import Task
from model_service.experiments.unit_log import logging_about

_log = structlog.get_logger(__name__)

_TASKS: Mapping[Task, Callable[[UnitOrder, ArtefactStore], Iterator[Message]]] = {
    "calibrate": calibrate_unit,
    "train": train_agent_unit,
    "fold": train_fold_unit,
    "decide": decide_unit,
    "assess": assess_unit,
}


def make_unit(order: UnitOrder) -> Iterator[Message]:
    """Make a unit and tell of it; the last message says how it ended, and nothing is raised."""
    with logging_about(order.experiment_id, order.unit, order.log_fields):
        yield from _make(order)


def _make(order: UnitOrder) -> Iterator[Message]:
    _log.info("making a unit", task=order.task, seed=order.seed, fence=order.fence)
    try:
        yield from _TASKS[order.task](order, ArtefactStore(order.artefacts_url))
    except (ArtefactStoreUnavailable, OSError, MemoryError) as error:
        yield Hindered(str(error) or type(error).__name__)
    except BellwetherError as error:
        yield Refused(error.detail)
    except Exception as error:
        _log.exception("a unit failed")
        yield Refused(f"It failed, and should not have: {type(error).__name__}: {error}")
