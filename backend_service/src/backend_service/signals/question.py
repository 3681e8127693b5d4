"""What can be asked about a series: which agent, which money, which costs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from backend_service.market_data.ranges import TimeRange

FillRule = Literal["next_open", "next_close"]


@dataclass(frozen=True, slots=True)
class SignalQuestion:
    """One run of an agent over a series; everything that determines the answer but the data.

    Attributes
    ----------
    agent : str
        Id of the agent.
    limits : TimeRange
        Candle times to trade; earlier candles are context only.
    cash : float
        Money at the start.
    commission_bps, slippage_bps : float
        Per side, in 1/100 of a percent of the traded value.
    fill : {'next_open', 'next_close'}
        The price at which an order is executed.
    """

    agent: str
    limits: TimeRange
    cash: float
    commission_bps: float
    slippage_bps: float
    fill: FillRule
