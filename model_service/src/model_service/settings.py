"""The model service's configuration: the only module that reads the environment."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from model_service import __version__

SHIPPED_AGENTS_DIR = Path(__file__).parent / "shipped_agents"
"""Agents that come with the package; one of them is `default`."""

SHIPPED_EVALUATIONS_DIR = Path(__file__).parent / "shipped_evaluations"
"""Reports that come with the package."""

SHIPPED_CONFIGS_DIR = Path(__file__).parent / "shipped_configs"
"""Configurations that come with the package: of the default agent and of the protocols."""

CONFIGURATIONS_FILE = SHIPPED_AGENTS_DIR / "configurations.json"
"""Register of all configurations that were compared to come to the shipped agents."""


class Settings(BaseSettings):
    """Frozen settings of one process; names in the environment start with ``MODEL_``."""

    model_config = SettingsConfigDict(env_prefix="MODEL_", frozen=True, extra="ignore")

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
    state_dir: Path = Path("var/model_service")
    """Where the service keeps what it must not lose: the count of looks."""

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

    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"

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

    @property
    def looks_file(self) -> Path:
        """SQLite file with the count of looks."""
        return self.state_dir / "looks.sqlite3"


@cache
def read_settings() -> Settings:
    """Settings of this process, read from the environment once."""
    return Settings()
