import numpy as np
import pytest

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
    kernel, exposure_kernel, bias, head, head_bias = network.arrays()
    features = np.array([[0.3, -0.2], [1.0, 2.0]], np.float32)
    q = network(features).numpy()
    for rung, exposure in enumerate(LADDER.rungs):
        hidden = np.maximum(features @ kernel + exposure * exposure_kernel + bias, 0.0)
        out = hidden @ head + head_bias
        possible = LADDER.possible[rung]
        value, advantage = out[:, 0], out[:, 1:]
        expected = value[:, None] + advantage - advantage[:, possible].mean(axis=1, keepdims=True)
        np.testing.assert_allclose(q[:, rung], expected, rtol=1e-4, atol=1e-5)


def test_the_seed_fixes_the_weights() -> None:
    def weights(seed: int) -> list[np.ndarray]:
        return QNetwork(NetworkConfig((8, 4)), LADDER, 5, seed).arrays()

    for first, second in zip(weights(7), weights(7), strict=True):
        np.testing.assert_array_equal(first, second)
    assert any((a != b).any() for a, b in zip(weights(7), weights(8), strict=True))


def test_an_ensemble_is_the_mean_of_its_members() -> None:
    config = NetworkConfig((6, 5))
    ensemble = QNetwork(config, LADDER, feature_count=4, seed=2, members=3)
    features = np.random.default_rng(1).normal(size=(9, 4)).astype(np.float32)
    alone = [QNetwork(config, LADDER, 4, seed=2 * 3 + member) for member in range(3)]
    arrays = [array for network in alone for array in network.arrays()]
    for ours, theirs in zip(ensemble.arrays(), arrays, strict=True):
        np.testing.assert_array_equal(ours, theirs)
    values = np.stack([network(features).numpy() for network in alone])
    np.testing.assert_allclose(ensemble.member_values(features).numpy(), values, atol=1e-5)
    np.testing.assert_allclose(ensemble(features).numpy(), values.mean(axis=0), atol=1e-5)


def test_weights_of_fewer_members_are_refused() -> None:
    one = QNetwork(NetworkConfig((8,)), LADDER, 5, 0)
    two = QNetwork(NetworkConfig((8,)), LADDER, 5, 0, members=2)
    with pytest.raises(ValueError, match="shape"):
        two.load_arrays(one.arrays())
    with pytest.raises(ValueError, match="shape"):
        one.load_arrays(two.arrays())


def test_arrays_of_another_shape_are_refused() -> None:
    network = QNetwork(NetworkConfig((8,)), LADDER, 5, 0)
    with pytest.raises(ValueError, match="shape"):
        network.load_arrays([array[..., :1] for array in network.arrays()])
