"""What the commands about experiments speak to: the database and the artefacts of the services.

They need no web process. Settings are those of the services (``MODEL_*``), whose defaults are the
folders that ``make up`` uses where a command runs in the repository's root.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import structlog
from rich.markup import escape
from sqlalchemy.engine import make_url

from model_service.artefacts.agents import DEFAULT_AGENT, AgentStore
from model_service.artefacts.datasets import DatasetStore
from model_service.artefacts.store import ArtefactStore
from model_service.cli.console import console
from model_service.errors import InvalidRequest
from model_service.experiments.candle_files import load_series
from model_service.experiments.queue.durable_queue import quieten_dbos
from model_service.experiments.service import Experiments, Overview
from model_service.experiments.specification import Specification, SpecifiedSeries
from model_service.settings import Settings, read_settings

MAX_SERIES = 100
MAX_NAME = 100

_LEASES = 2
"""So many leases without a sign of life are taken for no worker: clocks may differ a little."""


@dataclass(frozen=True)
class Desk:
    """Where experiments are handed in and asked about.

    Attributes
    ----------
    settings : Settings
    experiments : Experiments
    datasets : DatasetStore
    agents : AgentStore
    """

    settings: Settings
    experiments: Experiments
    datasets: DatasetStore
    agents: AgentStore

    @property
    def database(self) -> str:
        """The database for people, without its password."""
        url = make_url(self.settings.full_database_url)
        return url.database or "" if url.drivername == "sqlite" else url.render_as_string()

    def put_series(
        self, data: Sequence[Path], symbols: frozenset[str] | None
    ) -> tuple[SpecifiedSeries, ...]:
        """Candles of files and folders in the artefact store, by their hashes.

        Raises
        ------
        BellwetherError
            If a file is refused or there are too many series.
        """
        loaded = load_series(data, symbols=symbols)
        for name, reason in loaded.skipped:
            console.print(f"[yellow]Skipped[/] {escape(name)}: {escape(reason)}", highlight=False)
        if len(loaded.series) > MAX_SERIES:
            raise InvalidRequest(
                f"There are candles of {len(loaded.series)} symbols, more than {MAX_SERIES}; "
                "`--symbols` picks some.",
                field="symbols",
                limit=MAX_SERIES,
            )
        return tuple(
            SpecifiedSeries(
                candles.symbol, self.datasets.put_candles(candles).data_hash, candles.price_basis
            )
            for candles in loaded.series
        )

    def named_agent(self, agent: str | None) -> str:
        """The id of an agent that is there; what `default` means may change, so it is looked up.

        Raises
        ------
        AgentNotFound
        """
        return self.agents.get(agent or DEFAULT_AGENT).id

    def submit(self, spec: Specification, name: str | None) -> Overview:
        """Queue an experiment and say what became of it on the console.

        Raises
        ------
        BellwetherError
            Whatever `Submissions.submit` refuses.
        """
        if name is not None and not 1 <= len(name) <= MAX_NAME:
            raise InvalidRequest(
                f"`--name` has 1 to {MAX_NAME} characters.", field="name", limit=MAX_NAME
            )
        overview, reused = self.experiments.submit(spec, name=name, idempotency_key=None)
        row = overview.experiment
        if reused:
            console.print(
                f"The same was asked for before: this is the earlier one, and it is {row.state}.",
                highlight=False,
            )
        else:
            units = sum(overview.units.by_state.values())
            console.print(
                f"Queued with {units} units in {escape(self.database)}.", highlight=False,
                soft_wrap=True,
            )  # fmt: skip
        if row.state == "queued":
            self.tell_without_worker()
        return overview

    def tell_without_worker(self) -> None:
        """Say so where nobody would make the units of an experiment."""
        seen = self.experiments.last_sign_of_life()
        lease = self.settings.worker_lease_seconds
        if seen is None or time.time() - seen > _LEASES * lease:
            console.print(
                "[yellow]No worker is running[/]; start one with `python -m model_service.worker`.",
                highlight=False,
                soft_wrap=True,
            )


@contextmanager
def open_desk() -> Iterator[Desk]:
    """The desk of this machine's settings."""
    settings = read_settings()
    quieten_dbos()
    if not structlog.is_configured():
        # Standard output is for results alone.
        structlog.configure(logger_factory=lambda *_: structlog.PrintLogger(sys.stderr))
    artefacts = ArtefactStore(
        settings.artefacts_url, timeout_seconds=settings.artefacts_timeout_seconds
    )
    agents = AgentStore(settings.agent_folders, artefacts)
    experiments = Experiments.of(settings, artefacts, agents.promoted_agent)
    try:
        yield Desk(settings, experiments, DatasetStore(artefacts), agents)
    finally:
        experiments.close()
