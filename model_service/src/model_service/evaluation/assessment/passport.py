"""The passport of an evaluation: all that is needed to run it again and get the same bits."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Literal

import orjson

from model_service.market.candles import Candles
from model_service.trading.costs import Costs
from model_service.trading.ledger import FillRule

SCHEMA_VERSION = 1

COMPUTING_PACKAGES = ("keras", "numba", "numpy", "pandas", "tensorflow-cpu")
"""Packages whose version may change a bit of the result."""

NUMBERS = (
    "rows",
    "averages",
    "paired",
    "significance",
    "cost_stress",
    "regimes",
    "calendar",
    "attribution",
    "curves",
)
"""Members of a report that the same passport gives again; the count of looks is not among them."""

_OF_THE_REGISTER = ("deflated_sharpe", "expected_best_sharpe")


@dataclass(frozen=True)
class Conditions:
    """What a report was made from and on which terms.

    Attributes
    ----------
    protocol : {'agent', 'tdqn', 'walk-forward', 'ablation', 'holdout'}
    agent, agent_hash : str or None
        Of protocol agent, and of holdout where one agent was evaluated.
    short : bool
        Whether the agent may be short.
    series : sequence of Candles
        All candles that were read, one series a symbol.
    seeds : sequence of int
    members : int
        Networks an agent; 0 where none was evaluated.
    steps : int or None
    config : mapping or None
        The agent's configuration.
    cash : float
    costs : Costs
    fill : {'next_open', 'next_close'}
    draws, bootstrap_seed : int
    code_version : str
    command : str or None
        What to type to run it again.
    """

    protocol: Literal["agent", "tdqn", "walk-forward", "ablation", "holdout"]
    agent: str | None
    agent_hash: str | None
    short: bool
    series: Sequence[Candles]
    seeds: Sequence[int]
    members: int
    steps: int | None
    config: Mapping[str, Any] | None
    cash: float
    costs: Costs
    fill: FillRule
    draws: int
    bootstrap_seed: int
    code_version: str
    command: str | None


def write_passport(conditions: Conditions, report: Mapping[str, Any]) -> dict[str, Any]:
    """The passport of a report, as `EvaluationPassport` of the contract."""
    return {
        "schema_version": SCHEMA_VERSION,
        "protocol": conditions.protocol,
        "agent": conditions.agent,
        "agent_hash": conditions.agent_hash,
        "may_trade": "long and short" if conditions.short else "long and flat",
        "series": [
            {
                "symbol": candles.symbol,
                "data_hash": candles.data_hash,
                "candles": len(candles),
                "price_basis": candles.price_basis,
            }
            for candles in conditions.series
        ],
        "seeds": list(conditions.seeds),
        "members": conditions.members,
        "steps": conditions.steps,
        "config": None if conditions.config is None else dict(conditions.config),
        "cash": conditions.cash,
        "commission_bps": conditions.costs.commission_bps,
        "slippage_bps": conditions.costs.slippage_bps,
        "fill": conditions.fill,
        "draws": conditions.draws,
        "bootstrap_seed": conditions.bootstrap_seed,
        "code_version": conditions.code_version,
        "packages": _package_versions(),
        "processor": platform.machine(),
        "news_hash": hash_news(conditions.series),
        "command": conditions.command,
        "result_hash": hash_numbers(report, conditions.series),
    }


def hash_numbers(report: Mapping[str, Any], series: Sequence[Candles]) -> str:
    """SHA-256 (hex) of a report's numbers and its candles, written as JSON with sorted keys.

    What depends on how much was compared in the meantime is left out: it is no property of the run.
    """
    numbers = {name: report[name] for name in NUMBERS}
    if numbers["significance"] is not None:
        numbers["significance"] = {
            name: value
            for name, value in numbers["significance"].items()
            if name not in _OF_THE_REGISTER
        }
    numbers["series"] = [candles.data_hash for candles in series]
    # Left out where there is none, so that a report without news keeps its hash.
    numbers |= {name: report[name] for name in ("ablation",) if report.get(name) is not None}
    return hashlib.sha256(orjson.dumps(numbers, option=orjson.OPT_SORT_KEYS)).hexdigest()


def hash_news(series: Sequence[Candles]) -> str | None:
    """SHA-256 (hex) of the news that candles of several symbols know; None where there is none."""
    digest = hashlib.sha256()
    told = [candles for candles in series if candles.news_hash is not None]
    for candles in sorted(told, key=lambda one: one.symbol):
        digest.update(f"{candles.symbol},{candles.news_hash};".encode())
    return digest.hexdigest() if told else None


@cache
def _package_versions() -> dict[str, str]:
    return {name: found for name in COMPUTING_PACKAGES if (found := _version(name)) is not None}


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
