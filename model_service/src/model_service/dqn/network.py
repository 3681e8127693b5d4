"""The Q-network: features of a candle in, Q-values of every rung and action out.

An agent may be an ensemble: networks of one shape from different seeds, whose Q-values are
averaged. Their weights lie in one matrix, a row a member, and every layer is one product for all
members at once: small networks spend their time on calls, not on arithmetic.

The market part of the input is the same for all rungs, so the first layer multiplies it once and
adds the contribution of each exposure; the result is that of a dense layer on the features with
the exposure appended (F + 1 inputs), at a fraction of the work.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from model_service.dqn.config import NetworkConfig
from model_service.trading.exposure import ACTION_COUNT, ExposureLadder

Weights = list[NDArray[np.float32]]

HEAD_SCALE = 0.01


def initial_weights(config: NetworkConfig, feature_count: int, seed: int) -> Weights:
    """Weights of one member before training.

    He-uniform kernels (He et al., 2015) and zero biases, in the order in which an agent stores
    them: kernel of the features (F, units), of the exposure (1, units), bias (units,), then kernel
    and bias of every later layer, the head last. The first two are one layer of F + 1 inputs. The
    head begins at `HEAD_SCALE` of its size: Q-values start near 0, for what a network says by
    chance at first takes longer to unlearn than the little that candles have to teach.
    """
    random = np.random.default_rng(seed)
    outputs = ACTION_COUNT + 1 if config.dueling else ACTION_COUNT
    widths = [feature_count + 1, *config.hidden, outputs]
    weights: Weights = []
    for inputs, units in pairwise(widths):
        bound = math.sqrt(6.0 / inputs)
        kernel = random.uniform(-bound, bound, (inputs, units)).astype(np.float32)
        weights += [kernel, np.zeros(units, np.float32)]
    weights[-2] *= np.float32(HEAD_SCALE)
    first = weights.pop(0)
    return [first[:-1], first[-1:], *weights]


class QNetwork(keras.Model):
    """Q-values of all rungs and actions.

    Parameters
    ----------
    config : NetworkConfig
    ladder : ExposureLadder
    feature_count : int
    seed : int
        Of the initial weights; member m uses ``seed * members + m``.
    members : int
        Networks in the ensemble.

    Notes
    -----
    Input float32 (batch, features), output float32 (batch, rungs, actions) with the actions in the
    order of `Action`: the mean over the members. Q-values of impossible actions are computed and
    mean nothing: who chooses masks them. Dueling head: Wang et al., 2016, with the mean over the
    possible actions.
    """

    def __init__(
        self,
        config: NetworkConfig,
        ladder: ExposureLadder,
        feature_count: int,
        seed: int,
        members: int = 1,
    ) -> None:
        super().__init__(name="q_network")
        self.members = members
        self.dueling = config.dueling
        drawn = [
            initial_weights(config, feature_count, seed * members + member)
            for member in range(members)
        ]
        self._shapes = [array.shape for array in drawn[0]]
        self._sizes = [math.prod(shape) for shape in self._shapes]
        self._exposures = tf.constant(ladder.exposures[:, None], dtype=tf.float32)
        possible = ladder.possible.astype(np.float32)
        self._advantage_weights = tf.constant(
            (possible / possible.sum(axis=1, keepdims=True))[:, None, :]
        )
        # Made here and not by `add_weight`: a Keras model without layers builds itself again.
        self.parameters = self.add_weight(
            name="parameters",
            shape=(members, sum(self._sizes)),
            initializer=keras.initializers.Constant(_rows(drawn)),
        )
        self.built = True

    def call(self, features: tf.Tensor) -> tf.Tensor:
        return tf.reduce_mean(self.member_values(features), axis=0)

    def member_values(self, features: tf.Tensor) -> tf.Tensor:
        """Q-values of every member, shape (members, batch, rungs, actions).

        `features` has shape (batch, F), or (members, batch, F) with rows of each member's own.
        """
        values = self.values_of(self.split(self.parameters), features)
        return tf.transpose(values, (0, 2, 1, 3))

    def split(self, parameters: tf.Tensor) -> list[tf.Tensor]:
        """The layers' weights, (members, ...) each, of a matrix (members, parameters)."""
        parts = tf.split(tf.convert_to_tensor(parameters), self._sizes, axis=1)
        return [
            tf.reshape(part, (self.members, *shape))
            for part, shape in zip(parts, self._shapes, strict=True)
        ]

    def values_of(self, layers: Sequence[tf.Tensor], features: tf.Tensor) -> tf.Tensor:
        """Q-values with given weights, shape (members, rungs, batch, actions)."""
        market_kernel, exposure_kernel, bias, *later = layers
        market = tf.matmul(features, market_kernel)
        shifts = tf.matmul(self._exposures, exposure_kernel) + bias[:, None, :]
        hidden = tf.nn.relu(market[:, None] + shifts[:, :, None, :])
        rungs, batch = hidden.shape[1], tf.shape(hidden)[2]
        hidden = tf.reshape(hidden, (self.members, rungs * batch, hidden.shape[3]))
        *inner, head_kernel, head_bias = later
        for kernel, shift in zip(inner[::2], inner[1::2], strict=True):
            hidden = tf.nn.relu(tf.matmul(hidden, kernel) + shift[:, None, :])
        out = tf.matmul(hidden, head_kernel) + head_bias[:, None, :]
        out = tf.reshape(out, (self.members, rungs, batch, out.shape[2]))
        if not self.dueling:
            return out
        value, advantage = out[..., :1], out[..., 1:]
        centre = tf.reduce_sum(advantage * self._advantage_weights, axis=-1, keepdims=True)
        return value + advantage - centre

    def arrays(self) -> Weights:
        """Copies of the weights in the order of `initial_weights`, member after member."""
        rows = np.array(self.parameters.numpy())
        stops = np.cumsum(self._sizes)[:-1]
        return [
            np.ascontiguousarray(part.reshape(shape))
            for row in rows
            for part, shape in zip(np.split(row, stops), self._shapes, strict=True)
        ]

    def load_arrays(self, arrays: Sequence[NDArray[np.float32]]) -> None:
        """Set the weights.

        Raises
        ------
        ValueError
            If number or shapes are not those of `arrays()`.
        """
        count = len(self._shapes)
        if [array.shape for array in arrays] != self._shapes * self.members:
            raise ValueError("The shape of the weights is not that of the network.")
        members = [list(arrays[first : first + count]) for first in range(0, len(arrays), count)]
        self.parameters.assign(_rows(members))


def _rows(members: Sequence[Weights]) -> NDArray[np.float32]:
    """Weights of all members as a matrix, a row a member."""
    return np.stack([np.concatenate([array.ravel() for array in arrays]) for arrays in members])
