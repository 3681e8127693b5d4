"""From a folder to a plan: which files each protocol reads, and what it refuses."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from model_service.errors import TrainingDataError, UnreadableCsv
from model_service.evaluation.protocols.walk_forward import Windows
from model_service.experiments.evaluation_plan import PlanRequest, read_plan

WINDOWS = Windows(train_candles=100, validation_candles=20, test_candles=100, purge_candles=5)


@pytest.fixture
def folder(write_protocol_folder: Callable[[Path], Path], tmp_path: Path) -> Path:
    return write_protocol_folder(tmp_path / "data")


def walk_forward(folder: Path, symbols: frozenset[str] | None = None) -> PlanRequest:
    return PlanRequest("walk-forward", folder, symbols, WINDOWS, "next_close")


def replace_lines(path: Path, change: Callable[[list[str]], list[str]]) -> None:
    head, *rows = path.read_text().splitlines()
    path.write_text("\n".join([head, *change(rows)]) + "\n")


def test_the_tdqn_protocol_reads_its_two_files_a_symbol(folder: Path) -> None:
    (folder / "ALPHA.csv").write_text("nothing of this is read")
    plan = read_plan(PlanRequest("tdqn", folder))
    assert [symbol.symbol for symbol in plan.symbols] == ["ALPHA", "BETA"]
    assert [len(symbol.test) for symbol in plan.symbols] == [130, 130]
    train = plan.folds[0].of("ALPHA").train
    assert train is not None
    assert len(train) == 260


def test_walk_forward_joins_the_files_of_a_symbol_and_leaves_others(folder: Path) -> None:
    (folder / "expected.csv").write_text("nothing of this is read")
    plan = read_plan(walk_forward(folder))
    assert [symbol.symbol for symbol in plan.symbols] == ["ALPHA", "BETA"]
    # 130 candles come before the first test: 100, two gaps of 5, and 20.
    assert [len(symbol.test) for symbol in plan.symbols] == [260, 260]
    assert plan.folds[2].of("BETA").first == 330
    assert plan.fill == "next_close"


def test_walk_forward_takes_a_folder_of_other_names_as_it_is(folder: Path) -> None:
    for path in folder.iterdir():
        path.rename(folder / path.name.replace("_2012-1-1_2018-1-1", "").replace("_2020-1-1", ""))
    (folder / "ALPHA_2018-1-1.csv").unlink()
    (folder / "BETA_2018-1-1.csv").unlink()
    plan = read_plan(walk_forward(folder))
    assert [symbol.symbol for symbol in plan.symbols] == ["ALPHA", "BETA"]
    assert len(plan.symbols[0].averaged) == 260


@pytest.mark.parametrize("protocol", ["tdqn", "walk-forward"])
def test_only_the_symbols_that_are_asked_for(folder: Path, protocol: str) -> None:
    only = PlanRequest(protocol, folder, frozenset({"BETA"}), WINDOWS)
    assert [symbol.symbol for symbol in read_plan(only).symbols] == ["BETA"]
    unknown = PlanRequest(protocol, folder, frozenset({"BETA", "GAMMA"}), WINDOWS)
    with pytest.raises(TrainingDataError, match="of GAMMA") as caught:
        read_plan(unknown)
    assert caught.value.field == "symbols"


@pytest.mark.parametrize("protocol", ["tdqn", "walk-forward"])
def test_a_folder_that_is_not_there_or_empty_is_refused(tmp_path: Path, protocol: str) -> None:
    for folder in (tmp_path / "none", tmp_path):
        with pytest.raises(TrainingDataError) as caught:
            read_plan(PlanRequest(protocol, folder))
        assert caught.value.field == "data"


@pytest.mark.parametrize("protocol", ["tdqn", "walk-forward"])
def test_files_that_share_dates_count_them_once(folder: Path, protocol: str) -> None:
    """The training file repeats the first three test dates, at other prices."""
    train, test = folder / "ALPHA_2012-1-1_2018-1-1.csv", folder / "ALPHA_2018-1-1_2020-1-1.csv"
    repeated = [
        ",".join([line.split(",")[0], "9.0", "9.0", "9.0", "9.0", "1"])
        for line in test.read_text().splitlines()[1:4]
    ]
    replace_lines(train, lambda rows: rows + repeated)
    plan = read_plan(PlanRequest(protocol, folder, None, WINDOWS))
    alpha = plan.symbols[0]
    history = alpha.history
    assert history is not None
    joined = np.concatenate([history.time, alpha.test.time])
    assert (np.diff(joined) > 0).all()
    assert joined.shape == (390,)
    if protocol == "tdqn":
        assert 9.0 not in alpha.test.close
        known = plan.folds[0].of("ALPHA").known
        assert known is not None
        assert (known.close == 9.0).sum() == 3
        learned = plan.folds[0].of("ALPHA").train
        assert learned is not None
        assert 9.0 not in learned.close


@pytest.mark.parametrize("protocol", ["tdqn", "walk-forward"])
def test_missing_days_and_days_without_volume_are_taken(folder: Path, protocol: str) -> None:
    def damage(rows: list[str]) -> list[str]:
        cells = [row.split(",") for row in rows[:40] + rows[50:]]
        for row in (60, 61):
            cells[row][5] = "0"
        return [",".join(row) for row in cells]

    replace_lines(folder / "BETA_2018-1-1_2020-1-1.csv", damage)
    plan = read_plan(PlanRequest(protocol, folder, None, WINDOWS))
    beta = plan.symbols[1]
    assert len(plan.symbols[0].test) - len(beta.test) == 10
    assert (~plan.can_trade(beta.test)).sum() == (0 if protocol == "tdqn" else 2)
    for fold, first, stop in beta.stretches():
        one = plan.folds[fold].of("BETA")
        assert one.scored is not None
        assert len(one.scored) - one.first == stop - first


def test_too_few_candles_are_refused_with_symbol_and_date(folder: Path) -> None:
    replace_lines(folder / "BETA_2012-1-1_2018-1-1.csv", lambda rows: rows[:50])
    with pytest.raises(TrainingDataError, match=r"BETA has 50 candles from 2017-01-02"):
        read_plan(PlanRequest("tdqn", folder))
    (folder / "BETA_2018-1-1_2020-1-1.csv").unlink()
    with pytest.raises(TrainingDataError, match=r"BETA has 0 candles between 2017-07-03 and 2018"):
        read_plan(walk_forward(folder))


@pytest.mark.parametrize("protocol", ["tdqn", "walk-forward"])
def test_a_file_that_cannot_be_read_is_named(folder: Path, protocol: str) -> None:
    replace_lines(folder / "BETA_2018-1-1_2020-1-1.csv", lambda _: [])
    with pytest.raises(UnreadableCsv, match=r"BETA_2018-1-1_2020-1-1\.csv: "):
        read_plan(PlanRequest(protocol, folder, None, WINDOWS))
