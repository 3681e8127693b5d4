"""The table of a report: one row a symbol, and the averages over them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from model_service.evaluation.assessment.subject import Subject, mean_sharpe
from model_service.evaluation.baselines import BASELINE_NAMES
from model_service.evaluation.scored_run import ScoredRun
from model_service.trading.metrics import drawdown


def report_row(subject: Subject) -> dict[str, Any]:
    """One symbol, as `EvaluationRow` of the contract."""
    windows = subject.windows
    return {
        "symbol": subject.symbol,
        "start": int(subject.candles.time[0]),
        "end": int(subject.candles.time[-1]),
        "candles": len(subject.candles),
        **{name: mean_sharpe(subject.baselines[name]) for name in BASELINE_NAMES},
        "agent": _agent_score(subject.agent) if subject.agent else None,
        "buy_and_hold_final_net_worth": float(subject.buy_and_hold.net_worth[-1]),
        "trend_following_windows": _listed(windows.get("trend_following")),
        "mean_reversion_windows": _listed(windows.get("mean_reversion")),
    }


def report_averages(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Means over the rows with equal weight, as `EvaluationAverages` of the contract."""
    averages: dict[str, Any] = {
        name: float(np.mean([row[name] for row in rows])) for name in BASELINE_NAMES
    }
    scores = [row["agent"] for row in rows if row["agent"] is not None]
    averages["agent"] = _averaged(scores) if scores else None
    return averages


def _agent_score(runs: Sequence[ScoredRun]) -> dict[str, Any]:
    sharpes = [run.sharpe for run in runs]
    return {
        "sharpe_mean": float(np.mean(sharpes)),
        "sharpe_std": spread(sharpes),
        "sharpe_seeds": sharpes,
        "final_net_worth_mean": float(np.mean([run.net_worth[-1] for run in runs])),
        "trades_mean": float(np.mean([len(run.ledger.fills) for run in runs])),
        "total_return_mean_fraction": float(np.mean([run.total_return_fraction for run in runs])),
        "max_drawdown_mean_fraction": float(np.mean([drawdown(run.net_worth)[0] for run in runs])),
        "time_in_market_mean_fraction": float(
            np.mean([np.count_nonzero(run.ledger.quantity) / len(run.candles) for run in runs])
        ),
    }


def _averaged(scores: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The average symbol; its spread over seeds is that of the seeds' averages."""
    seeds = np.mean([score["sharpe_seeds"] for score in scores], axis=0).tolist()
    means = (
        "sharpe_mean",
        "final_net_worth_mean",
        "trades_mean",
        "total_return_mean_fraction",
        "max_drawdown_mean_fraction",
        "time_in_market_mean_fraction",
    )
    return {
        **{name: float(np.mean([score[name] for score in scores])) for name in means},
        "sharpe_std": spread(seeds),
        "sharpe_seeds": seeds,
    }


def spread(values: Sequence[float]) -> float | None:
    """Standard deviation (ddof 1) over seeds; None for one."""
    return float(np.std(values, ddof=1)) if len(values) > 1 else None


def _listed(pair: tuple[int, int] | None) -> list[int] | None:
    return None if pair is None else list(pair)
