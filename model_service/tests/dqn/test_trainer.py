from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from model_service.dqn.config import AgentConfig, LearningConfig, NetworkConfig
from model_service.dqn.members import make_network
from model_service.dqn.policy import make_q_function, walk
from model_service.dqn.samples import make_training_set
from model_service.dqn.targets import LAST_FILLS
from model_service.dqn.trainer import Trainer
from model_service.errors import TrainingDataError
from model_service.market.candles import Candles
from model_service.market.features import FeatureRecipe, compute_features
from model_service.trading.costs import Costs

RandomCandles = Callable[..., Candles]
FEATURES = FeatureRecipe(return_horizons=(1, 2), range_windows=(5,), volatility_candles=10)
CONFIG = AgentConfig(
    features=FEATURES,
    network=NetworkConfig((16, 8)),
    learning=LearningConfig(batch_candles=64, learning_rate=3e-3, input_noise=0.1),
)


def test_samples_are_warmed_up_and_end_before_the_last_fills(
    random_candles: RandomCandles,
) -> None:
    series = [random_candles(100, 0, "A"), random_candles(50, 1, "B")]
    data = make_training_set(series, CONFIG)
    first = FEATURES.warm_up_candles
    expected = [*range(first, 100 - LAST_FILLS), *range(100 + first, 150 - LAST_FILLS)]
    assert data.samples.tolist() == expected
    assert data.features.shape == (150, len(FEATURES.names))


def test_too_few_candles_are_refused(random_candles: RandomCandles) -> None:
    with pytest.raises(TrainingDataError) as refusal:
        make_training_set([random_candles(10)], CONFIG)
    assert refusal.value.field == "data"


@pytest.mark.parametrize("members", [1, 3])
def test_an_interrupted_run_ends_with_the_same_bits(
    random_candles: RandomCandles, members: int
) -> None:
    config = replace(CONFIG, members=members)
    data = make_training_set([random_candles(300)], config)
    straight = Trainer(config, data, seed=5)
    straight.train(40)
    interrupted = Trainer(config, data, seed=5)
    interrupted.train(17)
    state = interrupted.state()
    interrupted.train(9)  # steps after the state was saved are lost
    resumed = Trainer(config, data, seed=5)
    resumed.restore(state)
    resumed.train(23)
    assert resumed.step == straight.step
    left, right = straight.state(), resumed.state()
    assert left.arrays.keys() == right.arrays.keys()
    for name, array in left.arrays.items():
        np.testing.assert_array_equal(array, right.arrays[name], err_msg=name)


def test_another_seed_is_another_run(random_candles: RandomCandles) -> None:
    data = make_training_set([random_candles(300)], CONFIG)
    first, second = Trainer(CONFIG, data, 0), Trainer(CONFIG, data, 1)
    first.train(3)
    second.train(3)
    assert any(
        (a != b).any() for a, b in zip(first.target.arrays(), second.target.arrays(), strict=True)
    )


def test_one_step_of_a_member_by_hand(random_candles: RandomCandles) -> None:
    """Without discount the target is the reward, and the first step of Adam is the sign."""
    learning = LearningConfig(
        batch_candles=4_096, learning_rate=1e-3, weight_decay=0.0, discount=0.0, input_noise=0.0
    )
    config = replace(CONFIG, learning=learning, members=2)
    data = make_training_set([random_candles(60)], config)
    trainer = Trainer(config, data, seed=1)
    before = trainer.online.arrays()
    trainer.train(1)
    rows = data.features[data.samples]
    size = len(before) // 2
    for member in range(2):
        arrays = before[member * size : (member + 1) * size]
        network = make_network(replace(config, members=1), arrays)
        errors = network(rows).numpy() - data.rewards[data.samples]
        # The gradient of the last bias of a dueling head: its value unit is in every Q-value.
        possible = config.ladder.possible
        value_gradient = errors[:, possible].sum()
        moved = trainer.online.arrays()[member * size + size - 1][0] - arrays[-1][0]
        assert moved == pytest.approx(-1e-3 * np.sign(value_gradient), rel=1e-2)


def test_members_learn_apart(random_candles: RandomCandles) -> None:
    config = replace(CONFIG, members=2)
    data = make_training_set([random_candles(300)], config)
    trainer = Trainer(config, data, 0)
    trainer.train(3)
    arrays = trainer.target.arrays()
    half = len(arrays) // 2
    for first, second in zip(arrays[:half:2], arrays[half::2], strict=True):
        assert (first != second).any()


def test_a_network_is_made_again_from_its_weights(random_candles: RandomCandles) -> None:
    config = replace(CONFIG, members=2)
    data = make_training_set([random_candles(300)], config)
    trainer = Trainer(config, data, 4)
    trainer.train(3)
    rows = data.features[:5]
    np.testing.assert_array_equal(
        make_network(config, trainer.target.arrays())(rows).numpy(), trainer.target(rows).numpy()
    )


def test_it_learns_a_market_that_can_be_learned() -> None:
    """Prices that alternate in runs of five: an agent that sees returns must beat holding."""
    steps = np.tile(np.repeat([0.02, -0.02], 5), 60)
    close = 100.0 * np.exp(np.cumsum(steps))
    series = Candles(
        "WAVE",
        np.arange(600, dtype=np.int64) * 86_400,
        close,
        close * 1.001,
        close * 0.999,
        close,
        np.ones(600),
    )
    config = AgentConfig(
        features=FeatureRecipe(
            return_horizons=(1, 2, 3, 4, 5),
            range_windows=(5,),
            volatility_candles=10,
            calendar=False,
        ),
        network=NetworkConfig((32, 16)),
        learning=LearningConfig(
            batch_candles=128, learning_rate=3e-3, target_rate=0.02, input_noise=0.0
        ),
        costs=Costs(commission_bps=10.0),
    )
    data = make_training_set([series.slice(0, 400)], config)
    trainer = Trainer(config, data, seed=0)
    trainer.train(600)
    features = compute_features(series, config.features)
    table = make_q_function(trainer.target, features.shape[1])(features)
    decisions = walk(table, config.ladder, 400)
    held = decisions.rung[400:-2].astype(bool)
    # A decision at t earns the step from the fill at t + 1 to t + 2.
    earned = steps[402:600][held].sum()
    assert earned > 0.6 * steps[402:600].clip(min=0.0).sum()
