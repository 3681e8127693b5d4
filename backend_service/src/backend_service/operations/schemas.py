"""What health and readiness answer."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict


class Readiness(BaseModel):
    """Everything the gateway needs answers."""

    model_config = ConfigDict(extra="forbid")
    status: Literal["ok"]
    version: str
    checks: dict[str, str]
