"""The exposure ladder: the finite set of fractions of net worth held in the stock."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from model_service.errors import InvalidRequest

IMPOSSIBLE = -1
MAX_RUNGS = 9


class Action(IntEnum):
    """What the agent may do at a candle; the value is its column in every Q table."""

    SELL = 0
    HOLD = 1
    BUY = 2


ACTION_COUNT = len(Action)


@dataclass(frozen=True)
class ExposureLadder:
    """Exposures that the agent moves between, one rung a decision.

    Attributes
    ----------
    rungs : tuple of float
        Strictly increasing fractions in [-1, 1] with 0 among them: flat is where every run
        starts, and below 0 the agent is short.

    Raises
    ------
    InvalidRequest
        If the rungs do not form such a ladder.
    """

    rungs: tuple[float, ...] = (0.0, 1.0)

    def __post_init__(self) -> None:
        if not 2 <= len(self.rungs) <= MAX_RUNGS:
            raise InvalidRequest(
                f"An exposure ladder has 2 to {MAX_RUNGS} rungs, this one {len(self.rungs)}.",
                field="exposure_ladder",
            )
        if 0.0 not in self.rungs or not all(-1.0 <= rung <= 1.0 for rung in self.rungs):
            raise InvalidRequest(
                f"The rungs of an exposure ladder lie between -1 and 1 and 0 is among them, not so "
                f"in {self.rungs}.",
                field="exposure_ladder",
            )
        if any(low >= high for low, high in zip(self.rungs, self.rungs[1:], strict=False)):
            raise InvalidRequest(
                f"The rungs of an exposure ladder increase, those of {self.rungs} do not.",
                field="exposure_ladder",
            )

    def __len__(self) -> int:
        return len(self.rungs)

    @property
    def flat_rung(self) -> int:
        """Index of exposure 0."""
        return self.rungs.index(0.0)

    @cached_property
    def exposures(self) -> NDArray[np.float64]:
        """The rungs as an array, shape (rungs,)."""
        return np.asarray(self.rungs, dtype=np.float64)

    @cached_property
    def next_rung(self) -> NDArray[np.int64]:
        """Rung after each action from each rung, shape (rungs, actions); `IMPOSSIBLE` at the ends.

        Buy moves one rung up, sell one down, hold stays.
        """
        count = len(self.rungs)
        rung = np.arange(count, dtype=np.int64)
        table = np.stack([rung - 1, rung, rung + 1], axis=1)
        table[0, Action.SELL] = IMPOSSIBLE
        table[count - 1, Action.BUY] = IMPOSSIBLE
        return table

    @cached_property
    def possible(self) -> NDArray[np.bool_]:
        """Whether an action exists at a rung, shape (rungs, actions)."""
        possible: NDArray[np.bool_] = self.next_rung != IMPOSSIBLE
        return possible
