"""What can be asked of an agent on a series: with which money, at which costs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

FillRule = Literal["next_open", "next_close"]


@dataclass(frozen=True, slots=True)
class AgentQuestion:
    """An agent and the terms on which it trades.

    With the candles this determines its evaluation.

    Attributes
    ----------
    agent : str
        Id of the agent.
    cash : float
        Money at the start.
    commission_bps, slippage_bps : float
        Per side, in 1/100 of a percent of the traded value.
    fill : {'next_open', 'next_close'}
        The price at which an order is executed.
    """

    agent: str
    cash: float
    commission_bps: float
    slippage_bps: float
    fill: FillRule
