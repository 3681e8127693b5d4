"""Agents over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from gateway_fakes import FakeModelService, connect, make_agent

from backend_service.app import create_app
from backend_service.errors import ModelServiceUnavailable

if TYPE_CHECKING:
    import httpx

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
