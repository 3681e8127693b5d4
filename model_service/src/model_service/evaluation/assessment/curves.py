"""Net worth over the test: the fan over seeds beside the baselines, of each symbol and of all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model_service.evaluation.assessment.subject import Subject
from model_service.evaluation.baselines import BASELINE_NAMES
from model_service.evaluation.scored_run import ScoredRun
from model_service.market.candles import Candles

Floats = NDArray[np.float64]

MAX_HISTORY = 500
"""Closes before the test that are shown; more are thinned out evenly."""

LOW_PERCENTILE, HIGH_PERCENTILE = 10.0, 90.0


def report_curves(subjects: Sequence[Subject], *, agent_apart: bool) -> list[dict[str, Any]]:
    """The mean first, then one a symbol, as `EvaluationCurve` of the contract.

    Parameters
    ----------
    subjects : sequence of Subject
    agent_apart : bool
        Whether the agent has a curve of its own beside the fan of its members.
    """
    curves = [_symbol_curve(subject, agent_apart=agent_apart) for subject in subjects]
    return [_mean_curve(subjects, agent_apart=agent_apart), *curves]


def _symbol_curve(subject: Subject, *, agent_apart: bool) -> dict[str, Any]:
    return {
        "symbol": subject.symbol,
        "time": subject.candles.time.tolist(),
        "close": _rounded(subject.candles.close, 6),
        "agent": _money(subject.agent[0].net_worth) if agent_apart else None,
        **_fan(_stacked(subject.members)),
        **{name: _money(_stacked(subject.baselines[name]).mean(axis=0)) for name in BASELINE_NAMES},
        "history": None if subject.history is None else _history(subject.history),
    }


def _mean_curve(subjects: Sequence[Subject], *, agent_apart: bool) -> dict[str, Any]:
    times = np.unique(np.concatenate([subject.candles.time for subject in subjects]))
    members = [_on_dates(times, subject.candles, subject.members) for subject in subjects]
    agent = [_on_dates(times, subject.candles, subject.agent) for subject in subjects]
    baselines = {
        name: np.mean(
            [
                _on_dates(times, subject.candles, subject.baselines[name]).mean(axis=0)
                for subject in subjects
            ],
            axis=0,
        )
        for name in BASELINE_NAMES
    }
    return {
        "symbol": None,
        "time": times.tolist(),
        "close": None,
        "agent": _money(np.mean(agent, axis=0)[0]) if agent_apart else None,
        **_fan(np.mean(members, axis=0)),
        **{name: _money(curve) for name, curve in baselines.items()},
        "history": None,
    }


def _fan(curves: Floats) -> dict[str, list[float] | None]:
    """Median, band and worst of curves, shape (seeds, n)."""
    if curves.shape[0] == 0:
        return {"median": None, "low": None, "high": None, "worst": None}
    low, median, high = np.percentile(curves, [LOW_PERCENTILE, 50.0, HIGH_PERCENTILE], axis=0)
    return {
        "median": _money(median),
        "low": _money(low),
        "high": _money(high),
        "worst": _money(curves[np.argmin(curves[:, -1])]),
    }


def _stacked(runs: Sequence[ScoredRun]) -> Floats:
    return np.stack([run.net_worth for run in runs]) if runs else np.empty((0, 0))


def _on_dates(times: NDArray[np.int64], candles: Candles, runs: Sequence[ScoredRun]) -> Floats:
    """Curves on all dates, shape (runs, dates): the last one stands where there is no candle."""
    if not runs:
        return np.empty((0, times.shape[0]))
    last = np.searchsorted(candles.time, times, side="right")
    start = np.full((len(runs), 1), runs[0].cash)
    return np.concatenate([start, _stacked(runs)], axis=1)[:, last]


def _history(candles: Candles) -> dict[str, list[Any]]:
    count = len(candles)
    rows = np.unique(np.linspace(0, count - 1, min(count, MAX_HISTORY)).round().astype(np.int64))
    return {"time": candles.time[rows].tolist(), "close": _rounded(candles.close[rows], 6)}


def _money(values: Floats) -> list[float]:
    """To the cent: a chart shows no more."""
    return _rounded(values, 2)


def _rounded(values: Floats, digits: int) -> list[float]:
    rounded: list[float] = np.round(values, digits).tolist()
    return rounded
