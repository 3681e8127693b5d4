"""Sentences that a reader of a result has to know: what it is no test of, and what was left out."""

from __future__ import annotations

from model_service.dqn.agent import Agent
from model_service.evaluation.dates import date_of
from model_service.market.candles import Candles, name_interval
from model_service.trading.costs import Costs


def find_warnings(agent: Agent, candles: Candles, costs: Costs, first: int, stop: int) -> list[str]:
    """Sentences that a reader of a result on the candles [first, stop) has to know."""
    found: list[str] = []
    last_seen = agent.last_seen_time
    if candles.time[stop - 1] <= last_seen:
        found.append(
            "The agent was trained or chosen on candles of this time: nothing here is a test."
        )
    elif candles.time[first] <= last_seen:
        found.append(
            f"Up to {date_of(last_seen)} the agent was trained "
            "or chosen on candles of this time: only what follows is a test."
        )
    if candles.price_basis == "mixed":
        found.append(
            "Closes are adjusted and opens, highs and lows are not (they disagree on more than 5 % "
            "of the candles): orders fill at the next close, and the agent does not see ranges and "
            "gaps."
        )
    learned_from = agent.stored.manifest.get("interval_seconds", candles.interval_seconds)
    if not 0.5 < candles.interval_seconds / learned_from < 2.0:
        found.append(
            f"The agent learned from candles of {name_interval(learned_from)} and these are of "
            f"{candles.interval}: it has never seen anything like them."
        )
    warm_up = agent.config.features.warm_up_candles
    if stop <= warm_up:
        found.append(
            f"The agent needs {warm_up} candles before its first decision and there are {stop}: "
            "it holds throughout."
        )
    elif first < warm_up:
        found.append(
            f"The agent holds for the first {warm_up - first} candles of the window, while its "
            "features warm up; buy and hold is in the market meanwhile."
        )
    trained = agent.config
    if costs != trained.costs:
        found.append(
            f"Re-priced, not retrained: the agent learned with a commission of "
            f"{trained.costs.commission_bps:g} bps and a slippage of "
            f"{trained.costs.slippage_bps:g} bps."
        )
    return found + _find_news_warnings(agent, candles)


def _find_news_warnings(agent: Agent, candles: Candles) -> list[str]:
    if not agent.config.reads_news:
        return []
    if candles.news is None:
        return ["The agent reads news and was given none: it decides as on days without any."]
    scored_by = f"{candles.news.engine} {candles.news.engine_version}"
    if agent.sentiment_engine is not None and scored_by != agent.sentiment_engine:
        return [
            f"The headlines were scored by {scored_by}; the agent learned from scores of "
            f"{agent.sentiment_engine}."
        ]
    return []
