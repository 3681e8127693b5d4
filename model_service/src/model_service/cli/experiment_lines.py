"""Experiments and their events as lines and tables of a terminal."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from model_service.experiments.durations import write_duration
from model_service.experiments.records.events import Event
from model_service.experiments.service import Overview
from model_service.http.experiment_answers import describe_experiment

_WIDE = 100
_COLOURS = {"done": "green", "failed": "red", "running": "cyan", "cancelling": "yellow"}


def make_table(overviews: Sequence[Overview], now: float, width: int) -> Table:
    """One row an experiment; on a narrow terminal without the kind, with which the id begins."""
    headings = ["Id", "Name", "Kind", "State", "Progress", "Rate", "Left", "Age"]
    if width < _WIDE:
        headings.remove("Kind")
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for heading in headings:
        right = heading in ("Progress", "Rate", "Left", "Age")
        # Names alone give way: the id is what other commands are told.
        table.add_column(heading, justify="right" if right else "left", no_wrap=heading != "Name")
    for overview in overviews:
        cells = _write_cells(overview, now)
        table.add_row(*(cells[heading] for heading in headings))
    return table


def _write_cells(overview: Overview, now: float) -> dict[str, str | Text]:
    row, plain = overview.experiment, describe_experiment(overview)
    rate, left = plain["steps_per_second"], plain["eta_seconds"]
    return {
        "Id": row.id,
        "Name": Text(printable(row.name)),
        "Kind": row.kind,
        "State": Text(row.state, _COLOURS.get(row.state, "")),
        "Progress": write_progress(overview),
        "Rate": "" if rate is None else f"{rate:,.0f}/s",
        "Left": "" if left is None else write_duration(left, units=1),
        "Age": write_duration(now - row.created_at, units=1),
    }


def write_progress(overview: Overview) -> str:
    """Steps where it trains and they are known, else units."""
    sums = overview.units
    if sums.total:
        return f"{sums.step:,}/{sums.total:,}"
    ended = sum(sums.by_state.get(state, 0) for state in ("done", "failed", "cancelled"))
    return f"{ended}/{sum(sums.by_state.values())} units"


def write_event(event: Event) -> str | None:
    """A line of the log; None for mere progress."""
    body = event.body
    unit = "" if event.unit is None else f"unit {event.unit}: "
    match event.kind:
        case "state":
            text = str(body["state"])
        case "unit":
            text = f"{unit}{body['state']}"
        case "log":
            return f"{_write_time(event.at)}  {unit}{printable(body['text'])}"
        case "validation":
            text = f"{unit}{write_validation(body)}"
        case _:
            return None
    reason = body.get("text")
    return f"{_write_time(event.at)}  {text}" + (f" ({printable(reason)})" if reason else "")


def write_validation(body: Any) -> str:
    """How the policy of a step trades the validation window."""
    point = body["validation"]
    own, other = (_write_ratio(point.get(name)) for name in ("sharpe", "buy_and_hold_sharpe"))
    return f"step {body['step']:,} validates at Sharpe {own}, buy and hold at {other}"


def _write_ratio(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"


def printable(text: str) -> str:
    """Text of others without what a terminal would obey."""
    return "".join(each if each.isprintable() else " " for each in text)


def _write_time(seconds: float) -> str:
    return dt.datetime.fromtimestamp(seconds, dt.UTC).strftime("%Y-%m-%d %H:%M:%SZ")
