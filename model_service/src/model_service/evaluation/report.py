"""A backtest as the plain mapping that goes over the wire and to the command line.

Columns stay NumPy arrays: ``orjson`` writes them as they are, and every number that does not exist
(NaN) as null.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

import model_service
from model_service.dqn.agent import Agent
from model_service.dqn.policy import Decisions
from model_service.evaluation.backtest import Backtest, Run, Terms
from model_service.evaluation.sealed import Looks
from model_service.market.candles import Candles
from model_service.trading.exposure import Action
from model_service.trading.ledger import BUY_SIDE, Fills

PASSPORT_SCHEMA_VERSION = 1

ACTION_WORDS: NDArray[np.object_] = np.array(
    [action.name.lower() for action in sorted(Action)], dtype=object
)
"""The word of each action, at the index of its value."""


def report_backtest(
    agent: Agent,
    candles: Candles,
    terms: Terms,
    backtest: Backtest,
    looks: Looks,
    *,
    code_version: str = model_service.__version__,
) -> dict[str, Any]:
    """All that a backtest came to, as `PredictResponse` of the contract.

    Parameters
    ----------
    agent : Agent
    candles : Candles
        The whole series that the backtest was asked about.
    terms : Terms
        What was asked for.
    backtest : Backtest
        What came of it.
    looks : Looks
        The count of looks, this one included.
    code_version : str
        Version of this package, with the commit where it is known.

    Returns
    -------
    dict
        Columns are arrays of one length, that of the traded window.
    """
    window = backtest.candles
    return {
        "symbol": candles.symbol,
        "agent": agent.id,
        "data_hash": candles.data_hash,
        "price_basis": candles.price_basis,
        "fill_requested": backtest.fill_requested,
        "fill_used": backtest.fill_used,
        "warnings": list(backtest.warnings),
        "decisions": _decisions(window, backtest.decisions, backtest.exposure),
        "fills": _fills(window, backtest.run.ledger.fills),
        **_run(window, backtest.run),
        "baselines": {name: _run(window, run) for name, run in backtest.baselines.items()},
        "segments": [vars(segment) for segment in backtest.segments],
        "looks": vars(looks),
        "passport": {
            "schema_version": PASSPORT_SCHEMA_VERSION,
            "agent": agent.id,
            "agent_hash": agent.stored.agent_hash,
            "data_hash": candles.data_hash,
            "price_basis": candles.price_basis,
            "cash": terms.cash,
            "commission_bps": terms.costs.commission_bps,
            "slippage_bps": terms.costs.slippage_bps,
            "fill": terms.fill,
            "start": int(window.time[0]),
            "end": int(window.time[-1]),
            "news_hash": candles.news_hash,
            "code_version": code_version,
        },
    }


def _decisions(
    window: Candles, decisions: Decisions, exposure: NDArray[np.float64]
) -> dict[str, Any]:
    q_columns = {
        f"q_{ACTION_WORDS[action]}": np.ascontiguousarray(decisions.q[:, action])
        for action in Action
    }
    return {
        "time": window.time,
        "action": ACTION_WORDS[decisions.action].tolist(),
        "exposure": exposure,
        **q_columns,
    }


def _fills(window: Candles, fills: Fills) -> list[dict[str, Any]]:
    columns = zip(
        window.time[fills.index].tolist(),
        fills.side.tolist(),
        fills.price.tolist(),
        fills.quantity.tolist(),
        fills.commission.tolist(),
        fills.slippage.tolist(),
        strict=True,
    )
    return [
        {
            "time": time,
            "side": "buy" if side == BUY_SIDE else "sell",
            "price": price,
            "quantity": quantity,
            "commission": commission,
            "slippage": slippage,
        }
        for time, side, price, quantity, commission, slippage in columns
    ]


def _run(window: Candles, run: Run) -> dict[str, Any]:
    return {
        "ledger": {
            "time": window.time,
            "cash": run.ledger.cash,
            "quantity": run.ledger.quantity,
            "net_worth": run.ledger.net_worth,
        },
        "metrics": _finite(run.metrics.to_dict()),
    }


def _finite(metrics: Mapping[str, float | int | None]) -> dict[str, float | int | None]:
    """Metrics with None for what is no number."""
    return {
        name: value if value is None or math.isfinite(value) else None
        for name, value in metrics.items()
    }
