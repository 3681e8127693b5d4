"""The Q-network: features of a candle in, Q-values of every rung and action out.

The market part of the input is the same for all rungs, so the first layer multiplies it once and
adds the contribution of each exposure; the result is that of a dense layer on the features with
the exposure appended (F + 1 inputs), at a fraction of the work.
"""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from model_service.dqn.config import NetworkConfig
from model_service.trading.exposure import ACTION_COUNT, ExposureLadder


class MarketAndExposure(keras.layers.Layer):
    """Dense layer with ReLU on [features, exposure], for all exposures of a ladder at once.

    Input (batch, F); output (batch, rungs, units).
    """

    def __init__(self, units: int, exposures: NDArray[np.float64], seed: int) -> None:
        super().__init__(name="market_and_exposure")
        self.units = units
        self.seed = seed
        self.exposures = tf.constant(exposures[:, None], dtype=tf.float32)

    def build(self, input_shape: tuple[int, ...]) -> None:
        features = input_shape[-1]
        initial = keras.initializers.HeUniform(seed=self.seed)
        kernel = np.asarray(initial((features + 1, self.units)))
        self.market_kernel = self._weight("market_kernel", kernel[:-1])
        self.exposure_kernel = self._weight("exposure_kernel", kernel[-1:])
        self.bias = self._weight("bias", np.zeros(self.units, np.float32))

    def _weight(self, name: str, value: NDArray[np.float32]) -> Any:
        return self.add_weight(
            name=name, shape=value.shape, initializer=keras.initializers.Constant(value)
        )

    def call(self, features: tf.Tensor) -> tf.Tensor:
        return tf.stack(self.per_rung(features), axis=1)

    def per_rung(self, features: tf.Tensor) -> list[tf.Tensor]:
        """The output rung by rung, (batch, units) each.

        A network goes on with these: broadcasting over a third axis, and copying the rungs into
        one tensor, take TensorFlow longer than one product a rung does.
        """
        market = tf.matmul(features, self.market_kernel)
        shifts = tf.unstack(tf.matmul(self.exposures, self.exposure_kernel) + self.bias)
        return [tf.nn.relu(market + shift) for shift in shifts]


class QNetwork(keras.Model):
    """Q-values of all rungs and actions.

    Parameters
    ----------
    config : NetworkConfig
    ladder : ExposureLadder
    feature_count : int
    seed : int
        Of the initial weights; layer i uses seed + i.

    Notes
    -----
    Input float32 (batch, features), output float32 (batch, rungs, actions) with the actions in the
    order of `Action`. Q-values of impossible actions are computed and mean nothing: who chooses
    masks them. Dueling head: Wang et al., 2016, with the mean over the possible actions.
    """

    def __init__(
        self, config: NetworkConfig, ladder: ExposureLadder, feature_count: int, seed: int
    ) -> None:
        super().__init__(name="q_network")
        self.entry = MarketAndExposure(config.hidden[0], ladder.exposures, seed)
        self.hidden = [
            keras.layers.Dense(
                units,
                activation="relu",
                kernel_initializer=keras.initializers.HeUniform(seed=seed + depth),
                name=f"hidden_{depth}",
            )
            for depth, units in enumerate(config.hidden[1:], start=1)
        ]
        outputs = ACTION_COUNT + 1 if config.dueling else ACTION_COUNT
        self.head = keras.layers.Dense(
            outputs,
            kernel_initializer=keras.initializers.HeUniform(seed=seed + len(config.hidden)),
            name="head",
        )
        self.dueling = config.dueling
        possible = ladder.possible.astype(np.float32)
        self.advantage_weights = tf.constant(possible / possible.sum(axis=1, keepdims=True))
        self.entry.build((1, feature_count))
        self(tf.zeros((1, feature_count)))

    def call(self, features: tf.Tensor) -> tf.Tensor:
        out = tf.stack([self._later(hidden) for hidden in self.entry.per_rung(features)], axis=1)
        if not self.dueling:
            return out
        value, advantage = out[..., :1], out[..., 1:]
        centre = tf.reduce_sum(advantage * self.advantage_weights, axis=-1, keepdims=True)
        return value + advantage - centre

    def _later(self, hidden: tf.Tensor) -> tf.Tensor:
        for layer in self.hidden:
            hidden = layer(hidden)
        return self.head(hidden)

    def arrays(self) -> list[NDArray[np.float32]]:
        """Copies of the weights, in the order in which they were made."""
        return [np.array(variable.numpy()) for variable in self.weights]

    def load_arrays(self, arrays: list[NDArray[np.float32]]) -> None:
        """Set the weights; shapes must be those of `arrays()`."""
        self.set_weights(arrays)
