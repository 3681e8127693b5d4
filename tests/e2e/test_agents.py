"""The agent of the browser tests does what they count on."""

import datetime as dt
from pathlib import Path

import numpy as np

from model_service.artefacts.agents import AgentStore
from model_service.dqn.agent import build_agent
from model_service.evaluation.backtest import Terms, run_backtest
from model_service.market.simulated import simulate_candles
from model_service.trading.exposure import Action
from tests.e2e.agents import ALTERNATING, prepare_agents


def test_it_buys_on_fridays_and_sells_on_mondays(tmp_path: Path) -> None:
    prepare_agents(tmp_path)
    agent = build_agent(AgentStore([tmp_path]).get(ALTERNATING))
    candles = simulate_candles(
        "SIM-CALM", seed=0, start=dt.date(2020, 1, 6), end=dt.date(2020, 12, 31), interval="1d"
    )
    decisions = run_backtest(agent, candles, Terms()).decisions
    weekdays = np.array([dt.datetime.fromtimestamp(t, dt.UTC).weekday() for t in candles.time])
    assert set(weekdays[decisions.action == Action.BUY]) == {4}
    assert set(weekdays[decisions.action == Action.SELL]) == {0}
    assert np.count_nonzero(decisions.action == Action.BUY) > 40
