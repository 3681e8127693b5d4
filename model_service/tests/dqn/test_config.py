import json
from typing import Any

import pytest

from model_service.dqn.config import AgentConfig
from model_service.errors import InvalidRequest


def test_a_configuration_survives_its_manifest() -> None:
    config = AgentConfig.from_dict(
        {
            "features": {"return_horizons": [1, 2]},
            "network": {"hidden": [8, 4], "dueling": False},
            "learning": {"discount": 0.5},
            "ladder": {"rungs": [0, 0.5, 1]},
            "costs": {"commission_bps": 5},
            "fill": "next_close",
            "members": 3,
        }
    )
    assert AgentConfig.from_dict(json.loads(json.dumps(config.to_dict()))) == config


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"lerning": {}}, "lerning"),
        ({"learning": {"discount": 1.0}}, "learning.discount"),
        ({"learning": {"speed": 1.0}}, "learning"),
        ({"network": {"hidden": []}}, "network.hidden"),
        ({"network": {"hidden": [100_000]}}, "network.hidden"),
        ({"ladder": {"steps": 3}}, "ladder"),
        ({"costs": {"commission_bps": -1}}, "commission_bps"),
        ({"fill": "now"}, "fill"),
        ({"members": 0}, "members"),
        ({"members": 33}, "members"),
        ({"members": 1.5}, "members"),
        ({"learning": {"direction_weight": 10.1}}, "learning.direction_weight"),
        ({"learning": {"risk_aversion": -1}}, "learning.risk_aversion"),
        ({"learning": {"realised_risk": 1}}, "learning.realised_risk"),
        ({"learning": {"assumed_drift_bps": 2000.0}}, "learning.assumed_drift_bps"),
    ],
)
def test_what_is_unknown_or_out_of_bounds_is_named(values: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidRequest) as refusal:
        AgentConfig.from_dict(values)
    assert refusal.value.field == field


def test_a_manifest_from_before_ensembles_is_one_network() -> None:
    old = AgentConfig().to_dict()
    del old["members"]
    for name in ("risk_aversion", "turnover_penalty_bps", "volatility_unit_candles"):
        del old["learning"][name]
    assert AgentConfig.from_dict(old) == AgentConfig()
