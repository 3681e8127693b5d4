"""Training: one compiled step, any number of times, resumable bit for bit."""

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
    """Trains a Q-network on full-information targets.

    Parameters
    ----------
    config : AgentConfig
    data : TrainingSet
        Copied to the device once.
    seed : int
        Of the initial weights and of the sampling.

    Notes
    -----
    The same configuration, data and seed give the same weights on the same processor family and
    library versions, whether or not the run was interrupted. The agent is the target network: a
    running average of the online one.
    """

    def __init__(self, config: AgentConfig, data: TrainingSet, seed: int) -> None:
        tf.config.experimental.enable_op_determinism()
        feature_count = data.features.shape[1]
        self.config = config
        self.step = 0
        self.online = QNetwork(config.network, config.ladder, feature_count, seed)
        self.target = QNetwork(config.network, config.ladder, feature_count, seed)
        learning = config.learning
        self._optimizer = keras.optimizers.AdamW(
            learning_rate=learning.learning_rate,
            weight_decay=learning.weight_decay,
            global_clipnorm=learning.gradient_norm,
        )
        self._optimizer.build(self.online.trainable_variables)
        self._generator = tf.random.Generator.from_seed(seed, alg="philox")
        self._features = tf.constant(data.features)
        self._rewards = tf.constant(data.rewards)
        self._samples = tf.constant(data.samples)
        possible = config.ladder.possible.astype(np.float32)
        self._loss_weights = tf.constant(possible / possible.sum())
        self._compiled_step = tf.function(self._train_step)

    def train(self, steps: int) -> float:
        """Take `steps` steps; returns the mean loss over them."""
        losses = [self._compiled_step() for _ in range(steps)]
        self.step += steps
        return float(tf.reduce_mean(tf.stack(losses)))

    def _train_step(self) -> tf.Tensor:
        learning = self.config.learning
        rows = self._sample()
        features = self._noisy(tf.gather(self._features, rows))
        following = self._noisy(tf.gather(self._features, rows + 1))
        targets = double_q_targets(
            tf.gather(self._rewards, rows),
            self.online(following),
            self.target(following),
            self.config.ladder,
            learning.discount,
        )
        with tf.GradientTape() as tape:
            errors = tf.square(self.online(features) - targets)
            loss = tf.reduce_mean(tf.reduce_sum(errors * self._loss_weights, axis=(1, 2)))
        variables = self.online.trainable_variables
        self._optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables, strict=True))
        for slow, fast in zip(self.target.weights, self.online.weights, strict=True):
            slow.assign(slow + learning.target_rate * (fast - slow))
        return loss

    def _sample(self) -> tf.Tensor:
        count = self._samples.shape[0]
        draws = self._generator.uniform(
            (self.config.learning.batch_candles,), 0, count, dtype=tf.int32
        )
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
