"""``bellwether compare``: configurations against each other, on validation alone."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from model_service.cli.console import console, out, refusals
from model_service.evaluation.configurations import (
    Configuration,
    Register,
    read_register,
    write_register,
)
from model_service.experiments.compare import FOLDS, LAST_DAY, compare
from model_service.experiments.training_config import read_training_config
from model_service.settings import CONFIGURATIONS_FILE


@refusals
def command(
    data: Annotated[
        list[Path], typer.Argument(help="Files or folders of candles (CSV).", show_default=False)
    ],
    config: Annotated[
        list[Path], typer.Option("--config", help="TOML file; several are compared.")
    ],
    seeds: Annotated[int, typer.Option(min=1, max=1_000, help="Seeds 0 to N-1 of each.")] = 3,
    first_seed: Annotated[int, typer.Option(min=0, help="Begin with this seed instead.")] = 0,
    jobs: Annotated[int, typer.Option(min=1, max=64, help="Processes, each with one thread.")] = 1,
    register: Annotated[
        Path, typer.Option(help="Where every result is kept, also the bad ones.")
    ] = CONFIGURATIONS_FILE,
) -> None:
    """Compare configurations on validation inside 2012-2017; every result is registered."""
    trainings = [read_training_config(path) for path in config]
    book = read_register(register)
    entries = [
        Configuration(path.stem, training.steps, training.agent.to_dict())
        for path, training in zip(config, trainings, strict=True)
    ]
    chosen = range(first_seed, first_seed + seeds)
    total = len(entries) * len(FOLDS) * seeds
    for done, (place, run) in enumerate(compare(data, trainings, chosen, jobs=jobs), start=1):
        # Read again: another comparison may have added to it meanwhile.
        book = read_register(register).with_run(entries[place], run)
        register.parent.mkdir(parents=True, exist_ok=True)
        write_register(register, book)
        console.print(
            f"{done}/{total} {entries[place].label}, seed {run.seed}, {run.fold}: Sharpe "
            f"{run.sharpe:.3f}, buy and hold {run.buy_and_hold_sharpe:.3f}, {run.seconds:.0f} s",
            highlight=False,
        )
    out.print(_table(book, entries))
    console.print(
        f"{book.count} configurations compared so far; nothing after {LAST_DAY} was read."
    )


def _table(book: Register, entries: list[Configuration]) -> Table:
    table = Table()
    for heading in ("Configuration", "Runs", "Sharpe", "Over buy and hold", "Exposure", "Fills"):
        table.add_column(heading, justify="left" if heading == "Configuration" else "right")
    wanted = {entry.id for entry in entries}
    for one in sorted(book.configurations, key=lambda one: -one.mean_excess):
        if one.id not in wanted:
            continue
        count = len(one.runs)
        table.add_row(
            one.label,
            str(count),
            f"{one.mean_sharpe:.3f}",
            f"{one.mean_excess:+.3f}",
            f"{sum(run.mean_exposure or 0.0 for run in one.runs) / count:.2f}",
            f"{sum(run.fills or 0.0 for run in one.runs) / count:.0f}",
        )
    return table
