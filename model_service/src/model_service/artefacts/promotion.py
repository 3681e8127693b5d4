"""Which agent `default` means: a small file in the artefact store, replaced as a whole."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass

from model_service.artefacts.store import ArtefactStore
from model_service.artefacts.stored_agent import is_agent_id
from model_service.errors import ArtefactNotFound, CorruptAgent

NAME = "agents/default.json"
SCHEMA_VERSION = 1
OWNER_ID = "local"


@dataclass(frozen=True)
class Promotion:
    """That an agent was made the default.

    Attributes
    ----------
    agent : str
        Its id.
    promoted_at : datetime
        With its zone.
    owner_id : str
    """

    agent: str
    promoted_at: dt.datetime
    owner_id: str = OWNER_ID


def write_promotion(store: ArtefactStore, promotion: Promotion) -> None:
    """Keep it; the last one counts.

    Raises
    ------
    ArtefactStoreUnavailable
    """
    content = {
        "schema_version": SCHEMA_VERSION,
        "owner_id": promotion.owner_id,
        "agent": promotion.agent,
        "promoted_at": promotion.promoted_at.isoformat(),
    }
    store.write(NAME, (json.dumps(content, indent=2) + "\n").encode())


def read_promotion(store: ArtefactStore) -> Promotion | None:
    """The last one, None where there was none.

    Raises
    ------
    CorruptAgent
        If the file is not one of this schema.
    ArtefactStoreUnavailable
    """
    try:
        content = store.read(NAME)
    except ArtefactNotFound:
        return None
    try:
        values = json.loads(content)
        version, agent = values["schema_version"], values["agent"]
        promoted_at = dt.datetime.fromisoformat(values["promoted_at"])
        owner_id = str(values["owner_id"])
        known = version == SCHEMA_VERSION and is_agent_id(agent)
    except (ValueError, KeyError, TypeError) as error:
        raise CorruptAgent("Which agent was made the default cannot be read.") from error
    if not known:
        raise CorruptAgent(
            f"Which agent was made the default has schema version {version} and names "
            f"{str(agent)[:80]!r}; this service reads {SCHEMA_VERSION}."
        )
    return Promotion(agent, promoted_at, owner_id)
