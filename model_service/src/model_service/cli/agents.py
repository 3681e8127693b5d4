"""``bellwether agents``: the agents at hand."""

from __future__ import annotations

from rich.table import Table

from model_service.artefacts.agents import AgentStore
from model_service.artefacts.store import ArtefactStore
from model_service.cli.console import out, refusals
from model_service.evaluation.dates import date_of
from model_service.settings import read_settings


@refusals
def command() -> None:
    """List the agents: those trained here or by experiments, and the one that ships."""
    settings = read_settings()
    store = AgentStore(settings.agent_folders, ArtefactStore(settings.artefacts_url))
    default = store.default_agent()
    table = Table()
    for heading in ("Id", "Symbols", "Trained until", "Validated until", "Steps", "Seed"):
        table.add_column(heading, justify="right" if heading in ("Steps", "Seed") else "left")
    for agent_id in store.ids():
        manifest = store.get(agent_id).manifest
        table.add_row(
            f"{agent_id} (default)" if agent_id == default else agent_id,
            str(len(manifest["symbols"])),
            date_of(manifest["train"]["end"]),
            date_of(manifest["validation"]["end"]),
            f"{manifest['steps']:,}",
            str(manifest["seed"]),
        )
    out.print(table)
