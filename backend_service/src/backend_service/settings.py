"""The gateway's configuration: the only module that reads the environment."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, AliasChoices, BeforeValidator, Field, HttpUrl, SecretStr
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict


def _split(value: object) -> object:
    if not isinstance(value, str):
        return value
    if value.lstrip().startswith("["):
        return json.loads(value)
    return [part.strip() for part in value.split(",") if part.strip()]


def _require_symbol(templates: tuple[str, ...]) -> tuple[str, ...]:
    for template in templates:
        if "{symbol}" not in template or not template.startswith(("http://", "https://")):
            raise ValueError(f"`{template}` is no http or https URL with {{symbol}} in it")
    return templates


Texts = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_split)]
"""In the environment a JSON list, or texts with commas between them."""


class Settings(BaseSettings):
    """Frozen settings of one process; names in the environment start with ``BACKEND_``."""

    model_config = SettingsConfigDict(
        env_prefix="BACKEND_", frozen=True, extra="ignore", populate_by_name=True
    )

    host: str = "127.0.0.1"
    port: int = Field(default=3000, ge=1, le=65_535)
    shutdown_seconds: int = Field(default=6, ge=1, le=10)
    """How long running requests may finish after SIGTERM."""
    log_level: str = "INFO"

    database_url: str = Field(
        default="sqlite+aiosqlite:///var/backend.db",
        validation_alias=AliasChoices("DATABASE_URL", "BACKEND_DATABASE_URL"),
    )
    """SQLAlchemy URL; ``postgresql://`` and ``sqlite://`` get their asynchronous drivers."""
    migrations_dir: Path = Path(__file__).resolve().parents[2] / "migrations"
    dataset_dir: Path = Path("var/dataset")
    """Folder shared with the model service, read by ``POST /read-csv`` and by nothing else."""

    model_url: HttpUrl = HttpUrl("http://127.0.0.1:4000")
    model_connect_seconds: float = Field(default=1.0, gt=0)
    model_quick_seconds: float = Field(default=10.0, gt=0, le=10)
    """Longest wait for what the model service has at hand: agents, simulated candles."""
    model_predict_seconds: float = Field(default=60.0, gt=0, le=60)
    """Longest wait for an agent's run; a million candles take a while."""
    model_evaluate_seconds: float = Field(default=100.0, gt=0, le=120)
    """Longest wait for an evaluation, which resamples thousands of times, or for a kept report."""
    model_preprocess_seconds: float = Field(default=120.0, gt=0, le=120)
    """Longest wait until the model service has read an uploaded file."""
    model_sentiment_seconds: float = Field(default=60.0, gt=0, le=120)
    """Longest wait for the scores of some hundred headlines."""
    model_dataset_seconds: float = Field(default=60.0, gt=0, le=120)
    """Longest wait until the model service has stored the candles of one symbol."""
    model_experiment_seconds: float = Field(default=30.0, gt=0, le=120)
    """Longest wait until the model service has queued, estimated, cancelled or removed one."""
    model_connections: int = Field(default=16, ge=1)
    max_model_answer_bytes: int = Field(default=512 * 1024 * 1024, ge=1)
    agents_fresh_seconds: float = Field(default=5.0, ge=0)

    datasets_known_seconds: float = Field(default=300.0, ge=0)
    """How long it is believed that the model service still has candles that it was sent."""
    event_streams: int = Field(default=200, ge=1)
    """Browsers that may watch experiments at the same time; one more gets a 503."""
    event_poll_seconds: float = Field(default=0.5, gt=0, le=10)
    """Time between two questions for the events of an experiment that is watched."""
    event_longest_backoff_seconds: float = Field(default=5.0, gt=0, le=60)
    """Longest time between two such questions while the model service is away."""
    event_heartbeat_seconds: float = Field(default=10.0, gt=0, le=60)
    """A stream on which nothing happens is sent a comment so often."""
    event_backlog: int = Field(default=5_000, ge=1_000)
    """Events that may wait for a slow browser; with more it is cut off."""
    event_stall_seconds: float = Field(default=30.0, gt=0, le=120)
    """A browser that takes nothing for so long is cut off."""

    yahoo_enabled: bool = True
    yahoo_url: HttpUrl | None = None
    """Another address for everything that Yahoo Finance is asked; for tests and mirrors."""
    yahoo_cache_dir: Path = Path("var/yfinance")
    """Where yfinance keeps time zones and cookies."""
    yahoo_budget_seconds: float = Field(default=2.5, gt=0, le=30)
    """Longest wait for Yahoo's candles, retries included."""
    yahoo_known_seconds: float = Field(default=60.0, ge=0)
    """How long it is believed that Yahoo answers, or does not."""
    yahoo_search_seconds: float = Field(default=1.0, gt=0, le=10)

    news_budget_seconds: float = Field(default=10.0, gt=0, le=60)
    """Longest wait for one source of headlines; the asking happens in the background."""
    news_refresh_seconds: float = Field(default=900.0, ge=1)
    """After this time Yahoo and feeds are asked for news again."""
    news_allowed_hosts: Texts = ()
    """Hosts of feeds that may lie in a private network; for mirrors and tests."""
    news_feeds: Annotated[Texts, AfterValidator(_require_symbol)] = ()
    """URLs of RSS or Atom feeds, in which ``{symbol}`` stands for the symbol."""
    newsapi_key: SecretStr | None = Field(
        default=None, validation_alias=AliasChoices("NEWSAPI_KEY", "BACKEND_NEWSAPI_KEY")
    )
    """Key of newsapi.org; without one it is not asked."""
    newsapi_url: HttpUrl = HttpUrl("https://newsapi.org")
    newsapi_refresh_seconds: float = Field(default=3600.0, ge=1)
    """After this time NewsAPI is asked again; its free plan has 100 questions a day."""

    news_source_seconds: float = Field(default=20.0, gt=0, le=120)
    """After this time a source of headlines that keeps to no limit of its own is given up."""
    news_refreshes: int = Field(default=4, ge=1)
    """Symbols whose sources are asked at the same time."""
    news_refreshes_waiting: int = Field(default=64, ge=0)
    """Symbols that may wait to be refreshed; more are left for the next request."""
    news_backoff_seconds: float = Field(default=30.0, gt=0)
    """How long a source is left alone after a failure; doubled with every further one."""
    news_longest_backoff_seconds: float = Field(default=3600.0, gt=0)
    news_engine_seconds: float = Field(default=15.0, ge=0)
    """How long it is believed which engine scores headlines."""
    news_scoring_backoff_seconds: float = Field(default=3.0, gt=0)
    """How long the model service is not asked for scores after a failure; doubled, up to 2 min."""
    max_news_upload_bytes: int = Field(default=16 * 1024 * 1024, ge=1)

    max_upload_bytes: int = Field(default=64 * 1024 * 1024, ge=1)
    response_cache_bytes: int = Field(default=128 * 1024 * 1024, ge=0)
    series_fresh_seconds: float = Field(default=1.0, ge=0)
    """How long a process trusts what it knows of a stored series before it asks the database."""


@cache
def read_settings() -> Settings:
    """Settings of this process, read from the environment once."""
    return Settings()
