"""What can be asked of an evaluation: which agent, which money, which costs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from backend_service.signals.question import FillRule


@dataclass(frozen=True, slots=True)
class EvaluationQuestion:
    """One evaluation of an agent; everything that determines the report but the data.

    Attributes
    ----------
    agent : str
        Id of the agent.
    cash : float
        Money at the start of the unseen candles.
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
