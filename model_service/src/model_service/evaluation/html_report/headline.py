"""What stands first on the page: the headline numbers and what was evaluated."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from model_service.evaluation.html_report import wording
from model_service.evaluation.html_report.figures import Report, seed_words


class Tile(NamedTuple):
    """A headline number: what it is, its value, and what has to be known beside it."""

    name: str
    value: str
    note: str


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
        low, high = pair["interval"]
        chance = f"p{wording.SPACE}{wording.p_value(pair['p'])}"
        note = f"95 % interval {wording.interval(low, high)}; {chance}"
        tiles.append(Tile("Agent less buy and hold", wording.signed(pair["mean_difference"]), note))
    worth = wording.money(averages["agent"]["final_net_worth_mean"])
    held = wording.money(held_worth(report))
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
        ("Test dates", tested_dates(report) or "none: too little is unseen"),
        ("Symbols", f"{len(rows) or len(passport['series']):,}"),
        (many.capitalize(), f"{count:,}" if count else "none"),
        ("Looks at this window", _looks(looks)),
        ("Configurations compared", f"{configurations:,}"),
        ("Costs a side", costs_a_side(passport)),
    ]
    if count:
        told.append(("The agent may be", passport["may_trade"]))
    return told


def run_count(report: Report) -> int:
    """Agents that traded each symbol, one a seed; 0 without an agent."""
    averages = report["averages"]
    scored = averages is not None and averages["agent"] is not None
    return len(averages["agent"]["sharpe_seeds"]) if scored else 0


def tested_dates(report: Report) -> str | None:
    """First and last test candle of all symbols; None where nothing was scored."""
    rows = report["rows"]
    if not rows:
        return None
    return dates_between(min(row["start"] for row in rows), max(row["end"] for row in rows))


def held_worth(report: Report) -> float | None:
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
        return f"one {one}: nothing is said about the luck of training"
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


def costs_a_side(passport: Mapping[str, Any]) -> str:
    """Write what an order costs."""
    return f"{passport['commission_bps']:g} bps commission, {passport['slippage_bps']:g} slippage"


def dates_between(start: int, end: int) -> str:
    """Write two dates, the first and the last."""
    return f"{wording.date(start)} to {wording.date(end)}"
