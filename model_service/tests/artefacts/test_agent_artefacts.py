"""Agents in the artefact store, on a folder and on S3."""

from __future__ import annotations

import json

import numpy as np
import pytest

from model_service.artefacts.agent_artefacts import (
    AgentArtefacts,
    remove_agent,
    write_agent_to_store,
)
from model_service.artefacts.agent_folders import write_agent
from model_service.artefacts.recent_listing import MAX_AGE_SECONDS
from model_service.artefacts.stored_agent import split_moment
from model_service.errors import CorruptAgent, InvalidRequest


@pytest.fixture
def agents(counting, clock):
    return AgentArtefacts(counting, clock=clock)


@pytest.fixture
def write(counting, weight_arrays):
    def write_one(agent_id, **manifest):
        return write_agent_to_store(counting, agent_id, manifest, weight_arrays)

    return write_one


def test_an_agent_comes_back_as_it_was(agents, write, weight_arrays):
    written = write("mine", seed=3)
    for stored in (written, agents.find("mine")):
        assert (stored.id, stored.agent_hash) == ("mine", written.agent_hash)
        assert stored.manifest["seed"] == 3
        for expected, array in zip(weight_arrays, stored.weights(), strict=True):
            np.testing.assert_array_equal(array, expected)


def test_the_files_are_those_of_a_folder(counting, write, tmp_path, weight_arrays):
    write("mine", seed=3)
    folder = tmp_path / "folders" / "mine"
    write_agent(folder, {"seed": 3}, weight_arrays)
    for file in folder.iterdir():
        assert counting.read(f"agents/mine/{file.name}") == file.read_bytes()
    assert len(counting.names("agents")) == 2


def test_moments_are_found_and_listed_by_their_steps(agents, write):
    for step in (200, 1_000, 0):
        write(f"mine@{step}", steps=step)
    write("mine", steps=2_000)
    write("mine-too@7", steps=7)
    assert agents.ids() == {"mine"}
    assert agents.kept_steps("mine") == [0, 200, 1_000]
    assert agents.kept_steps("mine-too") == [7]
    assert agents.kept_steps("none") == []
    assert agents.find("mine@200").manifest["steps"] == 200
    assert agents.find("mine@200").id == "mine@200"
    assert agents.find("mine@300") is agents.find("mine@0200") is None


def test_an_agent_that_is_asked_for_again_costs_nothing(agents, counting, write, clock):
    write("mine")
    agents.find("mine")
    before = counting.asked.copy()
    for _ in range(50):
        assert agents.find("mine") is agents.find("mine")
        agents.ids()
    assert counting.asked == before
    clock.seconds += MAX_AGE_SECONDS
    agents.find("mine")
    assert counting.asked - before == {"versions": 1}


def test_another_process_s_agent_is_found_at_once(agents, write):
    assert agents.ids() == set()
    write("mine")
    assert agents.find("mine") is not None
    assert agents.ids() == {"mine"}


def test_a_removed_agent_is_missed_after_two_seconds(agents, counting, write, clock):
    for agent_id in ("mine", "mine@1", "mine@2", "mine-too", "mine-too@1"):
        write(agent_id)
    counting.write("agents/mine@3/weights.safetensors", b"its manifest was never written")
    assert agents.find("mine")
    remove_agent(counting, "mine")
    clock.seconds += MAX_AGE_SECONDS
    assert agents.find("mine") is agents.find("mine@1") is None
    assert agents.ids() == {"mine-too"}
    assert {name.split("/")[1] for name in counting.names("agents")} == {"mine-too", "mine-too@1"}
    remove_agent(counting, "mine")


def test_an_agent_without_a_manifest_is_none_yet(agents, counting, write):
    counting.write("agents/mine/weights.safetensors", b"")
    assert agents.ids() == set()
    assert agents.find("mine") is None
    write("mine")
    assert agents.find("mine") is not None


def test_writing_again_replaces_the_agent(agents, write, clock):
    first = write("mine", seed=1)
    agents.find("mine")
    second = write("mine", seed=2)
    clock.seconds += MAX_AGE_SECONDS
    assert first.agent_hash != agents.find("mine").agent_hash == second.agent_hash


def test_altered_weights_are_noticed(agents, counting, write):
    write("mine")
    content = counting.read("agents/mine/weights.safetensors")
    counting.write("agents/mine/weights.safetensors", content[:-1] + b"\x7f")
    with pytest.raises(CorruptAgent, match="not those of its manifest"):
        agents.find("mine").weights()
    counting.remove("agents/mine/weights.safetensors")
    with pytest.raises(CorruptAgent, match="cannot be read"):
        agents.find("mine").weights()


@pytest.mark.parametrize("content", [b"", b"[]", json.dumps({"schema_version": 9}).encode()])
def test_a_broken_manifest_is_named_and_read_once(agents, counting, content):
    counting.write("agents/mine/manifest.json", content)
    for _ in range(3):
        with pytest.raises(CorruptAgent, match="mine"):
            agents.find("mine")
    assert counting.asked["read"] == 1


@pytest.mark.parametrize(
    "agent_id",
    ["default", "default@3", "", "Upper", "a/b", "..", "a@", "@3", "a@1@2", "a@x", "a@0123",
     "a@1234567890", "a" * 65],
)  # fmt: skip
def test_other_ids_are_refused(agents, counting, weight_arrays, agent_id):
    with pytest.raises(InvalidRequest):
        write_agent_to_store(counting, agent_id, {}, weight_arrays)
    assert agents.find(agent_id) is None
    assert counting.names("") == []


@pytest.mark.parametrize("agent_id", ["", "a@1", "..", "a/b"])
def test_only_agents_are_removed(counting, write, agent_id):
    write("a")
    write("a@1")
    with pytest.raises(InvalidRequest):
        remove_agent(counting, agent_id)
    assert len(counting.names("agents")) == 4


def test_moments_are_told_from_agents():
    assert split_moment("a-b_c@123456789") == ("a-b_c", 123_456_789)
    assert split_moment("a") is split_moment("a@-1") is split_moment("a@1.0") is None
