"""The gateway's configuration: the only module that reads the environment."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    AliasChoices,
    BeforeValidator,
    Field,
    HttpUrl,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict, SettingsError

from backend_service.secret_files import DEFAULT_FOLDER, SecretFiles
from backend_service.settings_refusals import (
    SHORTEST_TOKEN,
    UnusableSettings,
    check_database_url,
    check_secrets,
    explain,
    read_address,
)

if TYPE_CHECKING:
    from pydantic_settings import PydanticBaseSettingsSource


def _split(value: object) -> object:
    if not isinstance(value, str):
        return value
    if value.lstrip().startswith("["):
        return json.loads(value)
    return [part.strip() for part in value.split(",") if part.strip()]


def _require_symbol(templates: tuple[str, ...]) -> tuple[str, ...]:
    for place, template in enumerate(templates, start=1):
        if "{symbol}" not in template or not template.startswith(("http://", "https://")):
            # It is not shown: URLs of feeds may have keys in them.
            raise ValueError(f"number {place} is no http or https URL with {{symbol}} in it")
    return templates


Texts = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_split)]
"""In the environment a JSON list, or texts with commas between them."""


class Settings(BaseSettings):
    """Frozen settings of one process; names in the environment start with ``BACKEND_``,
    save those that other programs know by the same names.

    Each may be given as a file instead; see `SecretFiles`. The environment wins, and a variable
    that is empty counts as left out.
    """

    model_config = SettingsConfigDict(
        env_prefix="BACKEND_",
        env_ignore_empty=True,
        frozen=True,
        extra="ignore",
        populate_by_name=True,
        hide_input_in_errors=True,
    )

    environment: Literal["development", "production"] = Field(
        default="development", validation_alias="BELLWETHER_ENVIRONMENT"
    )
    """Where it is not development, secrets that protect nothing are refused."""
    secrets_dir: Path = Field(default=DEFAULT_FOLDER, validation_alias="SECRETS_DIR")
    """Folder in which each setting may be a file."""
    model_service_token: SecretStr | None = Field(
        default=None, validation_alias="MODEL_SERVICE_TOKEN"
    )
    """What the model service is shown as ``Authorization: Bearer``; None: nothing."""

    host: str = "127.0.0.1"
    port: int = Field(default=3000, ge=1, le=65_535)
    shutdown_seconds: int = Field(default=6, ge=1, le=10)
    """How long running requests may finish after SIGTERM."""
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"

    logstash_host: str | None = Field(default=None, repr=False, validation_alias="LOGSTASH_HOST")
    """``host:port`` of Logstash's TCP input, which gets all log lines too; None: nobody does."""
    otlp_endpoint: HttpUrl | None = Field(
        default=None, repr=False, validation_alias="OTEL_EXPORTER_OTLP_ENDPOINT"
    )
    """Base address of an OpenTelemetry collector, which gets spans; None: none are made."""

    database_url: str = Field(
        default="sqlite+aiosqlite:///var/backend.db",
        repr=False,
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

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - called by their names
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The first that has a value wins."""
        return (init_settings, env_settings, SecretFiles(settings_cls))

    @field_validator("model_service_token")
    @classmethod
    def _fit_for_a_header(cls, token: SecretStr | None) -> SecretStr | None:
        if token is not None and not re.fullmatch(r"[!-~]+", token.get_secret_value()):
            raise ValueError("it has to consist of visible ASCII characters")
        return token

    @field_validator("logstash_host")
    @classmethod
    def _of_host_and_port(cls, text: str | None) -> str | None:
        if text is not None:
            read_address(text)
        return text

    @field_validator("database_url")
    @classmethod
    def _of_a_known_database(cls, url: str) -> str:
        check_database_url(url)
        return url

    @model_validator(mode="after")
    def _have_real_secrets(self) -> Self:
        if self.environment != "development":
            check_secrets(self, self.model_service_token)
        return self

    @property
    def logstash_address(self) -> tuple[str, int] | None:
        """Host and port of Logstash's TCP input, where there is one."""
        return None if self.logstash_host is None else read_address(self.logstash_host)

    def require_service_token(self) -> None:
        """Have a token for the model service where it asks for one.

        Raises
        ------
        UnusableSettings
        """
        if self.environment != "development" and self.model_service_token is None:
            raise UnusableSettings(
                f"MODEL_SERVICE_TOKEN is missing: give it at least {SHORTEST_TOKEN} characters, the"
                " same for the model service and the gateway."
            )


@cache
def read_settings() -> Settings:
    """Settings of this process, read from the environment and the secrets' folder once.

    Raises
    ------
    UnusableSettings
        Naming the variables at fault, and never showing their values.
    """
    try:
        return Settings()
    except ValidationError as error:
        reason = explain(Settings, error)
    except SettingsError as error:
        reason = str(error)
    # Raised out here so that nothing that shows an error shows the one with the values.
    raise UnusableSettings(reason)
