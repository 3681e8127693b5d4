"""What may be chosen about the engines of a process."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from pydantic import SecretStr

from model_service.sentiment.engine import EngineName

EngineChoice = Literal["auto"] | EngineName


@dataclass(frozen=True, slots=True)
class SentimentOptions:
    """Options of one process; `settings.py` says what each means and what it is by default."""

    engine: EngineChoice
    finbert_model: str
    export_dir: Path
    may_export: bool
    export_seconds: float
    finbert_threads: int
    retry_seconds: float
    cache_entries: int
    scored_at_once: int
    wait_seconds: float
    openai_api_key: SecretStr | None
    openai_base_url: str | None
    openai_model: str
    openai_timeout_seconds: float
    openai_daily_budget_usd: float
    openai_price_per_million_input_usd: float | None
    openai_price_per_million_output_usd: float | None
    openai_state_file: Path
    openai_database_url: str | None = field(repr=False)
