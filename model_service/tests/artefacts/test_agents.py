"""All agents at hand, and which of them is the default."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from model_service.artefacts.agents import (
    SHIPPED_AGENT,
    AgentStore,
    remove_agent,
    write_agent,
    write_agent_to_store,
)
from model_service.artefacts.promotion import NAME, read_promotion
from model_service.artefacts.recent_listing import MAX_AGE_SECONDS
from model_service.errors import (
    AgentNotFound,
    ArtefactStoreUnavailable,
    CorruptAgent,
    InvalidRequest,
)
from model_service.settings import SHIPPED_AGENTS_DIR

NOON = dt.datetime(2026, 1, 2, 12, tzinfo=dt.UTC)


@pytest.fixture
def write_folder(tmp_path, weight_arrays):
    def write(folder: str, **manifest) -> None:
        write_agent(tmp_path / folder, manifest, weight_arrays)

    return write


@pytest.fixture
def write(counting, weight_arrays):
    def write_one(agent_id, **manifest):
        return write_agent_to_store(counting, agent_id, manifest, weight_arrays)

    return write_one


@pytest.fixture
def store(tmp_path: Path, counting, clock, write_folder) -> AgentStore:
    """Own agents, those of an artefact store, and the one that ships."""
    write_folder(f"shipped/{SHIPPED_AGENT}", seed=2017)
    return AgentStore([tmp_path / "own", tmp_path / "shipped"], counting, clock=clock)


def test_the_first_folder_wins_and_ids_are_sorted(tmp_path, write_folder):
    write_folder("a/one", seed=1)
    write_folder("b/one", seed=2)
    write_folder("b/another", seed=3)
    store = AgentStore([tmp_path / "a", tmp_path / "b", tmp_path / "missing"])
    assert store.ids() == ["another", "one"]
    assert store.get("one").manifest["seed"] == 1


def test_folders_and_artefacts_are_one_list(store, write, write_folder):
    write("experiment", seed=1)
    write("experiment@10", seed=2)
    write("own", seed=3)
    write_folder("own/own", seed=4)
    assert store.ids() == [SHIPPED_AGENT, "experiment", "own"]
    assert store.get("experiment").manifest["seed"] == 1
    assert store.get("experiment@10").manifest["seed"] == 2
    assert store.get("own").manifest["seed"] == 4
    assert store.kept_steps("experiment") == [10]
    assert store.kept_steps("own") == []


@pytest.mark.parametrize(
    "agent_id", ["none", "../a", "", "a/../b", "one\x00", "one@3", "default@3", "default.json"]
)
def test_what_is_not_there_is_said_with_what_is(store, agent_id):
    with pytest.raises(AgentNotFound, match=SHIPPED_AGENT):
        store.get(agent_id)


def test_without_any_agent_there_is_no_default(tmp_path):
    with pytest.raises(AgentNotFound, match="there are: none"):
        AgentStore([tmp_path]).get("default")


def test_the_shipped_agent_is_the_default_until_another_is_promoted(store, write):
    write("mine")
    assert store.get("default").id == store.default_agent() == SHIPPED_AGENT
    assert store.promoted_agent() is None
    assert store.promote("mine", NOON).id == "mine"
    assert store.get("default").id == store.default_agent() == store.promoted_agent() == "mine"
    assert store.get(SHIPPED_AGENT).manifest["seed"] == 2017
    store.promote(SHIPPED_AGENT, NOON)
    assert store.get("default").id == store.promoted_agent() == SHIPPED_AGENT


def test_an_own_agent_named_default_is_the_default_until_another_is_promoted(
    store, write, write_folder
):
    write_folder("own/default", seed=5)
    write("mine")
    assert store.get("default").manifest["seed"] == 5
    assert store.ids() == [SHIPPED_AGENT, "default", "mine"]
    store.promote("default", NOON)
    assert store.get("default").manifest["seed"] == 5
    assert store.promoted_agent() == "default"
    assert "default" in store.ids()
    store.promote("mine", NOON)
    assert store.get("default").id == "mine"
    assert store.ids() == [SHIPPED_AGENT, "mine"]


def test_promoting_the_default_keeps_the_agent_that_it_means(store):
    assert store.promote("default", NOON).id == SHIPPED_AGENT
    assert store.promoted_agent() == SHIPPED_AGENT


def test_a_promotion_is_kept_with_when_and_whose(store, counting, write):
    write("mine")
    store.promote("mine", NOON)
    assert json.loads(counting.read(NAME)) == {
        "schema_version": 1,
        "owner_id": "local",
        "agent": "mine",
        "promoted_at": "2026-01-02T12:00:00+00:00",
    }
    assert read_promotion(counting).promoted_at == NOON


def test_another_process_s_promotion_is_noticed_after_two_seconds(store, counting, clock, write):
    write("mine")
    write("other")
    store.promote("mine", NOON)
    AgentStore([], counting).promote("other", NOON)
    clock.seconds += MAX_AGE_SECONDS
    assert store.default_agent() == "other"


def test_a_promoted_agent_that_is_gone_leaves_the_shipped_one(store, counting, clock, write):
    write("mine")
    store.promote("mine", NOON)
    remove_agent(counting, "mine")
    clock.seconds += MAX_AGE_SECONDS
    assert store.promoted_agent() is None
    assert store.get("default").id == SHIPPED_AGENT


def test_asking_for_the_default_again_costs_nothing(store, counting, write):
    write("mine")
    store.promote("mine", NOON)
    store.get("default")
    before = counting.asked.copy()
    for _ in range(50):
        store.get("default")
        store.get(SHIPPED_AGENT)
        store.ids()
    assert counting.asked == before


def test_while_the_store_is_away_known_agents_serve(store, counting, clock, write):
    write("mine")
    store.promote("mine", NOON)
    store.get("default")
    counting.away = True
    clock.seconds += 100 * MAX_AGE_SECONDS
    assert store.get("default").id == "mine"
    assert store.get(SHIPPED_AGENT).id == SHIPPED_AGENT
    with pytest.raises(ArtefactStoreUnavailable):
        store.get("unknown")


def test_without_ever_having_asked_nobody_claims_to_know_the_default(store, counting):
    counting.away = True
    with pytest.raises(ArtefactStoreUnavailable):
        store.get("default")
    assert store.get(SHIPPED_AGENT).id == SHIPPED_AGENT


@pytest.mark.parametrize("agent_id", ["mine@10", "default@3"])
def test_moments_are_not_promoted(store, write, agent_id):
    write("mine@10")
    with pytest.raises(InvalidRequest, match="moment") as refused:
        store.promote(agent_id, NOON)
    assert refused.value.field == "agent_id"
    assert store.promoted_agent() is None


def test_only_agents_that_are_there_are_promoted(store, counting):
    with pytest.raises(AgentNotFound):
        store.promote("nobody", NOON)
    counting.write("agents/broken/manifest.json", b"")
    with pytest.raises(CorruptAgent):
        store.promote("broken", NOON)
    assert not counting.exists(NAME)


def test_without_a_store_nothing_is_promoted(tmp_path, write_folder):
    write_folder("own/mine")
    with pytest.raises(ArtefactStoreUnavailable):
        AgentStore([tmp_path / "own"]).promote("mine", NOON)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"{}",
        b'{"schema_version": 2, "owner_id": "local", "agent": "a", "promoted_at": "2026-01-01"}',
        b'{"schema_version": 1, "owner_id": "local", "agent": "../a", "promoted_at": "2026-01-01"}',
        b'{"schema_version": 1, "owner_id": "local", "agent": "a", "promoted_at": 3}',
        b'{"schema_version": 1, "owner_id": "local", "agent": 3, "promoted_at": "2026-01-01"}',
    ],
)
def test_a_broken_promotion_leaves_the_shipped_agent_and_a_warning(store, counting, content):
    counting.write(NAME, content)
    with capture_logs() as logs:
        for _ in range(3):
            assert store.get("default").id == SHIPPED_AGENT
    assert [log["event"] for log in logs] == ["promotion left out"]


def test_the_shipped_agent_is_the_one_that_ships():
    store = AgentStore([SHIPPED_AGENTS_DIR])
    assert store.ids() == [SHIPPED_AGENT]
    assert store.get("default").agent_hash == (
        "e3ab7b51a25f8c9b5ce38dc5326bd8e645000316d91d8dd1a924158cd2516f9d"
    )
