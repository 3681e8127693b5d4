"""/agents: the trained agents and where they come from."""

from __future__ import annotations

import datetime as dt
from typing import Any

import structlog
from flask import Blueprint, Response

from model_service.artefacts.agents import AgentStore, StoredAgent
from model_service.dqn.config import AgentConfig
from model_service.errors import BellwetherError, CorruptAgent
from model_service.http.answers import answer_json
from model_service.http.services import Services

_log = structlog.get_logger(__name__)

_FROM_MANIFEST = (
    "name",
    "created_at",
    "owner_id",
    "schema_version",
    "lineage",
    "symbols",
    "seed",
    "steps",
    "code_version",
    "validation_metrics",
)


def make_agents_blueprint(services: Services) -> Blueprint:
    """The routes of this resource."""
    blueprint = Blueprint("agents", __name__)

    @blueprint.get("/agents")
    def list_agents() -> Response:
        default = services.store.default_agent()
        ids = sorted(services.store.ids(), key=lambda agent_id: agent_id != default)
        described = [_describe_or_skip(services.store, agent_id, default) for agent_id in ids]
        return answer_json({"agents": [agent for agent in described if agent is not None]})

    @blueprint.get("/agents/<agent_id>")
    def get_agent(agent_id: str) -> Response:
        store = services.store
        return answer_json(describe_agent(store, store.get(agent_id), store.default_agent()))

    @blueprint.post("/agents/<agent_id>/promote")
    def promote_agent(agent_id: str) -> Response:
        promoted = services.agents.promote(agent_id, dt.datetime.now(dt.UTC))
        return answer_json(describe_agent(services.store, promoted, promoted.id))

    return blueprint


def describe_agent(store: AgentStore, stored: StoredAgent, default: str) -> dict[str, Any]:
    """An agent's manifest as `Agent` of the contract.

    Parameters
    ----------
    store : AgentStore
        Knows the moments of its training.
    stored : StoredAgent
    default : str
        Id of the default agent.

    Raises
    ------
    CorruptAgent
        If the manifest lacks something.
    """
    manifest = stored.manifest
    try:
        config = AgentConfig.from_dict(manifest["config"])
        windows = {
            name: {"start": manifest[name]["start"], "end": manifest[name]["end"]}
            for name in ("train", "validation")
        }
        return {
            "id": stored.id,
            "is_default": stored.id == default,
            **{name: manifest[name] for name in _FROM_MANIFEST},
            **windows,
            "exposure_ladder": list(config.ladder.rungs),
            "feature_count": len(config.features.names),
            "members": config.members,
            "warm_up_candles": config.features.warm_up_candles,
            "commission_bps": config.costs.commission_bps,
            "fill": config.fill,
            "reads_news": config.reads_news,
            "sentiment_engine": manifest.get("sentiment_engine"),
            "agent_hash": stored.agent_hash,
            "experiment": manifest.get("experiment"),
            "kept_steps": store.kept_steps(stored.id),
        }
    except (KeyError, TypeError, BellwetherError) as error:
        raise CorruptAgent(f"The manifest of agent {stored.id} is not complete.") from error


def _describe_or_skip(store: AgentStore, agent_id: str, default: str) -> dict[str, Any] | None:
    """One broken agent must not hide the others."""
    try:
        return describe_agent(store, store.get(agent_id), default)
    except BellwetherError as error:
        _log.warning("agent left out", agent=agent_id, detail=error.detail)
        return None
