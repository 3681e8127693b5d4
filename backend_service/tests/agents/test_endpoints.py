"""Agents over HTTP."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from gateway_fakes import FakeModelService, connect, make_agent

from backend_service.agents.service import AgentService
from backend_service.app import create_app
from backend_service.errors import ModelServiceUnavailable

if TYPE_CHECKING:
    import httpx

    from backend_service.model_client.generated import Agent
    from backend_service.settings import Settings

pytestmark = pytest.mark.anyio


async def test_agents_are_listed_as_the_model_service_lists_them(
    client: httpx.AsyncClient, model: FakeModelService
) -> None:
    model.listed = [make_agent("first"), make_agent("second", is_default=False)]
    body = (await client.get("/api/agents")).json()
    assert [agent["id"] for agent in body["agents"]] == ["first", "second"]
    assert body["agents"][0] == model.listed[0].model_dump(mode="json")


@pytest.mark.parametrize(("asked", "found"), [("second", "second"), ("default", "first")])
async def test_one_agent_by_id_or_as_the_default(
    client: httpx.AsyncClient, model: FakeModelService, asked: str, found: str
) -> None:
    model.listed = [make_agent("first"), make_agent("second", is_default=False)]
    assert (await client.get(f"/api/agents/{asked}")).json()["id"] == found


async def test_an_unknown_agent_is_not_found(client: httpx.AsyncClient) -> None:
    answer = await client.get("/api/agents/nobody")
    assert answer.status_code == 404
    assert answer.json()["type"] == "urn:bellwether:problem:agent-not-found"
    assert (await client.get("/api/agents/No-Body")).status_code == 422


async def test_the_list_is_known_for_a_short_time(
    settings: Settings, model: FakeModelService
) -> None:
    trusting = settings.model_copy(update={"agents_fresh_seconds": 3_600.0})
    async with connect(create_app(trusting, model=model)) as client:
        for _ in range(3):
            await client.get("/api/agents")
    assert model.asked.count("agents") == 1


async def test_a_model_service_that_is_down_is_a_problem(
    client: httpx.AsyncClient, model: FakeModelService
) -> None:
    model.failure = ModelServiceUnavailable("It is starting.")
    answer = await client.get("/api/agents")
    assert answer.status_code == 503
    assert answer.json()["detail"] == "It is starting."


async def test_an_agent_of_one_step_of_a_training_is_asked_for_by_its_own_id(
    client: httpx.AsyncClient, model: FakeModelService
) -> None:
    model.kept_steps = {"first@200": make_agent("first", agent_hash="a200")}
    assert (await client.get("/api/agents/first@200")).json()["agent_hash"] == "a200"
    assert (await client.get("/api/agents/first@300")).status_code == 404


@pytest.mark.parametrize("wrong", ["first@", "first@x", "first@1@2", "first@1234567890", "a" * 65])
async def test_ids_that_no_agent_can_have_are_refused(
    client: httpx.AsyncClient, wrong: str
) -> None:
    for answer in (
        await client.get(f"/api/agents/{wrong}"),
        await client.post(f"/api/agents/{wrong}/promote"),
    ):
        assert (answer.status_code, answer.json()["field"]) == (422, "agent_id")
    for path in ("signals", "evaluation"):
        answer = await client.get(f"/api/{path}/NHPC?agent={wrong}")
        assert (answer.status_code, answer.json()["field"]) == (422, "agent")


async def test_a_promoted_agent_is_the_default_one_at_once(
    settings: Settings, model: FakeModelService
) -> None:
    model.listed = [make_agent("first"), make_agent("second", is_default=False)]
    trusting = settings.model_copy(update={"agents_fresh_seconds": 3_600.0})
    async with connect(create_app(trusting, model=model)) as client:
        await client.get("/api/agents")
        answer = await client.post("/api/agents/second/promote")
        assert (answer.status_code, answer.json()["id"]) == (200, "second")
        listed = (await client.get("/api/agents")).json()["agents"]
        assert [agent["is_default"] for agent in listed] == [False, True]
        assert (await client.get("/api/agents/default")).json()["id"] == "second"
        assert (await client.post("/api/agents/nobody/promote")).status_code == 404


async def test_a_list_is_not_kept_shortly_after_a_change(
    settings: Settings, model: FakeModelService
) -> None:
    trusting = settings.model_copy(update={"agents_fresh_seconds": 3_600.0})
    model.experiments.happen("e1")
    async with connect(create_app(trusting, model=model)) as client:
        await client.delete("/api/experiments/e1")
        # The model service's own list may still be that of before.
        for agent_id in ("stale", "fresh"):
            model.listed = [make_agent(agent_id)]
            listed = (await client.get("/api/agents")).json()["agents"]
            assert [agent["id"] for agent in listed] == [agent_id]


async def test_a_list_that_was_asked_for_before_a_promotion_is_not_believed_after_it() -> None:
    class Slow(FakeModelService):
        async def agents(self) -> list[Agent]:
            listed = await super().agents()
            if self.gate is not None:
                await self.gate.wait()
            return listed

    model = Slow(listed=[make_agent("first"), make_agent("second", is_default=False)])
    service = AgentService(model, fresh_seconds=3_600)
    model.gate = asyncio.Event()
    early = asyncio.create_task(service.all())
    async with asyncio.timeout(5):
        while "agents" not in model.asked:
            await asyncio.sleep(0)
    await service.promote("second")
    gate, model.gate = model.gate, None
    assert [agent.is_default for agent in await service.all()] == [False, True]
    gate.set()
    assert [agent.is_default for agent in await early] == [True, False]
    assert [agent.is_default for agent in await service.all()] == [False, True]


async def test_agents_are_asked_for_anew_when_an_experiment_is_removed(
    settings: Settings, model: FakeModelService
) -> None:
    trusting = settings.model_copy(update={"agents_fresh_seconds": 3_600.0})
    model.experiments.happen("e1")
    async with connect(create_app(trusting, model=model)) as client:
        await client.get("/api/agents")
        await client.delete("/api/experiments/e1")
        await client.get("/api/agents")
    assert model.asked.count("agents") == 2
