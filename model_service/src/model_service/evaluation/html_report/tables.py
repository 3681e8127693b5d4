"""What the tables and lists of the page say of one report, put in order for the template."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from model_service.evaluation.html_report import wording
from model_service.evaluation.html_report.figures import Report, seed_words

_STEPS = 3
"""Steps of colour on each side of zero in a heat table."""


class Tile(NamedTuple):
    """A headline number: what it is, its value, and what has to be known beside it."""

    name: str
    value: str
    note: str


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


def headline(report: Report) -> list[Tile]:
    """Make the numbers that stand first; empty where nothing was scored."""
    averages = report["averages"]
    if averages is None:
        return []
    if averages["agent"] is None:
        return [
            Tile(name, wording.decimal(averages[baseline]), "annualised Sharpe ratio")
            for baseline, name in wording.BASELINES.items()
        ]
    tiles = [
        Tile(
            "Agent, Sharpe ratio",
            wording.decimal(averages["agent"]["sharpe_mean"]),
            _spread(report),
        ),
        Tile(
            "Buy and hold, Sharpe ratio",
            wording.decimal(averages["buy_and_hold"]),
            "the same candles and costs",
        ),
    ]
    if report["paired"] is not None:
        pair = report["paired"]["buy_and_hold"]
        note = f"95 % interval {wording.interval(*pair['interval'])}; p{wording.SPACE}{wording.p_value(pair['p'])}"
        tiles.append(Tile("Agent less buy and hold", wording.signed(pair["mean_difference"]), note))
    worth = wording.money(averages["agent"]["final_net_worth_mean"])
    held = wording.money(_held_worth(report))
    start = wording.money(report["passport"]["cash"])
    tiles.append(Tile("Agent, final net worth", worth, f"from {start}; buy and hold {held}"))
    return tiles


def facts(report: Report) -> list[tuple[str, str]]:
    """What was evaluated, and how often anybody had looked."""
    rows, passport, looks = report["rows"], report["passport"], report["looks"]
    one_agent = report["protocol"] == "agent"
    count = passport["members"] if one_agent else len(passport["seeds"])
    _, many = seed_words(report)
    configurations = report["configurations"]["count"]
    told = [
        ("Test dates", test_dates(report) or "none: nothing is unseen"),
        ("Symbols", f"{len(rows) or len(passport['series']):,}"),
        (many.capitalize(), f"{count:,}" if count else "none"),
        ("Looks at this window", _looks(looks)),
        ("Configurations compared", f"{configurations:,}"),
        ("Costs a side", _costs(passport)),
    ]
    if count:
        told.append(("The agent may be", passport["may_trade"]))
    return told


def run_count(report: Report) -> int:
    """Agents that traded each symbol, one a seed; 0 without an agent."""
    averages = report["averages"]
    scored = averages is not None and averages["agent"] is not None
    return len(averages["agent"]["sharpe_seeds"]) if scored else 0


def test_dates(report: Report) -> str | None:
    """First and last test candle of all symbols; None where nothing was scored."""
    rows = report["rows"]
    if not rows:
        return None
    return _dates(min(row["start"] for row in rows), max(row["end"] for row in rows))


def symbol_rows(report: Report) -> list[dict[str, Any]]:
    """Rows of the table of symbols: the row, the difference, and dates that are its own."""
    common = test_dates(report)
    rows = []
    for row in report["rows"]:
        dates = _dates(row["start"], row["end"])
        rows.append({**row, "dates": None if dates == common else dates, **_compared(row)})
    return rows


def average_row(report: Report) -> dict[str, Any] | None:
    """The last row of that table; None where there is but one symbol."""
    averages = report["averages"]
    if averages is None or len(report["rows"]) < 2:
        return None
    worth = {"buy_and_hold_final_net_worth": _held_worth(report)}
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
        "Costs a side": _costs(passport),
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


def _held_worth(report: Report) -> float | None:
    """Where buy and hold ended, mean over the symbols."""
    worth = [row["buy_and_hold_final_net_worth"] for row in report["rows"]]
    return sum(worth) / len(worth) if worth else None


def _spread(report: Report) -> str:
    """The interval over seeds and the worst of them, in words."""
    one, many = seed_words(report)
    if report["significance"] is None:
        return ""
    seeds = report["significance"]["seeds"]
    if seeds["interval"] is None:
        return f"one {one}: nothing is said about luck"
    low, high = (wording.decimal(edge) for edge in seeds["interval"])
    alone = (
        f"each alone: mean {wording.decimal(seeds['mean'])}, "
        if report["protocol"] == "agent"
        else ""
    )
    return (
        f"over {seeds['seeds']} {many}: {alone}95 % interval {low} to {high}; "
        f"worst {wording.decimal(seeds['worst'])}"
    )


def _looks(looks: Mapping[str, Any] | None) -> str:
    if looks is None:
        return "none: no agent was evaluated"
    return f"{looks['this_window']:,} (in all {looks['total']:,})"


def _costs(passport: Mapping[str, Any]) -> str:
    return f"{passport['commission_bps']:g} bps commission, {passport['slippage_bps']:g} slippage"


def _dates(start: int, end: int) -> str:
    return f"{wording.date(start)} to {wording.date(end)}"


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
