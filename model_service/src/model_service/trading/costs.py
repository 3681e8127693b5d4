"""Costs of trading: a commission on the traded value, and slippage in the price."""

from __future__ import annotations

from dataclasses import dataclass

from model_service.errors import InvalidRequest

BPS_PER_UNIT = 10_000.0
MAX_COST_BPS = 1_000.0


@dataclass(frozen=True)
class Costs:
    """Costs per side.

    Attributes
    ----------
    commission_bps : float
        Of the traded value, in [0, 1000].
    slippage_bps : float
        Added to the price of a buy and taken from that of a sell, in [0, 1000].
    """

    commission_bps: float = 10.0
    slippage_bps: float = 0.0

    def __post_init__(self) -> None:
        for field in ("commission_bps", "slippage_bps"):
            value: float = getattr(self, field)
            if not 0.0 <= value <= MAX_COST_BPS:
                raise InvalidRequest(
                    f"`{field}` is {value}, not between 0 and {MAX_COST_BPS:.0f}.",
                    field=field,
                    limit=MAX_COST_BPS,
                )

    @property
    def commission(self) -> float:
        """Commission as a fraction of the traded value."""
        return self.commission_bps / BPS_PER_UNIT

    @property
    def slippage(self) -> float:
        """Slippage as a fraction of the price."""
        return self.slippage_bps / BPS_PER_UNIT

    @property
    def buy_growth(self) -> float:
        """Factor on net worth when all cash is turned into stock."""
        return 1.0 / ((1.0 + self.slippage) * (1.0 + self.commission))

    @property
    def sell_growth(self) -> float:
        """Factor on net worth when all stock is turned into cash."""
        return (1.0 - self.slippage) * (1.0 - self.commission)
