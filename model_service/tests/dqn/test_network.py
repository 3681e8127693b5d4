import numpy as np
import pytest
import tensorflow as tf

from model_service.dqn.config import NetworkConfig
from model_service.dqn.network import QNetwork
from model_service.trading.exposure import ExposureLadder

LADDER = ExposureLadder((0.0, 0.5, 1.0))


def test_it_equals_dense_layers_on_features_with_the_exposure_appended() -> None:
    network = QNetwork(NetworkConfig((5, 4), dueling=False), LADDER, feature_count=3, seed=1)
    kernel, exposure_kernel, bias, hidden, hidden_bias, head, head_bias = network.arrays()
    bias[:] = np.linspace(-0.5, 0.5, 5)
    network.load_arrays([kernel, exposure_kernel, bias, hidden, hidden_bias, head, head_bias])
    features = np.random.default_rng(0).normal(size=(7, 3)).astype(np.float32)
    for rung, exposure in enumerate(LADDER.rungs):
        rows = np.hstack([features, np.full((7, 1), exposure, np.float32)])
        first = np.maximum(rows @ np.vstack([kernel, exposure_kernel]) + bias, 0.0)
        second = np.maximum(first @ hidden + hidden_bias, 0.0)
        np.testing.assert_allclose(
            network(features)[:, rung].numpy(), second @ head + head_bias, rtol=1e-5, atol=1e-6
        )


def test_a_dueling_head_centres_the_possible_advantages() -> None:
    network = QNetwork(NetworkConfig((4,), dueling=True), LADDER, feature_count=2, seed=3)
    features = tf.constant([[0.3, -0.2], [1.0, 2.0]])
    q = network(features).numpy()
    hidden = network.entry(features).numpy()
    kernel, bias = network.arrays()[-2:]
    out = hidden @ kernel + bias
    for rung in range(3):
        possible = LADDER.possible[rung]
        value, advantage = out[:, rung, 0], out[:, rung, 1:]
        expected = value[:, None] + advantage - advantage[:, possible].mean(axis=1, keepdims=True)
        np.testing.assert_allclose(q[:, rung], expected, rtol=1e-4, atol=1e-5)


def test_the_seed_fixes_the_weights() -> None:
    def weights(seed: int) -> list[np.ndarray]:
        return QNetwork(NetworkConfig((8, 4)), LADDER, 5, seed).arrays()

    for first, second in zip(weights(7), weights(7), strict=True):
        np.testing.assert_array_equal(first, second)
    assert any((a != b).any() for a, b in zip(weights(7), weights(8), strict=True))


def test_arrays_of_another_shape_are_refused() -> None:
    network = QNetwork(NetworkConfig((8,)), LADDER, 5, 0)
    with pytest.raises(ValueError, match="shape"):
        network.load_arrays([array[..., :1] for array in network.arrays()])
