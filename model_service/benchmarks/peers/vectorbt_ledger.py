"""vectorbt's `Portfolio.from_signals`, asked for rounds through standard input."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import vectorbt
from protocol import answer_commands

_series: dict[str, dict[str, np.ndarray]] = {}


def load(name: str, path: str) -> dict[str, Any]:
    """Read a series: close, price (at which orders fill), entries and exits."""
    with np.load(path, allow_pickle=False) as arrays:
        _series[name] = {key: arrays[key] for key in arrays.files}
    return {"engines": ["numba", "rust"]}


def run(name: str, engine: str, cash: float, fees: float, output: str = "") -> dict[str, Any]:
    """Simulate; seconds without and with the value of the portfolio at every candle."""
    series = _series[name]
    started = time.perf_counter()
    portfolio = vectorbt.Portfolio.from_signals(
        series["close"],
        series["entries"],
        series["exits"],
        price=series["price"],
        size=np.inf,
        size_granularity=1.0,
        fees=fees,
        init_cash=cash,
        engine=engine,
    )
    simulated = time.perf_counter()
    value = portfolio.value()
    valued = time.perf_counter()
    if output:
        np.savez(output, net_worth=np.asarray(value))
    return {"simulate_seconds": simulated - started, "value_seconds": valued - started}


if __name__ == "__main__":
    answer_commands({"load": load, "run": run})
