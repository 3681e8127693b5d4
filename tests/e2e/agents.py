"""Agents that the browser tests need beside the shipped one."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from model_service.artefacts.agents import write_agent
from model_service.dqn.config import AgentConfig, NetworkConfig
from model_service.market.features import FeatureRecipe

ALTERNATING = "test-alternating"


def prepare_agents(agents_dir: Path) -> None:
    """Put the agent `test-alternating`, which trades both ways every week, into a folder.

    It is a Q-network like any other, with weights set by hand: two units that are the positive and
    the negative part of the sine of the week, whose difference is the Q-value of buying and, with
    the other sign, of selling. On daily candles it buys on Fridays and sells on Mondays.

    Parameters
    ----------
    agents_dir : Path
        What the model service of the trial gets as its folder of agents.
    """
    config = AgentConfig(
        features=FeatureRecipe(
            return_horizons=(1,), range_windows=(2,), volatility_candles=2, calendar=True
        ),
        network=NetworkConfig(hidden=(2,), dueling=False),
    )
    names = config.features.names
    market = np.zeros((len(names), 2), np.float32)
    market[names.index("week_sin")] = [1.0, -1.0]
    exposure, bias = np.zeros((1, 2), np.float32), np.zeros(2, np.float32)
    head = np.array([[-1.0, 0.0, 1.0], [1.0, 0.0, -1.0]], np.float32)
    manifest = {
        "id": ALTERNATING,
        "name": "Test alternating",
        "owner_id": "local",
        "created_at": "2020-01-01T00:00:00+00:00",
        "lineage": ALTERNATING,
        "symbols": [],
        "train": {"start": 0, "end": 1},
        "validation": {"start": 2, "end": 3},
        "config": config.to_dict(),
        "feature_names": list(names),
        "seed": 0,
        "steps": 0,
        "code_version": "0",
        "validation_metrics": {},
    }
    weights = [market, exposure, bias, head, np.zeros(3, np.float32)]
    write_agent(agents_dir / ALTERNATING, manifest, weights)
