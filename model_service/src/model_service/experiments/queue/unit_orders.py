"""Orders of units that were claimed: all that is needed to make them, wherever that is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from model_service.experiments.compute.executor import Executor
from model_service.experiments.compute.orders import UnitOrder
from model_service.experiments.queue.looks import TestLooks
from model_service.experiments.queue.unit_book import Begun


@dataclass(frozen=True)
class Surroundings:
    """What all units of a worker are given.

    Attributes
    ----------
    code_version, artefacts_url, agents_dir : str
    checkpoint_seconds : float
    """

    code_version: str
    artefacts_url: str
    agents_dir: str
    checkpoint_seconds: float


class Orders:
    """Writes the orders of one worker.

    Parameters
    ----------
    surroundings : Surroundings
    executor : Executor
        Which makes them.
    looks : TestLooks
    """

    def __init__(self, surroundings: Surroundings, executor: Executor, looks: TestLooks) -> None:
        self._surroundings = surroundings
        self._executor = executor
        self._looks = looks

    def make(self, begun: Begun, log_fields: Mapping[str, str]) -> UnitOrder:
        """The order of a unit; `log_fields` are what is said of it in log lines.

        Raises
        ------
        BellwetherError
            If the look that it needs cannot be counted now.
        """
        experiment, row = begun.experiment, begun.row
        order = UnitOrder(
            experiment_id=experiment.id,
            name=experiment.name,
            unit=row.unit,
            fence=begun.claim.fence,
            task=row.task,
            specification=experiment.specification,
            seed=row.seed,
            fold=row.fold,
            point=row.point,
            steps=experiment.steps,
            created_at=experiment.created_at,
            code_version=self._surroundings.code_version,
            artefacts_url=self._surroundings.artefacts_url,
            agents_dir=self._surroundings.agents_dir,
            checkpoint_seconds=self._surroundings.checkpoint_seconds,
            side_by_side=self._executor.slots,
            units=begun.finished,
            log_fields=log_fields,
        )
        if row.task != "assess":
            return order
        return replace(order, looks=self._looks.of(experiment, order.units))
