"""``bellwether sweep``: many configurations, seeds and symbols from one file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from model_service.cli.console import out, refusals


@refusals
def command(
    file: Annotated[Path, typer.Argument(help="YAML, as below.", show_default=False)],
    watch: Annotated[bool, typer.Option("--watch", help="Follow it until it ends.")] = False,
) -> None:
    """Queue a sweep and print its id: every combination of a grid with every seed is a unit.

    What is best on validation is made an agent and tested once. The file is YAML:

    \b
    name: Discounts and widths         # for people; may be left out
    data:                              # files and folders, from this file's own
      - candles
      - more/AAPL.csv
    symbols: [AAPL, MSFT]              # only these; may be left out
    seeds: [0, 1, 2]                   # [0] where left out
    steps: 2000                        # of every unit, or
    # budget: 30m                      # in all: 90s, 30m, 2h, 1d
    start: 2015-01-01                  # first and last day; may be left out
    end: 2020-12-31
    config:                            # what differs from the default
      network: {hidden: [32, 16]}
    grid:                              # dotted names, and values to try
      learning.discount: [0.9, 0.95]
      learning.learning_rate: [1e-3, 3e-4]

    The same again is the earlier one. `bellwether experiments list` shows what became of it.
    """
    # Imported here: --help and the other commands need none of it.
    from model_service.cli.experiment_desk import open_desk
    from model_service.cli.experiment_watch import watch as show
    from model_service.experiments.candle_files import end_of_day, start_of_day
    from model_service.experiments.specification import specify
    from model_service.experiments.sweep_file import read_sweep_file

    sweep = read_sweep_file(file)
    with open_desk() as desk:
        spec = specify(
            kind="sweep",
            series=desk.put_series(sweep.data, sweep.symbols),
            config=sweep.config,
            steps=sweep.steps,
            budget_seconds=sweep.budget_seconds,
            grid=sweep.grid,
            seeds=sweep.seeds,
            start=None if sweep.start is None else start_of_day(sweep.start),
            end=None if sweep.end is None else end_of_day(sweep.end),
        )
        overview = desk.submit(spec, sweep.name)
        out.print(overview.experiment.id, highlight=False)
        if watch:
            show(desk, overview.experiment.id)
