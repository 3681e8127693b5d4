import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest

from model_service.errors import InvalidRequest
from model_service.experiments.training_config import (
    SplitConfig,
    TrainingConfig,
    read_training_config,
)
from model_service.market.candles import Candles


def read(tmp_path: Path, text: str) -> TrainingConfig:
    path = tmp_path / "agent.toml"
    path.write_text(text)
    return read_training_config(path)


def test_what_a_file_leaves_out_has_its_default(tmp_path: Path) -> None:
    assert read(tmp_path, "") == TrainingConfig()
    config = read(
        tmp_path,
        "steps = 70\nmembers = 4\n[learning]\ndiscount = 0.5\n[split]\n"
        "train_end = 2015-12-31\nvalidation_end = 2017-12-31\n",
    )
    assert config.agent.learning.discount == 0.5
    assert (config.steps, config.agent.members) == (70, 4)
    assert config.split.train_end == dt.date(2015, 12, 31)


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("[learning", "config"),
        ("[lerning]\n", "lerning"),
        ("[split]\ntrain_end = 2015-12-31\n", "split"),
        ("[split]\ntrain_fraction = 0.0\n", "split"),
        ("[split]\nhalf = 0.5\n", "split"),
        ("steps = 0\n", "steps"),
        ("steps = 1.5\n", "steps"),
        ("members = 0\n", "members"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, text: str, field: str) -> None:
    with pytest.raises(InvalidRequest) as refusal:
        read(tmp_path, text)
    assert refusal.value.field == field


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidRequest, match=r"none\.toml"):
        read_training_config(tmp_path / "none.toml")


def test_dates_include_their_day(random_candles: Callable[..., Candles]) -> None:
    split = SplitConfig(dt.date(2010, 1, 10), dt.date(2010, 1, 20)).of([])
    candles = random_candles(100)  # from 2010-01-04, daily
    train = split.train(candles)
    assert train is not None
    assert len(train) == 7
