"""A plausible evaluation report, for the tests of whatever reads one.

Prices are random walks and seeds are random policies, so that its numbers belong together: curves
end where the rows say, the averages are those of the rows. The sentences and hashes are made up.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

SYMBOLS = ("AAPL", "7203.T", "BRK-B", "^GSPC", "INFY.NS", "0700.HK")
BASELINES = ("buy_and_hold", "sell_and_hold", "trend_following", "mean_reversion", "random")
CASH = 100_000.0
DAY = 86_400
TRAIN_START = 1_325_376_000
"""2012-01-01."""
TEST_START = 1_514_851_200
"""2018-01-02."""


def make_example_report(
    *,
    symbols: tuple[str, ...] = SYMBOLS,
    seeds: int = 10,
    with_agent: bool = True,
    protocol: str = "tdqn",
    candles: int = 503,
    random_seed: int = 1,
) -> dict[str, Any]:
    """Make a report as `EvaluationReport` of the contract describes it.

    Parameters
    ----------
    symbols : tuple of str
    seeds : int
        Of the agent; for protocol ``agent`` its member networks.
    with_agent : bool
        False for a run of the baselines alone.
    protocol : {'tdqn', 'agent', 'walk-forward', 'ablation'}
        An ablation has its section on the news.
    candles : int
        Test candles of each symbol, on working days from 2018-01-02.
    random_seed : int
        The same arguments give the same report.
    """
    random = np.random.default_rng(random_seed)
    time = _working_days(candles)
    closes = [_prices(random, candles + 400) for _ in symbols]
    runs = [_runs(random, close[400:], seeds) for close in closes]
    together = protocol == "agent"
    rows = [
        _row(symbol, time, run, with_agent, together=together)
        for symbol, run in zip(symbols, runs, strict=True)
    ]
    mean = {name: np.mean([run[name] for run in runs], axis=0) for name in (*BASELINES, "agent")}
    curves = [_curve(None, time, mean, None, with_agent, protocol)] + [
        _curve(symbol, time, run, close, with_agent, protocol)
        for symbol, run, close in zip(symbols, runs, closes, strict=True)
    ]
    averages = {name: float(np.mean([row[name] for row in rows])) for name in BASELINES}
    scores = [row["agent"] for row in rows]
    return {
        "schema_version": 1,
        "protocol": protocol,
        "title": f"An example: {protocol}",
        "verdict": "indistinguishable" if with_agent else None,
        "sentence": "Over 503 test dates the agent cannot be told from buying and holding."
        if with_agent
        else "No agent was evaluated: these are the baselines alone.",
        "warnings": ["The symbols are those that still exist today: survivorship flatters all."],
        "segments": [
            {"kind": "train", "start": TRAIN_START, "end": TEST_START - 740 * DAY},
            {"kind": "validation", "start": TEST_START - 730 * DAY, "end": TEST_START - 5 * DAY},
            {"kind": "test", "start": int(time[0]), "end": int(time[-1])},
        ],
        "rows": rows,
        "averages": {**averages, "agent": _mean_score(scores) if with_agent else None},
        "paired": _paired(averages, scores, candles) if with_agent else None,
        "significance": _significance(runs, mean["agent"], candles) if with_agent else None,
        "alarms": _alarms() if with_agent else [],
        "cost_stress": _cost_stress() if with_agent else None,
        "regimes": _regimes(candles * len(symbols)) if with_agent else [],
        "calendar": _calendar(time, mean) if with_agent else [],
        "attribution": _attribution(symbols[0], time) if with_agent else None,
        "curves": curves,
        "ablation": _ablation(symbols, seeds, candles)
        if with_agent and protocol == "ablation"
        else None,
        "looks": {"lineage": "example", "total": 3, "this_window": 2} if with_agent else None,
        "configurations": {"count": 24, "sharpe_variance": 0.031},
        "passport": _passport(symbols, seeds if with_agent else 0, protocol, candles),
    }


def make_unseen_nothing_report() -> dict[str, Any]:
    """Make the report of an agent on a series of which it had seen every candle."""
    report = make_example_report(symbols=("AAPL",), protocol="agent")
    return (
        report
        | {
            "verdict": None,
            "sentence": "Nothing can be said: the agent has seen every candle of this series.",
            "segments": report["segments"][:1],
            "rows": [],
            "alarms": [],
            "regimes": [],
            "calendar": [],
            "curves": [],
        }
        | dict.fromkeys(("averages", "paired", "significance", "cost_stress", "attribution"))
    )


def _working_days(count: int) -> NDArray[np.int64]:
    days = TEST_START + DAY * np.arange(count * 7 // 5 + 7)
    weekday = (days // DAY + 3) % 7
    return days[weekday < 5][:count]


def _prices(random: np.random.Generator, count: int) -> Floats:
    return 80.0 * np.exp(np.cumsum(random.normal(0.0003, 0.015, count)))


def _runs(random: np.random.Generator, close: Floats, seeds: int) -> dict[str, Floats]:
    """Net worth of the baselines, shape (n,), and of the agent's seeds, shape (n, seeds)."""
    change = np.diff(close, prepend=close[0]) / np.concatenate((close[:1], close[:-1]))
    exposures = {
        "buy_and_hold": np.ones(close.size),
        "sell_and_hold": -np.ones(close.size),
        **{name: _held(random, close.size) * 2.0 - 1.0 for name in BASELINES[2:4]},
        "random": _held(random, close.size),
    }
    agent = np.stack([_held(random, close.size) for _ in range(seeds)], axis=1)
    grown = {name: CASH * np.cumprod(1.0 + held * change) for name, held in exposures.items()}
    return grown | {"agent": CASH * np.cumprod(1.0 + agent * change[:, np.newaxis], axis=0)}


def _held(random: np.random.Generator, count: int) -> Floats:
    """Exposure 0 or 1 that changes about every twentieth candle."""
    return ((np.cumsum(random.random(count) < 0.05) + random.integers(2)) % 2).astype(np.float64)


def _sharpe(net_worth: Floats) -> float:
    returns = np.diff(net_worth) / net_worth[:-1]
    deviation = float(returns.std(ddof=1))
    return float(np.sqrt(252.0) * returns.mean()) / deviation if deviation else 0.0


def _row(
    symbol: str,
    time: NDArray[np.int64],
    run: dict[str, Floats],
    with_agent: bool,
    *,
    together: bool,
) -> dict[str, Any]:
    agent = run["agent"].mean(axis=1, keepdims=True) if together else run["agent"]
    sharpes = [_sharpe(agent[:, seed]) for seed in range(agent.shape[1])]
    fall = agent / np.maximum.accumulate(agent, axis=0) - 1.0
    score = {
        "sharpe_mean": float(np.mean(sharpes)),
        "sharpe_std": float(np.std(sharpes, ddof=1)) if len(sharpes) > 1 else None,
        "sharpe_seeds": sharpes,
        "final_net_worth_mean": float(agent[-1].mean()),
        "trades_mean": 12.4,
        "total_return_mean_fraction": float(agent[-1].mean() / CASH - 1.0),
        "max_drawdown_mean_fraction": float(fall.min(axis=0).mean()),
        "time_in_market_mean_fraction": 0.52,
    }
    return {
        "symbol": symbol,
        "start": int(time[0]),
        "end": int(time[-1]),
        "candles": time.size,
        **{name: _sharpe(run[name]) for name in BASELINES},
        "agent": score if with_agent else None,
        "buy_and_hold_final_net_worth": float(run["buy_and_hold"][-1]),
        "trend_following_windows": [5, 21],
        "mean_reversion_windows": [3, 29],
    }


def _curve(
    symbol: str | None,
    time: NDArray[np.int64],
    run: dict[str, Floats],
    close: Floats | None,
    with_agent: bool,
    protocol: str,
) -> dict[str, Any]:
    seeds = run["agent"]
    fan = {
        "median": np.median(seeds, axis=1),
        "low": np.percentile(seeds, 10, axis=1),
        "high": np.percentile(seeds, 90, axis=1),
        "worst": seeds[:, np.argmin(seeds[-1])],
    }
    before = time[0] - DAY * np.arange(400, 0, -1)
    return {
        "symbol": symbol,
        "time": time.tolist(),
        "close": None if close is None else close[400:].tolist(),
        "agent": seeds.mean(axis=1).tolist() if with_agent and protocol == "agent" else None,
        **{name: column.tolist() if with_agent else None for name, column in fan.items()},
        **{name: run[name].tolist() for name in BASELINES},
        "history": None
        if close is None
        else {"time": before.tolist(), "close": close[:400].tolist()},
    }


def _mean_score(scores: list[dict[str, Any]]) -> dict[str, Any]:
    seeds = np.mean([score["sharpe_seeds"] for score in scores], axis=0)
    means = {
        name: float(np.mean([score[name] for score in scores]))
        for name in scores[0]
        if name not in ("sharpe_seeds", "sharpe_std")
    }
    std = float(seeds.std(ddof=1)) if seeds.size > 1 else None
    return means | {"sharpe_seeds": seeds.tolist(), "sharpe_std": std}


def _paired(averages: dict[str, float], scores: list[dict[str, Any]], dates: int) -> dict[str, Any]:
    agent = _mean_score(scores)["sharpe_mean"]
    differences = {name: agent - averages[name] for name in BASELINES}
    return {name: _difference(difference, 0.5, dates) for name, difference in differences.items()}


def _significance(runs: list[dict[str, Floats]], net_worth: Floats, candles: int) -> dict[str, Any]:
    seeds = np.mean([[_sharpe(curve) for curve in run["agent"].T] for run in runs], axis=0)
    mean, several = float(seeds.mean()), seeds.size > 1
    reach = 2.262 * float(seeds.std(ddof=1)) / seeds.size**0.5 if several else 0.0
    return {
        "seeds": {
            "seeds": seeds.size,
            "mean": mean,
            "std": float(seeds.std(ddof=1)) if several else None,
            "interval": [mean - reach, mean + reach] if several else None,
            "worst": float(seeds.min()),
            "median": float(np.median(seeds)),
            "best": float(seeds.max()),
        },
        "sharpe": _sharpe(net_worth.mean(axis=1)),
        "probabilistic_sharpe": 0.87,
        "deflated_sharpe": 0.41,
        "expected_best_sharpe": 0.74,
        "minimum_track_record_candles": 1_120.4,
        "track_record_candles": candles,
    }


def _alarms() -> list[dict[str, Any]]:
    told = [
        ("policy_collapse", False, 0.61, 0.95, "The most used exposure fills 61 % of the candles."),
        ("few_trades", False, 74.4, 30.0, "74 trades are enough to judge."),
        ("costs", True, 0.48, 0.333, "Costs ate 48 % of the gross profit."),
        ("break_even", False, 31.0, 20.0, "Profit lasts up to 31 bps of commission."),
        ("train_test_agreement", False, 0.2, 0.9, "Test is worse than training, as it should be."),
        ("one_seed", False, 10.0, 3.0, "10 seeds show how much is luck."),
    ]
    keys = ("kind", "raised", "value", "limit", "sentence")
    return [dict(zip(keys, alarm, strict=True)) for alarm in told]


def _cost_stress() -> dict[str, Any]:
    def point(bps: float, slope: float) -> dict[str, float]:
        return {
            "bps": bps,
            "total_return_fraction": 0.124 - slope * bps,
            "sharpe": 0.52 - 4.0 * slope * bps,
            "buy_and_hold_total_return_fraction": 0.171 - 0.0001 * bps,
            "buy_and_hold_sharpe": 0.47 - 0.0002 * bps,
        }

    costs = (0.0, 5.0, 10.0, 20.0, 50.0)
    return {
        "commission": [point(bps, 0.004) for bps in costs],
        "slippage": [point(bps, 0.0035) for bps in costs],
        "break_even_commission_bps": 31.0,
        "break_even_against_buy_and_hold_bps": None,
    }


def _regimes(candles: int) -> list[dict[str, Any]]:
    told = [
        ("bull", 0.55, 0.21, 1.3, 0.34, 1.9),
        ("bear", 0.30, -0.06, -0.4, -0.19, -1.2),
        ("sideways", 0.15, None, None, 0.01, 0.1),
    ]
    return [
        {
            "kind": kind,
            "candles": round(candles * share),
            "candles_fraction": share,
            "total_return_fraction": earned,
            "sharpe": ratio,
            "buy_and_hold_total_return_fraction": held,
            "buy_and_hold_sharpe": held_ratio,
        }
        for kind, share, earned, ratio, held, held_ratio in told
    ]


def _calendar(time: NDArray[np.int64], mean: dict[str, Floats]) -> list[dict[str, Any]]:
    month = time.astype("datetime64[s]").astype("datetime64[M]").astype(np.int64)
    curves = (mean["agent"].mean(axis=1), mean["buy_and_hold"])
    entries = []
    for label, periods in ((False, month // 12), (True, month)):
        for period in np.unique(periods):
            last = int(np.flatnonzero(periods == period)[-1])
            first = int(np.flatnonzero(periods == period)[0])
            agent, held = (float(c[last] / c[max(first - 1, 0)] - 1.0) for c in curves)
            entries.append(
                {
                    "year": 1970 + int(period // 12 if label else period),
                    "month": int(period % 12) + 1 if label else None,
                    "total_return_fraction": agent,
                    "buy_and_hold_total_return_fraction": held,
                }
            )
    return entries


def _attribution(symbol: str, time: NDArray[np.int64]) -> dict[str, Any]:
    best = [
        {
            "symbol": symbol,
            "seed": seed,
            "side": "long",
            "start": int(time[30 * seed]),
            "end": int(time[30 * seed + 20]),
            "profit": 9_800.0 - 1_200.0 * seed,
            "profit_fraction": 0.021 - 0.002 * seed,
        }
        for seed in range(5)
        if time.size > 30 * seed + 20
    ]
    taken = sum(trade["profit"] for trade in best)
    return {
        "long_fraction": 0.52,
        "flat_fraction": 0.41,
        "short_fraction": 0.07,
        "profit": 466_000.0,
        "profit_without_best": 466_000.0 - taken,
        "best": best,
    }


def _ablation(symbols: tuple[str, ...], seeds: int, candles: int) -> dict[str, Any]:
    told = [
        ("with", "The news as it was known at each candle.", 0.61),
        ("without", "Candles alone.", 0.22),
        ("shuffled", "As many headlines, each with the score of another one.", 0.3),
        ("lagged", "The same news, 5 candles late.", 0.7),
    ]
    arms = [
        {
            "name": name,
            "description": description,
            "sharpe_mean": mean,
            "sharpe_std": 0.08 if seeds > 1 else None,
            "sharpe_seeds": [mean] * seeds,
            "total_return_fraction": mean / 4.0,
            "trades_mean": 41.3,
        }
        for name, description, mean in told
    ]
    differences = [
        {"against": name, "difference": _difference(0.61 - mean, reach, candles)}
        for (name, _, mean), reach in zip(told[1:], (0.3, 0.5, 0.5), strict=True)
    ]
    return {
        "feature": "sentiment",
        "verdict": "helps",
        "sentence": "The news makes the agent better: with it the Sharpe ratio was 0.39 higher.",
        "arms": arms,
        "differences": differences,
        "lag_candles": 5,
        "news": [
            {
                "symbol": symbol,
                "headlines": 1_310 + place,
                "train_headlines": 1_000 + place,
                "test_headlines": 300,
                "candles": candles,
                "candles_with_news": candles // 4,
            }
            for place, symbol in enumerate(symbols)
        ],
        "engine": "lite",
        "engine_version": "lite-example",
        "news_hash": "ab" * 32,
    }


def _difference(mean: float, reach: float, dates: int) -> dict[str, Any]:
    return {
        "mean_difference": mean,
        "interval": [mean - reach, mean + reach],
        "p": 0.003 if abs(mean) > reach else 0.47,
        "standard_error": reach / 2.0,
        "block_length": 6,
        "draws": 10_000,
        "dates": dates,
    }


def _passport(symbols: tuple[str, ...], seeds: int, protocol: str, candles: int) -> dict[str, Any]:
    one = protocol == "agent"
    return {
        "schema_version": 1,
        "protocol": protocol,
        "agent": "default" if one else None,
        "agent_hash": "5e" * 32 if one else None,
        "may_trade": "long and short",
        "series": [
            {
                "symbol": symbol,
                "data_hash": f"{place:02x}" * 32,
                "candles": candles + 400,
                "price_basis": "raw",
            }
            for place, symbol in enumerate(symbols)
        ],
        "seeds": [0] if one else list(range(seeds)),
        "members": seeds if one else min(seeds, 1),
        "steps": 4_000 if seeds else None,
        "config": {"ladder": [-1.0, 0.0, 1.0], "learning": {"discount": 0.9}} if seeds else None,
        "cash": CASH,
        "commission_bps": 10.0,
        "slippage_bps": 0.0,
        "fill": "next_open" if one else "next_close",
        "draws": 10_000,
        "bootstrap_seed": 0,
        "code_version": "0.1.0+example",
        "packages": {"numpy": "2.4.6", "tensorflow": "2.21.0"},
        "processor": "x86_64",
        "command": None if one else "bellwether evaluate --protocol tdqn --data DIR --seeds 10",
        "result_hash": "c0ffee00" * 8,
    }
