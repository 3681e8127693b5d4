"""The look at unseen candles that an experiment is given: one, however often it is begun anew."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from model_service.artefacts.store import ArtefactStore
from model_service.database import Database
from model_service.evaluation.sealed import LookCounter, Window
from model_service.experiments.compute.orders import FinishedUnit
from model_service.experiments.records.experiments import ExperimentRow, remember_looks
from model_service.experiments.specification import Specification
from model_service.experiments.specified_candles import read_candles
from model_service.experiments.tested_candles import LINEAGE, plan_test


class TestLooks:
    """Counts the looks of experiments.

    Parameters
    ----------
    counter : LookCounter
    database : Database
        Where it is remembered that an experiment was given its look.
    store : ArtefactStore
        Where the candles are.
    """

    __test__ = False  # pytest takes it for a test case by its name

    def __init__(self, counter: LookCounter, database: Database, store: ArtefactStore) -> None:
        self._counter = counter
        self._database = database
        self._store = store

    def of(
        self, experiment: ExperimentRow, units: Sequence[FinishedUnit]
    ) -> Mapping[str, Any] | None:
        """The look of an experiment, counted now or before; None where it is not tested."""
        if experiment.looks is not None:
            return experiment.looks
        spec = Specification.from_dict(experiment.specification)
        work = [unit for unit in units if unit.task != "calibrate"]
        plan = plan_test(spec, read_candles(spec, self._store), work)
        if plan is None:
            return None
        lineage = str(work[0].outcome.get("lineage", LINEAGE))
        window = Window(
            f"{len(plan.symbols)} symbols",
            plan.data_hash,
            plan.start,
            plan.end,
            experiment.specification_hash,
        )
        looks = asdict(self._counter.record_once(experiment.id, lineage, window))

        def remember() -> None:
            with self._database.writing() as connection:
                remember_looks(connection, experiment.id, looks)

        self._database.run(remember)
        return looks
