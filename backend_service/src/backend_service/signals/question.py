"""What can be asked of an agent's signals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from backend_service.agents.question import AgentQuestion

if TYPE_CHECKING:
    from backend_service.market_data.ranges import TimeRange


@dataclass(frozen=True, slots=True)
class SignalQuestion(AgentQuestion):
    """One run of an agent over a part of a series.

    Attributes
    ----------
    limits : TimeRange
        Candle times to trade; earlier candles are context only.
    """

    limits: TimeRange
