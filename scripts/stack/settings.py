"""What the environment may change about a start on one machine."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from scripts.stack.programs import Layout
from scripts.stack.supervise import REPOSITORY


class InvalidSetting(Exception):
    """An environment variable that cannot be used; the message names it."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Ports and folders of a start.

    Attributes
    ----------
    state_dir : Path
        Holds everything that a start writes: data, logs, run-time files.
    agents_dir, dataset_dir, evaluations_dir, sentiment_dir : Path
        Trained agents, the files that the model service's file form may read, kept reports, and
        exports of FinBERT.
    artefacts_url : str
        What experiments read and write: a folder, or ``s3://bucket/prefix``.
    """

    model_port: int
    worker_port: int
    backend_port: int
    frontend_port: int
    state_dir: Path
    agents_dir: Path
    dataset_dir: Path
    artefacts_url: str
    evaluations_dir: Path
    sentiment_dir: Path
    database_url: str

    @property
    def layout(self) -> Layout:
        return Layout(log_dir=self.state_dir / "log", run_dir=self.state_dir / "run")


def read_settings() -> Settings:
    """Settings of this start, from the environment.

    Raises
    ------
    InvalidSetting
    """
    state_dir = _folder("BELLWETHER_STATE_DIR", REPOSITORY / "var")
    return Settings(
        model_port=_port("MODEL_PORT", 4000),
        worker_port=_port("MODEL_WORKER_PORT", 4001),
        backend_port=_port("BACKEND_PORT", 3000),
        frontend_port=_port("FRONTEND_PORT", 5173),
        state_dir=state_dir,
        agents_dir=_folder("MODEL_AGENTS_DIR", state_dir / "agents"),
        dataset_dir=_folder("MODEL_DATASET_DIR", state_dir / "dataset"),
        artefacts_url=_folder_or_url("MODEL_ARTEFACTS_URL", state_dir / "artefacts"),
        evaluations_dir=_folder("MODEL_EVALUATIONS_DIR", state_dir / "evaluations"),
        sentiment_dir=_folder("MODEL_SENTIMENT_DIR", state_dir / "sentiment"),
        database_url=os.environ.get(
            "DATABASE_URL", f"sqlite+aiosqlite:///{state_dir / 'backend_service.db'}"
        ),
    )


def _port(variable: str, default: int) -> int:
    text = os.environ.get(variable, str(default))
    if not text.isdecimal() or not 1 <= int(text) <= 65_535:
        raise InvalidSetting(f"{variable}={text!r} is no port; give a number from 1 to 65535.")
    return int(text)


def _folder(variable: str, default: Path) -> Path:
    return Path(os.environ.get(variable) or default).expanduser().resolve()


def _folder_or_url(variable: str, default: Path) -> str:
    given = os.environ.get(variable, "")
    return given if "://" in given else str(_folder(variable, default))
