"""``bellwether preprocess``: any CSV of candles into a canonical one."""

from __future__ import annotations

import dataclasses
import sys
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer
from rich.markup import escape
from rich.table import Table

from model_service.cli.candle_file import read_file, write_candles
from model_service.cli.console import console, refusals
from model_service.market.ingest import Ingested, Issue, ingest_csv


@refusals
def command(
    file: Annotated[
        Path, typer.Argument(help="CSV of candles, plain, .gz or .zip.", show_default=False)
    ],
    output: Annotated[Path, typer.Option("--output", "-o", help="Where the canonical CSV goes.")],
    symbol: Annotated[
        str | None, typer.Option(help="Default: the file's name before its first _.")
    ] = None,
    column: Annotated[
        str | None, typer.Option(help="Price column to take, where the file has several.")
    ] = None,
    repair: Annotated[
        bool, typer.Option("--repair", help="Repair missed splits and unit errors.")
    ] = False,
    json: Annotated[
        bool, typer.Option("--json", help="Print what was found as JSON on stdout.")
    ] = False,
) -> None:
    """Turn any CSV of candles into canonical candles, and say what was done to it."""
    ingested = ingest_csv(
        read_file(file), file_name=file.name, symbol=symbol, column=column, repair=repair
    )
    write_candles(output, ingested.candles)
    if json:
        sys.stdout.buffer.write(orjson.dumps(_summary(ingested)) + b"\n")
        return
    if ingested.issues:
        console.print(_issue_table(ingested.issues))
    candles = ingested.candles
    console.print(
        f"{escape(candles.symbol)}: {len(candles):,} candles of {candles.interval}, "
        f"prices {candles.price_basis}, written to {escape(str(output))}.",
        highlight=False,
    )


def _issue_table(issues: tuple[Issue, ...]) -> Table:
    table = Table()
    for heading in ("Row", "Kind", "Action", "What"):
        table.add_column(heading, justify="right" if heading == "Row" else "left")
    for issue in issues:
        table.add_row(f"{issue.row:,}", issue.kind, issue.action, escape(issue.message))
    return table


def _summary(ingested: Ingested) -> dict[str, Any]:
    candles = ingested.candles
    return {
        "symbol": candles.symbol,
        "interval": candles.interval,
        "candles": len(candles),
        "start": int(candles.time[0]),
        "end": int(candles.time[-1]),
        "price_basis": candles.price_basis,
        "currency": candles.currency,
        "timezone": candles.timezone,
        "data_hash": candles.data_hash,
        "issues": [dataclasses.asdict(issue) for issue in ingested.issues],
    }
