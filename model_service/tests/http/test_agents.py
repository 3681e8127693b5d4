"""/agents, /agents/{id} and /agents/{id}/promote."""

from __future__ import annotations

import json
import shutil

import pytest

from model_service.artefacts.agents import read_agent, write_agent_to_store
from model_service.artefacts.store import ArtefactStore


@pytest.fixture
def second_agent(settings):
    shutil.copytree(settings.agents_dir / "default", settings.agents_dir / "another")
    return "another"


@pytest.fixture
def settings(settings, artefact_url):
    """On a folder, then on S3."""
    return settings.model_copy(update={"artefacts_url": artefact_url})


@pytest.fixture
def artefacts(settings):
    return ArtefactStore(settings.artefacts_url)


@pytest.fixture
def experiment_agent(settings, artefacts):
    """An agent that an experiment trained, with two moments of its training."""
    tiny = read_agent(settings.agents_dir / "default")
    manifest = {**tiny.manifest, "name": "Trained", "experiment": "exp-1"}
    for agent_id in ("trained@10", "trained@200", "trained"):
        write_agent_to_store(artefacts, agent_id, manifest, tiny.weights())
    return "trained"


def listed(client):
    agents = client.get("/agents").get_json()["agents"]
    return [(agent["id"], agent["is_default"]) for agent in agents]


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


def test_an_experiment_s_agent_serves_with_its_moments(
    client, ask, experiment_agent, random_candles
):
    assert listed(client) == [("default", True), ("trained", False)]
    agent = client.get("/agents/trained").get_json()
    assert (agent["experiment"], agent["kept_steps"]) == ("exp-1", [10, 200])
    moment = client.get("/agents/trained@10").get_json()
    assert (moment["id"], moment["kept_steps"]) == ("trained@10", [])
    shipped = client.get("/agents/default").get_json()
    assert (shipped["experiment"], shipped["kept_steps"]) == (None, [])
    for agent_id in ("trained", "trained@200"):
        answer = ask(random_candles(100), agent=agent_id).get_json()
        assert answer["agent"] == answer["passport"]["agent"] == agent_id


def test_predicting_asks_the_artefact_store_for_nothing(
    app, ask, experiment_agent, random_candles, monkeypatch
):
    ask(random_candles(100), agent=experiment_agent)

    def refuse(*_):
        raise AssertionError("the artefact store was asked")

    monkeypatch.setattr(ArtefactStore, "read", refuse)
    assert ask(random_candles(100, seed=1), agent=experiment_agent).status_code == 200


def test_a_promoted_agent_is_the_default(client, ask, experiment_agent, random_candles):
    promoted = client.post("/agents/trained/promote")
    assert promoted.status_code == 200
    assert promoted.get_json() == client.get("/agents/trained").get_json()
    assert promoted.get_json() == client.get("/agents/default").get_json()
    assert listed(client) == [("trained", True)]
    assert ask(random_candles(100)).get_json()["passport"]["agent"] == "trained"


def test_promoting_the_default_changes_nothing(client, second_agent):
    assert client.post("/agents/default/promote").get_json()["is_default"] is True
    assert listed(client) == [("default", True), ("another", False)]


def test_what_cannot_be_promoted_leaves_the_default_as_it_is(
    client, settings, artefacts, second_agent, experiment_agent, problem_of
):
    (settings.agents_dir / second_agent / "weights.safetensors").write_bytes(b"")
    artefacts.remove("agents/trained/weights.safetensors")
    problem_of(client.post("/agents/nobody/promote"), 404, "agent-not-found")
    problem_of(client.post("/agents/another/promote"), 500, "corrupt-agent")
    problem_of(client.post("/agents/trained/promote"), 500, "corrupt-agent")
    problem = problem_of(client.post("/agents/trained@10/promote"), 422, "invalid-request")
    assert problem["field"] == "agent_id"
    assert "moment" in problem["detail"]
    assert listed(client)[0] == ("default", True)
    assert not artefacts.exists("agents/default.json")
