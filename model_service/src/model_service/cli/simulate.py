"""``bellwether simulate``: candles of a market that does not exist."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from model_service.cli.candle_file import write_candles
from model_service.cli.console import console, refusals
from model_service.market.ingest import check_symbol
from model_service.market.simulated import SimulatedInterval, simulate_candles

_INTERVALS: dict[str, SimulatedInterval] = {"1d": "1d", "1h": "1h", "1m": "1m"}


class Interval(StrEnum):
    """The intervals on offer."""

    DAY = "1d"
    HOUR = "1h"
    MINUTE = "1m"


@refusals
def command(
    symbol: Annotated[str, typer.Argument(help="Any name; it fixes the path with the seed.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="Where the CSV goes.")],
    seed: Annotated[int, typer.Option(min=0, max=2**32 - 1)] = 0,
    start: Annotated[dt.datetime, typer.Option(formats=["%Y-%m-%d"])] = dt.datetime(2010, 1, 4),  # noqa: DTZ001
    end: Annotated[dt.datetime, typer.Option(formats=["%Y-%m-%d"])] = dt.datetime(2024, 12, 31),  # noqa: DTZ001
    interval: Annotated[Interval, typer.Option()] = Interval.DAY,
) -> None:
    """Simulate a market: the same symbol and seed give the same candles."""
    candles = simulate_candles(
        check_symbol(symbol),
        seed=seed,
        start=start.date(),
        end=end.date(),
        interval=_INTERVALS[interval],
    )
    write_candles(output, candles)
    console.print(
        f"{escape(symbol)}: {len(candles):,} simulated candles of {candles.interval}, "
        f"written to {escape(str(output))}.",
        highlight=False,
    )
