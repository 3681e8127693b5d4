"""The model service's configuration: the only module that reads the environment."""

from __future__ import annotations

import os
import re
import socket
from functools import cache
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
)

from model_service import __version__
from model_service.errors import UnusableSettings
from model_service.secret_files import DEFAULT_FOLDER, SecretFiles
from model_service.sentiment.options import EngineChoice, SentimentOptions
from model_service.setting_urls import check_http_url, passwords_of, read_address
from model_service.settings_refusals import (
    SHORTEST_TOKEN,
    check_database_url,
    check_secrets,
    describe_placeholder,
    explain,
    is_placeholder,
)

SHIPPED_AGENTS_DIR = Path(__file__).parent / "shipped_agents"
"""Agents that come with the package; one of them is the default until another is promoted."""

SHIPPED_EVALUATIONS_DIR = Path(__file__).parent / "shipped_evaluations"
"""Reports that come with the package."""

SHIPPED_CONFIGS_DIR = Path(__file__).parent / "shipped_configs"
"""Configurations that come with the package: of the default agent and of the protocols."""

CONFIGURATIONS_FILE = SHIPPED_AGENTS_DIR / "configurations.json"
"""Register of all configurations that were compared to come to the shipped agents."""


_S3_KEYS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")


class Settings(BaseSettings):
    """Frozen settings of one process; names in the environment start with ``MODEL_``,
    save those that other programs know by the same names.

    Each may be given as a file instead; see `SecretFiles`. The environment wins, and a variable
    that is empty counts as left out.
    """

    model_config = SettingsConfigDict(
        env_prefix="MODEL_",
        env_ignore_empty=True,
        frozen=True,
        extra="ignore",
        populate_by_name=True,
        hide_input_in_errors=True,
    )

    environment: Literal["development", "production"] = Field(
        default="development", alias="BELLWETHER_ENVIRONMENT"
    )
    """Where it is not development, secrets that protect nothing are refused."""
    secrets_dir: Path = Field(default=DEFAULT_FOLDER, alias="SECRETS_DIR")
    """Folder in which each setting may be a file."""
    service_token: SecretStr | None = None
    """What the web process wants to be shown as ``Authorization: Bearer``; None: nothing."""

    host: str = "127.0.0.1"
    port: int = Field(default=4000, ge=1, le=65_535)
    threads: int = Field(default=8, ge=1, le=64)
    request_timeout_seconds: int = Field(default=120, ge=1)

    dataset_dir: Path = Path("var/dataset")
    """Folder that ``/predict`` with a file name may read and write, and nothing outside it."""
    agents_dir: Path = Path("var/agents")
    """Trained agents beside the one that ships with the package."""
    evaluations_dir: Path = Path("var/evaluations")
    """Kept reports of evaluations beside those that ship with the package."""
    artefacts_url: str = Field(default="var/artefacts", min_length=1)
    """What experiments read and write: a folder, or ``s3://bucket/prefix``, whose keys and endpoint
    are the usual ``AWS_*``."""
    artefacts_timeout_seconds: float = Field(default=30.0, gt=0.0)
    """Longest time of one call on S3."""
    state_dir: Path = Path("var/model_service")
    """Where the service keeps what it must not lose and no database is named for."""

    database_url: str | None = Field(default=None, repr=False)
    """SQLAlchemy URL of the database of experiments and looks; default: SQLite in `state_dir`."""
    max_queued_units: int = Field(default=20_000, ge=1)
    """Bound of the queue of experiments; what would go beyond it is refused with a 429."""
    max_event_streams: int = Field(default=3, ge=0)
    """Streams of events that are open at once: each keeps one of `threads`."""

    worker_id: str = Field(default_factory=socket.gethostname, pattern=r"^[A-Za-z0-9._-]{1,100}$")
    """Name of this worker among others; stays the same when it is started again."""
    worker_port: int = Field(default=4001, ge=1, le=65_535)
    """Where a worker answers probes and shows its numbers; on `host`."""
    worker_slots: int = Field(default_factory=lambda: os.cpu_count() or 1, ge=1, le=256)
    """Units that a worker makes side by side; each takes one core and half a gigabyte."""
    ray_address: str | None = Field(default=None, alias="RAY_ADDRESS")
    """``host:port`` of the head of a Ray cluster that makes the units instead of child processes;
    this machine has to be one of its nodes."""
    ray_slots: int | None = Field(default=None, ge=1, le=4_096)
    """Units that a worker keeps in flight on the Ray cluster; default: as many as it has CPUs."""
    worker_beat_seconds: float = Field(default=1.0, gt=0.0)
    worker_lease_seconds: float = Field(default=10.0, gt=0.0)
    """A worker without a sign of life for so long is gone, and its work is given to others."""
    worker_patience_seconds: float = Field(default=3_600.0, ge=1.0)
    """How long a worker waits for its database to come back before it ends."""
    checkpoint_seconds: float = Field(default=5.0, gt=0.0)
    """Of training between two checkpoints: what a kill costs at most."""
    unit_silence_seconds: float = Field(default=30.0, ge=5.0)
    """A unit's process that says nothing for so long is killed, and the unit begun anew."""

    max_upload_bytes: int = 64 * 1024 * 1024
    max_candles: int = 1_000_000
    max_evaluated_candles: int = Field(default=10_000, ge=60)
    """Most unseen candles of one evaluation: ten thousand resamples of each take a while."""
    max_body_bytes: int = 160 * 1024 * 1024
    """Largest request body: a million candles as JSON columns."""

    large_body_bytes: int = Field(default=8 * 1024 * 1024, ge=1)
    large_bodies_at_once: int = Field(default=2, ge=1)
    """Requests with bodies of that size, or of unknown size, that are answered at once."""
    body_timeout_seconds: float = Field(default=30.0, gt=0.0)
    """Longest wait for the next bytes of a request's body, or for a client to take an answer's."""

    sentiment_engine: EngineChoice = "auto"
    """Who scores texts where a request names no engine; auto: finbert where there is one."""
    sentiment_dir: Path = Path("var/sentiment")
    """Exports of FinBERT."""
    sentiment_export: bool = True
    """Whether FinBERT's weights may be fetched and exported; else only an export is loaded."""
    sentiment_export_timeout_seconds: float = Field(default=1_800.0, gt=0.0)
    sentiment_retry_seconds: float = Field(default=900.0, gt=0.0)
    """How long after FinBERT was found absent it is looked for again, in the background."""
    sentiment_cache_entries: int = Field(default=50_000, ge=1)
    sentiment_scored_at_once: int = Field(default=2, ge=1, le=64)
    """Requests whose texts one engine scores at the same time; four more may wait."""
    sentiment_wait_seconds: float = Field(default=60.0, gt=0.0)
    """Longest time of a request for FinBERT to be loaded, and as long again for its texts."""
    sentiment_max_characters: int = Field(default=1_000_000, ge=20_000)
    """Of all texts of a request together."""
    finbert_model: str = Field(default="ProsusAI/finbert", min_length=1, alias="FINBERT_MODEL")
    """A name on huggingface.co or a local folder."""
    finbert_threads: int = Field(default=2, ge=1, le=64)
    """Threads that one inference of FinBERT may use."""

    openai_api_key: SecretStr | None = Field(default=None, alias="OPENAI_API_KEY")
    openai_base_url: str | None = Field(default=None, alias="OPENAI_BASE_URL")
    openai_model: str = Field(default="gpt-4o-mini", min_length=1, alias="OPENAI_MODEL")
    openai_timeout_seconds: float = Field(default=20.0, gt=0.0)
    """Of one call, retries not counted."""
    openai_daily_budget_usd: float = Field(default=1.0, ge=0.0)
    """Spending cap of a UTC day; 0 lets nothing be asked."""
    openai_price_per_million_input_usd: float | None = Field(default=None, ge=0.0)
    openai_price_per_million_output_usd: float | None = Field(default=None, ge=0.0)
    """Left out: what OpenAI charges for the default model, and of any other model a high guess."""
    """Where they are not set, those of the default model, and for other models very high ones."""

    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    logstash_host: str | None = Field(default=None, alias="LOGSTASH_HOST")
    """``host:port`` of Logstash's TCP input, which gets all log lines too; None: nobody does."""
    otlp_endpoint: str | None = Field(default=None, alias="OTEL_EXPORTER_OTLP_ENDPOINT", repr=False)
    """Where spans are sent (OTLP over HTTP); None: none are made."""

    code_version: str | None = Field(default=None, max_length=100)
    """Git commit of the build, where the build knows it; part of every passport."""

    @property
    def full_code_version(self) -> str:
        """Version of the package, with the commit of the build where it is known."""
        return f"{__version__}+{self.code_version}" if self.code_version else __version__

    @property
    def agent_folders(self) -> tuple[Path, ...]:
        """Where agents are looked for, the first that has one wins."""
        return (self.agents_dir, SHIPPED_AGENTS_DIR)

    @property
    def evaluation_folders(self) -> tuple[Path, ...]:
        """Where reports are looked for: first listed are those that ship, the own ones win."""
        return (SHIPPED_EVALUATIONS_DIR, self.evaluations_dir)

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

    @field_validator("service_token")
    @classmethod
    def _fit_for_a_header(cls, token: SecretStr | None) -> SecretStr | None:
        if token is not None and not re.fullmatch(r"[!-~]+", token.get_secret_value()):
            raise ValueError("it has to consist of visible ASCII characters")
        return token

    @field_validator("database_url")
    @classmethod
    def _of_a_known_database(cls, url: str | None) -> str | None:
        if url is not None:
            check_database_url(url)
        return url

    @field_validator("artefacts_url")
    @classmethod
    def _of_a_known_store(cls, url: str) -> str:
        if "://" in url and not url.startswith(("s3://", "file://")):
            raise ValueError("it has to be a folder, or begin with s3:// or file://")
        return url

    @field_validator("logstash_host")
    @classmethod
    def _with_a_port(cls, host: str | None) -> str | None:
        if host is not None:
            read_address(host)
        return host

    @field_validator("otlp_endpoint")
    @classmethod
    def _of_a_collector(cls, url: str | None) -> str | None:
        if url is not None:
            check_http_url(url)
        return url

    @model_validator(mode="after")
    def _have_real_secrets(self) -> Self:
        if self.environment != "development":
            check_secrets(self, self.service_token)
            for variable in _S3_KEYS:
                # Others read them, but who runs the service gives them together with the rest.
                if is_placeholder(os.environ.get(variable, "")):
                    raise ValueError(describe_placeholder(variable))
        return self

    def require_service_token(self) -> None:
        """Have a token where the service may be reached by others.

        Raises
        ------
        UnusableSettings
        """
        if self.environment != "development" and self.service_token is None:
            raise UnusableSettings(
                f"MODEL_SERVICE_TOKEN is missing: give it at least {SHORTEST_TOKEN} characters, the"
                " same for the model service and the gateway."
            )

    @property
    def kept_folders(self) -> dict[str, Path]:
        """Folders on this machine's disks that grow, by what they hold."""
        url = self.artefacts_url.removeprefix("file://")
        artefacts = {} if "://" in url else {"artefacts": Path(url)}
        return {"state": self.state_dir, "dataset": self.dataset_dir, **artefacts}

    @property
    def logstash_address(self) -> tuple[str, int] | None:
        """Host and port of Logstash; None where log lines go to standard output alone."""
        return None if self.logstash_host is None else read_address(self.logstash_host)

    def secrets(self) -> frozenset[str]:
        """All that must not be read in a log line."""
        keys = (self.service_token, self.openai_api_key)
        return frozenset(
            [
                *(key.get_secret_value() for key in keys if key is not None),
                *(os.environ.get(variable, "") for variable in (*_S3_KEYS, "AWS_SESSION_TOKEN")),
                *passwords_of(self.database_url, self.otlp_endpoint, self.openai_base_url),
            ]
        )

    @property
    def sentiment(self) -> SentimentOptions:
        """What concerns the sentiment engines."""
        return SentimentOptions(
            engine=self.sentiment_engine,
            finbert_model=self.finbert_model,
            export_dir=self.sentiment_dir,
            may_export=self.sentiment_export,
            export_seconds=self.sentiment_export_timeout_seconds,
            finbert_threads=self.finbert_threads,
            retry_seconds=self.sentiment_retry_seconds,
            cache_entries=self.sentiment_cache_entries,
            scored_at_once=self.sentiment_scored_at_once,
            wait_seconds=self.sentiment_wait_seconds,
            openai_api_key=self.openai_api_key,
            openai_base_url=self.openai_base_url,
            openai_model=self.openai_model,
            openai_timeout_seconds=self.openai_timeout_seconds,
            openai_daily_budget_usd=self.openai_daily_budget_usd,
            openai_price_per_million_input_usd=self.openai_price_per_million_input_usd,
            openai_price_per_million_output_usd=self.openai_price_per_million_output_usd,
            openai_state_file=self.state_dir / "openai_spending.sqlite3",
            openai_database_url=self.database_url,
        )

    @property
    def usual_slots(self) -> int:
        """Units that are made side by side, as far as the settings tell; for estimates."""
        if self.ray_address is None:
            return self.worker_slots
        return self.ray_slots or self.worker_slots

    @property
    def full_database_url(self) -> str:
        """URL of the database of experiments."""
        return self.database_url or f"sqlite:///{self.state_dir.resolve() / 'experiments.sqlite3'}"

    @property
    def looks_url(self) -> str:
        """URL of the database in which looks are counted."""
        return self.database_url or f"sqlite:///{self._looks_file.resolve()}"

    @property
    def earlier_looks_file(self) -> Path | None:
        """Where looks were counted before they were in the database that is named."""
        return None if self.database_url is None else self._looks_file

    @property
    def _looks_file(self) -> Path:
        return self.state_dir / "looks.sqlite3"


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
