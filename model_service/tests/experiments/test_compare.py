import datetime as dt
import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from model_service.dqn.config import AgentConfig, LearningConfig, NetworkConfig
from model_service.errors import BellwetherError, InvalidRequest
from model_service.evaluation.protocols.tdqn import STATE_CANDLES
from model_service.experiments.compare import (
    FOLDS,
    LAST_DAY,
    Fold,
    Unit,
    compare,
    may_open,
    run_unit,
    score,
)
from model_service.experiments.training_config import TrainingConfig
from model_service.market.candles import Candles
from model_service.market.features import FeatureRecipe

TRAINING = TrainingConfig(
    agent=AgentConfig(
        features=FeatureRecipe(return_horizons=(1, 2), range_windows=(5,), volatility_candles=10),
        network=NetworkConfig((8,)),
        learning=LearningConfig(batch_candles=32),
        fill="next_close",
        members=2,
    ),
    steps=5,
)
FOLD = Fold(dt.date(2010, 10, 1), dt.date(2011, 3, 1))


def write_candles(path: Path, candles: Candles) -> None:
    lines = ["Date,Open,High,Low,Close,Volume"]
    for t in range(len(candles)):
        day = dt.datetime.fromtimestamp(int(candles.time[t]), dt.UTC).date()
        row = (candles.open, candles.high, candles.low, candles.close, candles.volume)
        lines.append(",".join([str(day), *(str(column[t]) for column in row)]))
    path.write_text("\n".join(lines) + "\n")


@pytest.fixture
def folder(random_candles: Callable[..., Candles], tmp_path: Path) -> Path:
    for seed, symbol in enumerate(("A", "B")):
        write_candles(tmp_path / f"{symbol}_2010-1-1_2012-1-1.csv", random_candles(450, seed))
    return tmp_path


def test_a_score_by_hand() -> None:
    """A price that doubles after the flat candles, bought by both a candle after they may."""
    close = np.full(40, 100.0)
    close[35:] = 200.0
    candles = Candles(
        "X", np.arange(40, dtype=np.int64) * 86_400, close, close, close, close, np.zeros(40)
    )
    exposure = np.zeros(40)
    exposure[STATE_CANDLES + 1 :] = 1.0
    result = score(candles, 0, exposure)
    shares = math.floor(100_000 / (100 * 1.001))
    cost = shares * 100 * 0.001
    after = 100_000 - cost
    returns = np.zeros(40)
    returns[STATE_CANDLES + 2] = -cost / 100_000
    returns[35] = shares * 100 / after
    expected = math.sqrt(252) * returns.mean() / returns.std(ddof=1)
    assert result.sharpe == pytest.approx(expected)
    assert result.total == pytest.approx((shares * 100 - cost) / 100_000)
    assert result.fills == 1
    # Buy and hold does the same a candle earlier.
    assert result.buy_and_hold == pytest.approx(expected)


def test_nothing_that_begins_after_the_last_day_is_opened(folder: Path) -> None:
    sealed = folder / "A_2018-1-1_2020-1-1.csv"
    sealed.write_text("this would be refused")
    assert not may_open(sealed)
    assert may_open(folder / "A_2010-1-1_2012-1-1.csv")
    assert may_open(folder / "NHPC.csv")
    run = run_unit(Unit((folder, sealed), 0, TRAINING, FOLD, 0))
    assert run.symbols == 2


def test_folds_stay_before_the_sealed_years() -> None:
    assert all(fold.validation_end <= LAST_DAY for fold in FOLDS)
    with pytest.raises(InvalidRequest) as refusal:
        Fold(dt.date(2017, 12, 31), dt.date(2018, 1, 1))
    assert refusal.value.field == "fold"


def test_candles_after_a_fold_change_nothing(
    folder: Path, random_candles: Callable[..., Candles], tmp_path_factory: pytest.TempPathFactory
) -> None:
    cut = tmp_path_factory.mktemp("cut")
    stop = FOLD.split.validation_end
    for seed, symbol in enumerate(("A", "B")):
        candles = random_candles(450, seed)
        known = candles.slice(0, int(np.searchsorted(candles.time, stop, side="right")))
        write_candles(cut / f"{symbol}_2010-1-1_2012-1-1.csv", known)
    whole = run_unit(Unit((folder,), 0, TRAINING, FOLD, 3))
    same = run_unit(Unit((cut,), 0, TRAINING, FOLD, 3))
    assert vars(whole) | {"seconds": 0} == vars(same) | {"seconds": 0}


def test_processes_give_what_one_gives(folder: Path) -> None:
    done = list(compare([folder], [TRAINING], [0, 1], folds=[FOLD], jobs=2))
    assert sorted((place, run.seed) for place, run in done) == [(0, 0), (0, 1)]
    again = {run.seed: run for _, run in compare([folder], [TRAINING], [0], folds=[FOLD])}
    first = next(run for _, run in done if run.seed == 0)
    assert vars(first) | {"seconds": 0} == vars(again[0]) | {"seconds": 0}


def test_a_unit_that_is_refused_stops_the_comparison(tmp_path: Path) -> None:
    with pytest.raises(BellwetherError):
        list(compare([tmp_path], [TRAINING], [0], folds=[FOLD]))
