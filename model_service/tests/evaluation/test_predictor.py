"""Agents in memory and Q tables by content."""

from __future__ import annotations

import dataclasses
import shutil
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from model_service.artefacts.agents import AgentStore
from model_service.errors import CorruptAgent, InvalidCandles
from model_service.evaluation.backtest import Terms
from model_service.evaluation.loaded_agents import LoadedAgents
from model_service.evaluation.predictor import Predictor
from model_service.evaluation.sealed import open_looks
from model_service.trading.costs import Costs


@pytest.fixture
def agents(tiny_agent_folder):
    return LoadedAgents(AgentStore([tiny_agent_folder / "agents"]))


@pytest.fixture
def looks(tmp_path):
    counter = open_looks(f"sqlite:///{tmp_path / 'looks.sqlite3'}")
    yield counter
    counter.close()


@pytest.fixture
def predictor(agents, looks):
    return Predictor(agents, looks)


def test_repricing_asks_the_network_once(predictor, random_candles):
    candles = random_candles(200)
    for bps in (0.0, 10.0, 50.0):
        predictor.predict("default", candles, Terms(costs=Costs(bps)))
    assert (predictor.q_tables.hits, predictor.q_tables.misses) == (2, 1)


def test_price_basis_makes_another_q_table(predictor, random_candles):
    candles = random_candles(200)
    raw = predictor.predict("default", candles, Terms())
    mixed = dataclasses.replace(candles, price_basis="mixed")
    answered = predictor.predict("default", mixed, Terms())
    assert predictor.q_tables.misses == 2
    assert not np.array_equal(
        raw.backtest.decisions.q, answered.backtest.decisions.q, equal_nan=True
    )


def test_cached_table_gives_the_same_run_as_a_fresh_one(agents, looks, random_candles):
    candles = random_candles(300)
    warm = Predictor(agents, looks)
    warm.predict("default", candles, Terms())
    again = warm.predict("default", candles, Terms()).backtest
    fresh = Predictor(agents, looks).predict("default", candles, Terms()).backtest
    assert np.array_equal(again.run.ledger.net_worth, fresh.run.ledger.net_worth)


def test_agent_is_built_once(agents):
    assert agents.get("default") is agents.get("default")


def test_cold_start_of_several_threads_builds_one_agent(predictor, agents, random_candles):
    candles = random_candles(300)
    with ThreadPoolExecutor(4) as pool:
        asked = [pool.submit(predictor.predict, "default", candles, Terms()) for _ in range(8)]
        worths = [future.result(60).backtest.run.ledger.net_worth for future in asked]
    assert all(np.array_equal(worth, worths[0]) for worth in worths)
    assert agents.cache.misses == 1


def test_replaced_folder_is_built_anew(agents, tiny_agent_folder):
    before = agents.get("default")
    folder = tiny_agent_folder / "agents" / "default"
    manifest = folder / "manifest.json"
    manifest.write_text(manifest.read_text() + "\n")
    assert agents.get("default").stored.agent_hash != before.stored.agent_hash


def test_agent_replaced_while_it_is_read_is_read_again(tiny_agent_folder):
    folder = tiny_agent_folder / "agents"
    broken = tiny_agent_folder / "broken"
    shutil.copytree(folder / "default", broken / "default")
    (broken / "default" / "weights.safetensors").unlink()
    manifest = broken / "default" / "manifest.json"
    manifest.write_text(manifest.read_text() + "\n")

    class Replaced(AgentStore):
        """The first question is answered with the folder as it was a moment before."""

        answers = iter([broken, folder])

        def get(self, agent_id):
            return AgentStore([next(self.answers)]).get(agent_id)

    assert LoadedAgents(Replaced([])).get("default").id == "default"


def test_broken_agent_is_refused(agents, tiny_agent_folder):
    (tiny_agent_folder / "agents" / "default" / "weights.safetensors").unlink()
    with pytest.raises(CorruptAgent):
        agents.get("default")


def test_overflow_is_refused_and_no_look_counted(predictor, looks, random_candles):
    candles = random_candles(500)
    close = candles.close.copy()
    close[20:] *= 1e306
    wild = dataclasses.replace(candles, open=close, high=close, low=close, close=close)
    with pytest.raises(InvalidCandles, match="beyond"):
        predictor.predict("default", wild, Terms())
    assert looks.count("tiny", 0, 2**40).total == 0
