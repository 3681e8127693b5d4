"""Routes of agents."""

from typing import Annotated

from fastapi import APIRouter, Path

from backend_service.agents.question import AGENT_LENGTH, AGENT_PATTERN
from backend_service.agents.service import AgentService
from backend_service.model_client.generated import Agent, AgentList
from backend_service.problems import problem_responses

AgentPath = Annotated[
    str, Path(pattern=AGENT_PATTERN, min_length=1, max_length=AGENT_LENGTH, examples=["default"])
]


def agents_router(agents: AgentService) -> APIRouter:
    """Routes under ``/api`` that answer from this service."""
    router = APIRouter(prefix="/api", tags=["agents"])

    @router.get(
        "/agents",
        operation_id="listAgents",
        summary="All agents, the default first",
        response_model=AgentList,
        responses=problem_responses(502, 503, 504),
    )
    async def list_agents() -> AgentList:
        return AgentList(agents=await agents.all())

    @router.get(
        "/agents/{agent_id}",
        operation_id="getAgent",
        summary="One agent",
        response_model=Agent,
        responses=problem_responses(404, 422, 502, 503, 504),
    )
    async def get_agent(agent_id: AgentPath) -> Agent:
        return await agents.one(agent_id)

    @router.post(
        "/agents/{agent_id}/promote",
        operation_id="promoteAgent",
        summary="Make an agent the one that `default` means",
        response_model=Agent,
        responses=problem_responses(404, 422, 502, 503, 504),
    )
    async def promote_agent(agent_id: AgentPath) -> Agent:
        return await agents.promote(agent_id)

    return router
