"""From Q-values to decisions: one table for all candles and rungs, then one compiled walk.

Because exposure is finite, the network never has to be asked candle by candle. Rows are evaluated
in blocks of a fixed shape, so that a candle's Q-values do not depend on how many follow it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numba
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from model_service.dqn.network import QNetwork
from model_service.trading.exposure import ACTION_COUNT, Action, ExposureLadder

BLOCK_CANDLES = 512

QFunction = Callable[[NDArray[np.float32]], NDArray[np.float32]]
"""Features (n, F) to Q-values (n, rungs, actions), or (members, n, rungs, actions)."""

_SELL, _HOLD, _BUY = int(Action.SELL), int(Action.HOLD), int(Action.BUY)


@dataclass(frozen=True)
class Decisions:
    """The agent's output per candle.

    Attributes
    ----------
    action : int64 array, shape (n,)
        Values of `Action`.
    rung : int64 array, shape (n,)
        Target rung after the decision.
    q : float32 array, shape (n, actions)
        Q-values at the rung before the decision, in the order of `Action`; NaN for impossible
        actions and during warm-up.
    """

    action: NDArray[np.int64]
    rung: NDArray[np.int64]
    q: NDArray[np.float32]


def make_q_function(network: QNetwork, feature_count: int) -> QFunction:
    """`mean_table` of what `make_member_function` gives."""
    member_tables = make_member_function(network, feature_count)

    def q_table(features: NDArray[np.float32]) -> NDArray[np.float32]:
        return mean_table(member_tables(features))

    return q_table


def mean_table(tables: NDArray[np.float32]) -> NDArray[np.float32]:
    """The Q table of an ensemble, (n, rungs, actions), of those of its members in their order."""
    table: NDArray[np.float32] = tables[0].copy()
    for other in tables[1:]:
        table += other
    table /= np.float32(tables.shape[0])
    return table


def make_member_function(network: QNetwork, feature_count: int) -> QFunction:
    """A function from the features (n, F) of any number of candles to (members, n, rungs, actions).

    The network is evaluated in blocks of fixed shape.
    """
    evaluate_block = tf.function(
        network.member_values,
        input_signature=[tf.TensorSpec((BLOCK_CANDLES, feature_count), tf.float32)],
    )

    def member_tables(features: NDArray[np.float32]) -> NDArray[np.float32]:
        count = features.shape[0]
        blocks = -(-count // BLOCK_CANDLES)
        padded = np.zeros((blocks * BLOCK_CANDLES, feature_count), np.float32)
        padded[:count] = features
        parts = [
            evaluate_block(padded[first : first + BLOCK_CANDLES]).numpy()
            for first in range(0, padded.shape[0], BLOCK_CANDLES)
        ]
        tables: NDArray[np.float32] = np.concatenate(parts, axis=1)[:, :count]
        return tables

    return member_tables


def walk(table: NDArray[np.float32], ladder: ExposureLadder, first: int) -> Decisions:
    """Follow the greedy policy through a Q table, starting flat.

    Parameters
    ----------
    table : float32 array, shape (n, rungs, actions)
    ladder : ExposureLadder
    first : int
        Index of the first candle to decide on; earlier ones hold, without Q-values.

    Notes
    -----
    Of equal Q-values hold wins, then sell.
    """
    count = table.shape[0]
    action = np.full(count, _HOLD, dtype=np.int64)
    rung = np.full(count, ladder.flat_rung, dtype=np.int64)
    q = np.full((count, ACTION_COUNT), np.nan, dtype=np.float32)
    _walk(table, ladder.next_rung, first, ladder.flat_rung, action, rung, q)
    return Decisions(action, rung, q)


@numba.njit(cache=True)
def _walk(
    table: NDArray[np.float32],
    next_rung: NDArray[np.int64],
    first: int,
    flat_rung: int,
    action: NDArray[np.int64],
    rung: NDArray[np.int64],
    q: NDArray[np.float32],
) -> None:
    """Fill `action`, `rung` and `q` from candle `first` on."""
    current = flat_rung
    for t in range(first, table.shape[0]):
        best = _HOLD
        for choice in (_SELL, _HOLD, _BUY):
            if next_rung[current, choice] < 0:
                continue
            q[t, choice] = table[t, current, choice]
            if table[t, current, choice] > table[t, current, best]:
                best = choice
        current = next_rung[current, best]
        action[t] = best
        rung[t] = current
