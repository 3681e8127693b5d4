"""What can be asked of an agent on a series: with which money, at which costs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

AGENT_PATTERN = "^[a-z0-9][a-z0-9_-]{0,63}(@[0-9]{1,9})?$"
AGENT_LENGTH = 80

AgentText = Annotated[str, Field(pattern=AGENT_PATTERN, min_length=1, max_length=AGENT_LENGTH)]
"""Id of an agent; ``ID@STEP`` is the agent as it was at a step of its training."""
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
