"""Training: one compiled step for all members, any number of times, resumable bit for bit."""

from __future__ import annotations

from dataclasses import dataclass

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from model_service.dqn.config import AgentConfig
from model_service.dqn.network import QNetwork
from model_service.dqn.samples import TrainingSet
from model_service.dqn.targets import double_q_targets


@dataclass(frozen=True)
class TrainerState:
    """All that the next step depends on, as arrays keyed by name and position."""

    step: int
    arrays: dict[str, NDArray[np.generic]]


class Trainer:
    """Trains the members of an agent, side by side, on full-information targets.

    Parameters
    ----------
    config : AgentConfig
    data : TrainingSet
        Copied to the device once.
    seed : int
        Of the initial weights (``seed * members + m`` for member m) and of the sampling.

    Notes
    -----
    Members share the candles and nothing else: each has its own first weights, samples, noise,
    targets and clipped gradient. The same configuration, data and seed give the same weights on
    the same processor family, library versions and number of threads (`threads.use_one_thread`),
    whether or not the run was interrupted. The agent is the target network: a running average of
    the online one.
    """

    def __init__(self, config: AgentConfig, data: TrainingSet, seed: int) -> None:
        tf.config.experimental.enable_op_determinism()
        feature_count = data.features.shape[1]
        self.config = config
        self.step = 0
        shape = (config.network, config.ladder, feature_count, seed, config.members)
        self.online = QNetwork(*shape)
        self.target = QNetwork(*shape)
        learning = config.learning
        self._optimizer = keras.optimizers.AdamW(
            learning_rate=learning.learning_rate, weight_decay=learning.weight_decay
        )
        self._optimizer.build([self.online.parameters])
        self._generator = tf.random.Generator.from_seed(seed, alg="philox")
        self._features = tf.constant(data.features)
        self._rewards = tf.constant(data.rewards)
        self._samples = tf.constant(data.samples)
        possible = config.ladder.possible.astype(np.float32)
        self._loss_weights = tf.constant((possible / possible.sum())[:, None, :])
        self._compiled_steps = tf.function(
            self._train_steps, input_signature=[tf.TensorSpec((), tf.int32)]
        )

    def train(self, steps: int) -> float:
        """Take `steps` steps; returns the mean loss over them and the members."""
        loss = self._compiled_steps(tf.constant(steps, tf.int32))
        self.step += steps
        return float(loss) / steps

    def _train_steps(self, steps: tf.Tensor) -> tf.Tensor:
        """The sum of the losses of some steps: a loop inside the graph costs no calls."""
        total = tf.constant(0.0)
        for _ in tf.range(steps):
            total += self._train_step()
        return total

    def _train_step(self) -> tf.Tensor:
        learning, members = self.config.learning, self.config.members
        rows = self._sample()
        features = self._noisy(tf.gather(self._features, rows))
        following = self._noisy(tf.gather(self._features, rows + 1))
        layers = self.online.split(self.online.parameters)
        targets = double_q_targets(
            tf.transpose(tf.gather(self._rewards, rows), (0, 2, 1, 3)),
            self.online.values_of(layers, following),
            self.target.values_of(self.target.split(self.target.parameters), following),
            self.config.ladder,
            learning.discount,
        )
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(layers)
            errors = tf.square(self.online.values_of(layers, features) - targets)
            losses = tf.reduce_sum(errors * self._loss_weights, axis=(1, 2, 3))
            # The sum over members keeps the gradient of each what it would be alone.
            loss = tf.reduce_sum(losses) / learning.batch_candles
        gradient = tf.concat(
            [tf.reshape(part, (members, -1)) for part in tape.gradient(loss, layers)], axis=1
        )
        clipped = tf.clip_by_norm(gradient, learning.gradient_norm, axes=[1])
        self._optimizer.apply([clipped], [self.online.parameters])
        slow, fast = self.target.parameters, self.online.parameters
        slow.assign(slow + learning.target_rate * (fast - slow))
        return loss / members

    def _sample(self) -> tf.Tensor:
        count = self._samples.shape[0]
        shape = (self.config.members, self.config.learning.batch_candles)
        draws = self._generator.uniform(shape, 0, count, dtype=tf.int32)
        return tf.gather(self._samples, draws)

    def _noisy(self, features: tf.Tensor) -> tf.Tensor:
        deviation = self.config.learning.input_noise
        if deviation == 0.0:
            return features
        return features + deviation * self._generator.normal(tf.shape(features))

    def state(self) -> TrainerState:
        """A copy of the state after the steps taken so far."""
        return TrainerState(
            self.step,
            {name: np.array(variable.numpy()) for name, variable in self._variables().items()},
        )

    def restore(self, state: TrainerState) -> None:
        """Go on from a state of a trainer with the same configuration, data and seed."""
        for name, variable in self._variables().items():
            variable.assign(state.arrays[name])
        self.step = state.step

    def _variables(self) -> dict[str, tf.Variable]:
        """Every variable that a step reads and writes; by position, for Keras' names change."""
        groups = {
            "online": self.online.weights,
            "target": self.target.weights,
            "optimizer": self._optimizer.variables,
            "generator": [self._generator.state],
        }
        return {
            f"{group}.{position}": variable
            for group, variables in groups.items()
            for position, variable in enumerate(variables)
        }
