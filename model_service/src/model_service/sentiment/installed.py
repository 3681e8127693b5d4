"""The engines that come with the package, put together from the options of a process."""

from __future__ import annotations

from datetime import UTC, datetime

from model_service.sentiment.engine import SentimentEngine
from model_service.sentiment.engines import Engines
from model_service.sentiment.finbert_loading import InstalledFinbert, load_finbert
from model_service.sentiment.openai_engine.books import FileBook, SpendingBook
from model_service.sentiment.options import SentimentOptions
from model_service.sentiment.refusals import EngineAbsent
from model_service.sentiment.scorer import ScoreCache, ScorerLimits
from model_service.sentiment.slot import EngineSlot, Tell


def install_engines(options: SentimentOptions) -> Engines:
    """The engines of this process; nothing is loaded before `Engines.start` or a request."""
    finbert = InstalledFinbert(
        options.finbert_model,
        options.export_dir,
        threads=options.finbert_threads,
        export_seconds=options.export_seconds,
    )
    return Engines(
        {
            "finbert": EngineSlot(
                "finbert",
                lambda tell: load_finbert(finbert, tell, may_export=options.may_export),
                retry_seconds=options.retry_seconds,
            ),
            "openai": EngineSlot("openai", lambda tell: _make_openai(options, tell)),
            "lite": EngineSlot("lite", _load_lite),
        },
        default=options.engine,
        cache=ScoreCache(options.cache_entries),
        limits=ScorerLimits(at_once=options.scored_at_once, seconds=options.wait_seconds),
        wait_seconds=options.wait_seconds,
    )


def _load_lite(_tell: Tell) -> SentimentEngine:
    from model_service.sentiment.lite.engine import LiteEngine

    return LiteEngine.load()


def _open_book(options: SentimentOptions) -> SpendingBook:
    """In the database where there is one, which all replicas share; else in a file."""
    if options.openai_database_url is None:
        return FileBook(options.openai_state_file)
    from model_service.sentiment.openai_engine.database_book import DatabaseBook

    return DatabaseBook(options.openai_database_url)


def _make_openai(options: SentimentOptions, _tell: Tell) -> SentimentEngine:
    if options.openai_api_key is None:
        raise EngineAbsent("OPENAI_API_KEY is not set.")
    from model_service.sentiment.openai_engine.engine import OpenAIConfig, OpenAIEngine

    config = OpenAIConfig(
        api_key=options.openai_api_key,
        base_url=options.openai_base_url,
        model=options.openai_model,
        timeout_seconds=options.openai_timeout_seconds,
        daily_budget_usd=options.openai_daily_budget_usd,
        price_per_million_input_usd=options.openai_price_per_million_input_usd,
        price_per_million_output_usd=options.openai_price_per_million_output_usd,
        book=_open_book(options),
    )
    return OpenAIEngine(config, lambda: datetime.now(UTC))
