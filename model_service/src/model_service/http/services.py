"""What the resources are given to answer with."""

from __future__ import annotations

from dataclasses import dataclass

from model_service.artefacts.agents import DEFAULT_AGENT, AgentStore
from model_service.artefacts.dataset_folder import DatasetFolder
from model_service.artefacts.datasets import DatasetStore
from model_service.artefacts.evaluations import EvaluationStore
from model_service.artefacts.store import ArtefactStore
from model_service.evaluation.assessment.significance import count_configurations
from model_service.evaluation.configurations import read_register
from model_service.evaluation.evaluator import Evaluator
from model_service.evaluation.loaded_agents import LoadedAgents
from model_service.evaluation.predictor import Predictor
from model_service.evaluation.results_file import FilePredictor
from model_service.evaluation.sealed import LookCounter
from model_service.experiments.service import Experiments
from model_service.http.candle_check import check_candles
from model_service.http.event_streams import EventStreams
from model_service.http.large_bodies import LargeBodies
from model_service.http.readiness import Readiness
from model_service.http.recent_reports import RecentReports
from model_service.http.report_check import check_report
from model_service.sentiment.engines import Engines
from model_service.settings import CONFIGURATIONS_FILE, Settings
from model_service.telemetry.metrics import Telemetry
from model_service.telemetry.spans import Spans, open_spans


@dataclass(frozen=True)
class Services:
    """The parts of one application."""

    settings: Settings
    artefacts: ArtefactStore
    datasets: DatasetStore
    store: AgentStore
    agents: LoadedAgents
    predictor: Predictor
    files: FilePredictor
    reports: RecentReports
    evaluations: EvaluationStore
    engines: Engines
    readiness: Readiness
    telemetry: Telemetry
    large_bodies: LargeBodies
    experiments: Experiments
    event_streams: EventStreams
    spans: Spans

    @property
    def code_version(self) -> str:
        """Version of the package, with the commit of the build where it is known."""
        return self.settings.full_code_version


def wire_services(
    settings: Settings,
    artefacts: ArtefactStore,
    store: AgentStore,
    looks: LookCounter,
    engines: Engines,
) -> Services:
    """Put the parts together."""
    datasets = DatasetStore(
        artefacts,
        check=check_candles,
        max_bytes=settings.max_upload_bytes,
        max_rows=settings.max_candles,
    )
    agents = LoadedAgents(store)
    predictor = Predictor(agents, looks)
    files = FilePredictor(
        DatasetFolder(settings.dataset_dir),
        predictor,
        max_bytes=settings.max_upload_bytes,
        max_rows=settings.max_candles,
    )
    configurations = count_configurations(read_register(CONFIGURATIONS_FILE))
    evaluator = Evaluator(agents, looks, configurations)
    reports = RecentReports(
        evaluator,
        agents,
        code_version=settings.full_code_version,
        max_unseen=settings.max_evaluated_candles,
    )
    kept = EvaluationStore(settings.evaluation_folders, artefacts, check=check_report)
    telemetry = Telemetry(settings.full_code_version, settings.kept_folders)
    telemetry.watch_caches(
        lambda: [
            ("agents", agents.cache),
            ("q_tables", predictor.q_tables),
            ("ingested_files", files.ingested),
            ("reports", reports.cache),
            ("scores", engines.cache),
        ]
    )
    telemetry.watch_engines(
        lambda: [
            (state.engine, state.state, state.engine == engines.chosen().engine)
            for state in engines.states()
        ]
    )
    telemetry.watch_verdicts(lambda: (one["verdict"] for one in kept.summaries(quietly=True)))
    readiness = Readiness(lambda: agents.get(DEFAULT_AGENT))
    large_bodies = LargeBodies(
        settings.large_body_bytes,
        at_once=settings.large_bodies_at_once,
        wait_seconds=settings.request_timeout_seconds / 4,
    )
    return Services(
        settings=settings,
        artefacts=artefacts,
        datasets=datasets,
        store=store,
        agents=agents,
        predictor=predictor,
        files=files,
        reports=reports,
        evaluations=kept,
        engines=engines,
        readiness=readiness,
        telemetry=telemetry,
        large_bodies=large_bodies,
        experiments=Experiments.of(settings, artefacts, store.promoted_agent),
        event_streams=EventStreams(settings.max_event_streams),
        spans=open_spans(settings, "model_service"),
    )
