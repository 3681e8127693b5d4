"""What the tables and lists of the page say of one report, put in order for the template."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from model_service.evaluation.html_report import wording
from model_service.evaluation.html_report.figures import Report
from model_service.evaluation.html_report.headline import (
    costs_a_side,
    dates_between,
    held_worth,
    tested_dates,
)

_STEPS = 3
"""Steps of colour on each side of zero in a heat table."""


class HeatCell(NamedTuple):
    """A cell of the month table: its number, its class, and the figures behind it."""

    text: str
    heat: str
    behind: str


class YearRow(NamedTuple):
    """A year of the month table; the months that the test has not are None."""

    year: int
    months: Sequence[HeatCell | None]
    difference: HeatCell | None
    agent: str
    held: str


def symbol_rows(report: Report) -> list[dict[str, Any]]:
    """Rows of the table of symbols: the row, the difference, and dates that are its own."""
    common = tested_dates(report)
    rows = []
    for row in report["rows"]:
        dates = dates_between(row["start"], row["end"])
        rows.append({**row, "dates": None if dates == common else dates, **_compared(row)})
    return rows


def average_row(report: Report) -> dict[str, Any] | None:
    """The last row of that table; None where there is but one symbol."""
    averages = report["averages"]
    if averages is None or len(report["rows"]) < 2:
        return None
    worth = {"buy_and_hold_final_net_worth": held_worth(report)}
    return {**averages, **worth, **_compared(averages)}


def year_rows(calendar: Sequence[Mapping[str, Any]]) -> list[YearRow]:
    """Make the rows of the month table, agent less buy and hold."""
    whole = {entry["year"]: entry for entry in calendar if entry["month"] is None}
    months = {
        (entry["year"], entry["month"]): entry for entry in calendar if entry["month"] is not None
    }
    top = max((abs(_ahead(entry)) for entry in months.values()), default=0.0)
    year_top = max((abs(_ahead(entry)) for entry in whole.values()), default=0.0)
    rows = []
    for year in sorted({entry["year"] for entry in calendar}):
        cells = [_heat_cell(months.get((year, month)), top) for month in range(1, 13)]
        entry = whole.get(year)
        agent, held = (
            wording.signed_percent(entry[key]) if entry else wording.MISSING
            for key in ("total_return_fraction", "buy_and_hold_total_return_fraction")
        )
        rows.append(YearRow(year, cells, _heat_cell(entry, year_top), agent, held))
    return rows


def passport_entries(passport: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What is needed to run it again, but the command, the series and the configuration."""
    told = {
        "Protocol": wording.PROTOCOLS[passport["protocol"]],
        "Agent": passport["agent"],
        "Agent hash": passport["agent_hash"],
        "May trade": passport["may_trade"],
        "Seeds": ", ".join(str(seed) for seed in passport["seeds"]) or None,
        "Networks an agent": str(passport["members"]) if passport["members"] else None,
        "Training steps": None if passport["steps"] is None else f"{passport['steps']:,}",
        "Starting cash": wording.money(passport["cash"]),
        "Costs a side": costs_a_side(passport),
        "Fills": passport["fill"].replace("_", " "),
        "Bootstrap": f"{passport['draws']:,} draws, seed {passport['bootstrap_seed']}",
        "Code version": passport["code_version"],
        "Packages": ", ".join(f"{name} {at}" for name, at in sorted(passport["packages"].items())),
        "Processor": passport["processor"],
        "Result hash": passport["result_hash"],
    }
    return [(name, value) for name, value in told.items() if value]


def config_text(config: Mapping[str, Any] | None) -> str | None:
    """Write a configuration as indented JSON; None where there is none."""
    return json.dumps(config, indent=2, ensure_ascii=False) if config else None


def _compared(row: Mapping[str, Any]) -> dict[str, float | None]:
    agent = row["agent"]
    if agent is None:
        return {"difference": None, "worst": None}
    return {
        "difference": agent["sharpe_mean"] - row["buy_and_hold"],
        "worst": min(agent["sharpe_seeds"], default=None),
    }


def _ahead(entry: Mapping[str, Any]) -> float:
    ahead: float = entry["total_return_fraction"] - entry["buy_and_hold_total_return_fraction"]
    return ahead


def _heat_cell(entry: Mapping[str, Any] | None, top: float) -> HeatCell | None:
    if entry is None:
        return None
    ahead = _ahead(entry)
    step = round(_STEPS * abs(ahead) / top) if top > 0.0 else 0
    heat = f"{'ahead' if ahead > 0.0 else 'behind'}-{step}" if step else "level"
    behind = (
        f"agent {wording.signed_percent(entry['total_return_fraction'])}, "
        f"buy and hold {wording.signed_percent(entry['buy_and_hold_total_return_fraction'])}"
    )
    return HeatCell(wording.points(ahead), heat, behind)
