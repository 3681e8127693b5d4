"""/agents and /agents/{id}."""

from __future__ import annotations

import json
import shutil

import pytest


@pytest.fixture
def second_agent(settings):
    shutil.copytree(settings.agents_dir / "default", settings.agents_dir / "another")
    return "another"


def test_default_agent_comes_first(client, second_agent):
    agents = client.get("/agents").get_json()["agents"]
    assert [(agent["id"], agent["is_default"]) for agent in agents] == [
        ("default", True),
        ("another", False),
    ]


def test_one_agent_is_the_same_as_in_the_list(client):
    listed = client.get("/agents").get_json()["agents"][0]
    assert client.get("/agents/default").get_json() == listed


def test_agent_tells_what_it_was_made_of(client, tiny_agent):
    agent = client.get("/agents/default").get_json()
    assert agent["agent_hash"] == tiny_agent.stored.agent_hash
    assert agent["feature_count"] == len(tiny_agent.config.features.names)
    assert agent["warm_up_candles"] == tiny_agent.config.features.warm_up_candles
    assert agent["members"] == tiny_agent.config.members
    assert agent["validation_metrics"] == {"sharpe": None, "trades": 3.0}


@pytest.mark.parametrize("agent_id", ["nobody", "..", "UPPER", "a" * 200, "%2e%2e", "default%00"])
def test_unknown_agent(client, problem_of, agent_id):
    problem_of(client.get(f"/agents/{agent_id}"), 404, "agent-not-found")


def test_broken_agent_hides_no_other(client, settings, second_agent, problem_of):
    (settings.agents_dir / second_agent / "manifest.json").write_text("{")
    assert [agent["id"] for agent in client.get("/agents").get_json()["agents"]] == ["default"]
    problem_of(client.get(f"/agents/{second_agent}"), 500, "corrupt-agent")


def test_incomplete_manifest_is_a_problem(client, settings, second_agent, problem_of):
    path = settings.agents_dir / second_agent / "manifest.json"
    manifest = json.loads(path.read_text())
    del manifest["train"]
    path.write_text(json.dumps(manifest))
    problem_of(client.get(f"/agents/{second_agent}"), 500, "corrupt-agent")


def test_replaced_agent_is_used_at_once(ask, settings, second_agent, random_candles):
    path = settings.agents_dir / "default" / "manifest.json"
    before = ask(random_candles(100)).get_json()["passport"]["agent_hash"]
    path.write_text(json.dumps(json.loads(path.read_text()) | {"name": "Renamed"}))
    assert ask(random_candles(100)).get_json()["passport"]["agent_hash"] != before


def test_weights_of_another_agent_are_refused(ask, settings, problem_of, random_candles):
    path = settings.agents_dir / "default" / "weights.safetensors"
    path.write_bytes(path.read_bytes()[:-1] + b"\x7f")
    problem = problem_of(ask(random_candles(100)), 500, "corrupt-agent")
    assert str(settings.agents_dir) not in problem["detail"]
