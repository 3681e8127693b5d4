"""What the resources are given to answer with."""

from __future__ import annotations

from dataclasses import dataclass

import model_service
from model_service.artefacts.agents import AgentStore
from model_service.artefacts.dataset_folder import DatasetFolder
from model_service.evaluation.loaded_agents import LoadedAgents
from model_service.evaluation.predictor import Predictor
from model_service.evaluation.results_file import FilePredictor
from model_service.evaluation.sealed import LookCounter
from model_service.http.large_bodies import LargeBodies
from model_service.http.readiness import Readiness
from model_service.settings import Settings
from model_service.telemetry import Telemetry

DEFAULT_AGENT = "default"


@dataclass(frozen=True)
class Services:
    """The parts of one application."""

    settings: Settings
    store: AgentStore
    agents: LoadedAgents
    predictor: Predictor
    files: FilePredictor
    readiness: Readiness
    telemetry: Telemetry
    large_bodies: LargeBodies

    @property
    def code_version(self) -> str:
        """Version of the package, with the commit of the build where it is known."""
        commit = self.settings.code_version
        return f"{model_service.__version__}+{commit}" if commit else model_service.__version__


def wire_services(settings: Settings, store: AgentStore, looks: LookCounter) -> Services:
    """Put the parts together."""
    agents = LoadedAgents(store)
    predictor = Predictor(agents, looks)
    files = FilePredictor(
        DatasetFolder(settings.dataset_dir),
        predictor,
        max_bytes=settings.max_upload_bytes,
        max_rows=settings.max_candles,
    )
    telemetry = Telemetry()
    telemetry.watch_caches(
        lambda: [
            ("agents", agents.cache),
            ("q_tables", predictor.q_tables),
            ("ingested_files", files.ingested),
        ]
    )
    readiness = Readiness(lambda: agents.get(DEFAULT_AGENT))
    large_bodies = LargeBodies(
        settings.large_body_bytes,
        at_once=settings.large_bodies_at_once,
        wait_seconds=settings.request_timeout_seconds / 4,
    )
    return Services(settings, store, agents, predictor, files, readiness, telemetry, large_bodies)
