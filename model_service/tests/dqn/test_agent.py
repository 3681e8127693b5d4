from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from model_service.artefacts.agents import StoredAgent, write_agent
from model_service.dqn.agent import Agent, build_agent
from model_service.dqn.network import QNetwork
from model_service.errors import CorruptAgent
from model_service.market.candles import Candles


def write_ensemble(folder: Path, tiny_agent: Agent, members: int, written: int) -> StoredAgent:
    """An agent whose manifest speaks of `members` networks and whose file holds `written`."""
    config = replace(tiny_agent.config, members=members)
    network = QNetwork(
        config.network, config.ladder, len(config.features.names), seed=1, members=written
    )
    manifest = {**tiny_agent.stored.manifest, "config": config.to_dict()}
    return write_agent(folder / "ensemble", manifest, network.arrays())


def test_the_table_of_an_ensemble_is_the_mean_of_its_members(
    tiny_agent: Agent, random_candles: Callable[..., Candles], tmp_path: Path
) -> None:
    agent = build_agent(write_ensemble(tmp_path, tiny_agent, 3, 3))
    candles = random_candles(700)
    tables = agent.member_tables(candles)
    table = agent.q_table(candles)
    assert tables.shape == (3, *table.shape)
    assert tables.dtype == table.dtype == np.float32
    np.testing.assert_allclose(table, tables.mean(axis=0), atol=1e-5)
    assert (tables[0] != tables[1]).any()


def test_a_single_network_is_its_own_mean(
    tiny_agent: Agent, random_candles: Callable[..., Candles]
) -> None:
    candles = random_candles(100)
    tables = tiny_agent.member_tables(candles)
    assert tables.shape[0] == 1
    np.testing.assert_array_equal(tables[0], tiny_agent.q_table(candles))


def test_weights_of_another_number_of_members_are_refused(
    tiny_agent: Agent, tmp_path: Path
) -> None:
    with pytest.raises(CorruptAgent, match="do not fit"):
        build_agent(write_ensemble(tmp_path, tiny_agent, 3, 2))
