"""Returns by year and by month, of the agent beside buy and hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np

from model_service.evaluation.scored_run import ScoredRun

MONTHS_PER_YEAR = 12
_EPOCH_YEAR = 1970


@dataclass(frozen=True)
class CalendarReturn:
    """What a year or a month of it came to.

    Attributes
    ----------
    year : int
    month : int or None
        1 to 12; None for the whole year.
    total_return_fraction, buy_and_hold_total_return_fraction : float
        Compound return, mean over the runs with candles in that time.
    """

    year: int
    month: int | None
    total_return_fraction: float
    buy_and_hold_total_return_fraction: float

    def to_dict(self) -> dict[str, int | float | None]:
        """The return as plain values."""
        return asdict(self)


def calendar_returns(
    runs: Sequence[ScoredRun], baseline_runs: Sequence[ScoredRun]
) -> tuple[CalendarReturn, ...]:
    """Each year, and behind it its months, in order of time; the calendar is that of UTC.

    A time at which only the one or only the other has candles is left out.

    Parameters
    ----------
    runs : sequence of ScoredRun
        Of the agent.
    baseline_runs : sequence of ScoredRun
        Buy and hold on the same windows.
    """
    months, passive_months = _mean_returns(runs, 1), _mean_returns(baseline_runs, 1)
    years = _mean_returns(runs, MONTHS_PER_YEAR)
    passive_years = _mean_returns(baseline_runs, MONTHS_PER_YEAR)
    found: list[CalendarReturn] = []
    for year in sorted(years.keys() & passive_years.keys()):
        name = _EPOCH_YEAR + year
        found.append(CalendarReturn(name, None, years[year], passive_years[year]))
        found += [
            CalendarReturn(name, month % MONTHS_PER_YEAR + 1, months[month], passive_months[month])
            for month in range(year * MONTHS_PER_YEAR, (year + 1) * MONTHS_PER_YEAR)
            if month in months and month in passive_months
        ]
    return tuple(found)


def _mean_returns(runs: Sequence[ScoredRun], months: int) -> dict[int, float]:
    """Mean compound return by stretches of so many months, numbered from January 1970."""
    returns: dict[int, list[float]] = {}
    for run in runs:
        month = run.candles.time.astype("datetime64[s]").astype("datetime64[M]").astype(np.int64)
        stretch = month // months
        first = np.flatnonzero(np.diff(stretch, prepend=stretch[0] - 1))
        growth = np.multiply.reduceat(1.0 + run.returns, first)
        for key, factor in zip(stretch[first].tolist(), growth.tolist(), strict=True):
            returns.setdefault(key, []).append(factor - 1.0)
    return {key: float(np.mean(values)) for key, values in returns.items()}
