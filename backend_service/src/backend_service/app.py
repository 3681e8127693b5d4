"""The application: what is wired to what."""

from __future__ import annotations

from contextlib import asynccontextmanager
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic.json_schema import models_json_schema

from backend_service import __version__
from backend_service.agents.endpoints import agents_router
from backend_service.agents.service import AgentService
from backend_service.answers import AnswerCache
from backend_service.body_limit import BodyLimitMiddleware
from backend_service.clock import Clock, read_system_clock
from backend_service.compat.endpoints import compat_router
from backend_service.compat.samples import HeadlineSamples
from backend_service.compat.service import ResultsReader
from backend_service.datasets.endpoints import datasets_router
from backend_service.datasets.service import DatasetService
from backend_service.db import Database
from backend_service.evaluations.endpoints import evaluations_router
from backend_service.evaluations.kept import KeptEvaluations
from backend_service.evaluations.passports import PassportService
from backend_service.evaluations.service import EvaluationService
from backend_service.experiments.endpoints import experiments_router
from backend_service.experiments.feed import EventFeeds, FeedLimits
from backend_service.experiments.service import ExperimentService
from backend_service.experiments.supply import SeriesSupply
from backend_service.market_data.endpoints import market_data_router
from backend_service.market_data.library import SeriesLibrary
from backend_service.market_data.service import CandleService, SymbolService
from backend_service.migrations import migrate
from backend_service.model_client.client import ModelServiceClient
from backend_service.model_client.generated import ExperimentEvent, Problem
from backend_service.news.endpoints import news_router
from backend_service.news.for_agents import AgentNews
from backend_service.news.refresh import NewsRefresher, RefreshLimits
from backend_service.news.scoring import HeadlineScorer, ScoringLimits
from backend_service.news.service import NewsService
from backend_service.news.store import NewsStore
from backend_service.news.timing import SeriesTiming
from backend_service.news.upload import NewsUploads
from backend_service.operations.endpoints import operations_router
from backend_service.operations.service import ReadinessService
from backend_service.problems import (
    UnexpectedErrorMiddleware,
    install_problem_handlers,
)
from backend_service.providers.feeds import make_feed_providers
from backend_service.providers.newsapi import NewsApiProvider
from backend_service.providers.simulated import CATALOGUE, SimulatedProvider
from backend_service.providers.simulated_news import SimulatedNewsProvider
from backend_service.providers.yahoo import YahooProvider
from backend_service.providers.yahoo_news import YahooNewsProvider
from backend_service.repeated import RepeatedQuestions, RepeatedQuestionsMiddleware
from backend_service.signals.endpoints import signals_router
from backend_service.signals.service import SignalService
from backend_service.telemetry.metrics import Metrics
from backend_service.telemetry.middleware import TelemetryMiddleware

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from backend_service.model_client.service import ModelService
    from backend_service.providers import CandleProvider
    from backend_service.providers.news import NewsProvider
    from backend_service.settings import Settings

_LONGEST_SCORING_BACKOFF_SECONDS: Final = 120.0
_DESCRIPTION = """\
Candles, an agent's signals on them, what the money would have become, and whether that was luck.

Series travel as columns; a value that does not exist is null. Candle times are epoch seconds UTC
(daily candles: 00:00 UTC of the exchange's session date), all other times RFC 3339. Errors are
RFC 9457 problems with a stable `type`. Answers carry a strong `ETag`.
"""


def create_app(
    settings: Settings,
    *,
    providers: Sequence[CandleProvider] | None = None,
    news_providers: Sequence[NewsProvider] | None = None,
    model: ModelService | None = None,
    clock: Clock = read_system_clock,
) -> FastAPI:
    """The gateway; nothing is connected before it starts or is asked.

    Parameters
    ----------
    settings : Settings
    providers : sequence of CandleProvider, optional
        Sources beside uploads, the first that offers a symbol wins; default: as the settings say.
    news_providers : sequence of NewsProvider, optional
        Sources of headlines beside uploads; default: as the settings say.
    model : ModelService, optional
        Default: the one at ``settings.model_url``.
    clock : Clock
        Tells the time to everything that depends on it.

    Returns
    -------
    FastAPI
        ``state.end_streams()`` ends all streams of events; a server has to call it before it waits
        for its connections to end.
    """
    database = Database(settings.database_url)
    metrics = Metrics(_find_folders(settings, database))
    if model is None:
        model = ModelServiceClient(settings, metrics)
    if providers is None:
        providers = _choose_providers(settings, model, clock, metrics)
    cache = AnswerCache(settings.response_cache_bytes)
    library = SeriesLibrary(database, providers, clock, settings.series_fresh_seconds)
    repeated = RepeatedQuestions()
    agents = AgentService(model, settings.agents_fresh_seconds)
    random = Random()  # noqa: S311 - spreads attempts in time, guards nothing
    news = NewsStore(database, clock, settings.series_fresh_seconds)
    scorer = HeadlineScorer(news, model, clock, random, _limit_scoring(settings))
    simulated_news = SimulatedNewsProvider(library.candles_of, clock, metrics)
    if news_providers is None:
        news_providers = _choose_news_providers(settings, simulated_news, clock, metrics)
    refresher = NewsRefresher(
        news, news_providers, clock, random, _limit_refreshes(settings), scorer.note_added
    )
    timings = SeriesTiming(library)
    agent_news = AgentNews(news, scorer, timings, clock)
    feeds = EventFeeds(model.experiments, _limit_feeds(settings), agents.forget, metrics)
    supply = SeriesSupply(library, model.experiments, agent_news, settings.datasets_known_seconds)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        await migrate(database, settings.migrations_dir)
        try:
            yield
        finally:
            await feeds.close()
            await refresher.close()
            await scorer.close()
            await model.close()
            await database.close()

    app = FastAPI(
        title="Bellwether gateway",
        version=__version__,
        description=_DESCRIPTION,
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
        lifespan=lifespan,
        redoc_url=None,
    )
    app.include_router(
        market_data_router(
            CandleService(library, cache, metrics), SymbolService(database, providers), repeated
        )
    )
    app.include_router(
        signals_router(SignalService(library, agents, model, agent_news, cache, metrics), repeated)
    )
    app.include_router(
        evaluations_router(
            EvaluationService(library, agents, model, agent_news, cache, metrics),
            PassportService(library, agents, model, agent_news),
            KeptEvaluations(model),
            repeated,
        )
    )
    app.include_router(agents_router(agents))
    app.include_router(
        experiments_router(ExperimentService(supply, agents, model.experiments), feeds)
    )
    app.include_router(
        datasets_router(DatasetService(database, library, model, clock, settings.max_upload_bytes))
    )
    app.include_router(
        news_router(
            NewsService(library, news, refresher, scorer, timings, cache, clock, metrics),
            NewsUploads(news, scorer, clock, settings.max_news_upload_bytes),
        )
    )
    app.include_router(
        compat_router(
            ResultsReader(model, settings.dataset_dir, settings.max_upload_bytes),
            HeadlineSamples(
                news, lambda: scorer.state.engine, simulated_news, CATALOGUE[0].symbol, model, clock
            ),
        )
    )
    app.include_router(operations_router(ReadinessService(database, model), metrics))
    install_problem_handlers(app)
    # The last one added stands outermost.
    app.add_middleware(RepeatedQuestionsMiddleware, questions=repeated)
    app.add_middleware(
        BodyLimitMiddleware,
        limits={
            "/api/datasets": settings.max_upload_bytes,
            "/api/news": settings.max_news_upload_bytes,
        },
    )
    app.add_middleware(UnexpectedErrorMiddleware)
    app.add_middleware(TelemetryMiddleware, metrics=metrics)
    _describe_more(app)
    app.state.end_streams = feeds.stop
    return app


def _find_folders(settings: Settings, database: Database) -> dict[str, Path]:
    """Folders whose disks can become full, by what they hold."""
    folders = {"dataset": settings.dataset_dir}
    if database.url.get_backend_name() == "sqlite" and database.url.database:
        folders["state"] = Path(database.url.database).parent
    return folders


def _choose_providers(
    settings: Settings, model: ModelService, clock: Clock, metrics: Metrics
) -> list[CandleProvider]:
    chosen: list[CandleProvider] = [SimulatedProvider(model, clock, metrics)]
    if settings.yahoo_enabled:
        chosen.append(YahooProvider(settings, clock, metrics))
    return chosen


def _choose_news_providers(
    settings: Settings, simulated: SimulatedNewsProvider, clock: Clock, metrics: Metrics
) -> list[NewsProvider]:
    chosen: list[NewsProvider] = [simulated]
    if settings.yahoo_enabled:
        chosen.append(YahooNewsProvider(settings, clock, metrics))
    if settings.newsapi_key is not None:
        chosen.append(NewsApiProvider(settings, clock, metrics))
    chosen += make_feed_providers(settings, clock, metrics)
    return chosen


def _limit_refreshes(settings: Settings) -> RefreshLimits:
    return RefreshLimits(
        at_once=settings.news_refreshes,
        waiting=settings.news_refreshes_waiting,
        source_seconds=settings.news_source_seconds,
        first_backoff_seconds=settings.news_backoff_seconds,
        longest_backoff_seconds=settings.news_longest_backoff_seconds,
    )


def _limit_feeds(settings: Settings) -> FeedLimits:
    return FeedLimits(
        streams=settings.event_streams,
        backlog=settings.event_backlog,
        poll_seconds=settings.event_poll_seconds,
        longest_backoff_seconds=settings.event_longest_backoff_seconds,
        heartbeat_seconds=settings.event_heartbeat_seconds,
        stall_seconds=settings.event_stall_seconds,
    )


def _limit_scoring(settings: Settings) -> ScoringLimits:
    return ScoringLimits(
        engine_known_seconds=settings.news_engine_seconds,
        first_backoff_seconds=settings.news_scoring_backoff_seconds,
        longest_backoff_seconds=_LONGEST_SCORING_BACKOFF_SECONDS,
    )


def _describe_more(app: FastAPI) -> None:
    """Put schemas that no route names as its JSON into the app's OpenAPI document.

    Every problem answer refers to one of them; a stream of events is made of the others.
    """

    def describe() -> dict[str, Any]:
        if app.openapi_schema is None:
            document = get_openapi(
                title=app.title,
                version=app.version,
                description=app.description,
                license_info=app.license_info,
                routes=app.routes,
            )
            _, described = models_json_schema(
                [(Problem, "serialization"), (ExperimentEvent, "serialization")],
                ref_template="#/components/schemas/{model}",
            )
            document["components"]["schemas"] |= described["$defs"]
            app.openapi_schema = document
        return app.openapi_schema

    app.openapi = describe  # type: ignore[method-assign]  # FastAPI's documented way
