import json
from dataclasses import replace
from pathlib import Path

import pytest

from model_service.errors import InvalidRequest
from model_service.evaluation.configurations import (
    ComparedRun,
    Configuration,
    Register,
    read_register,
    write_register,
)

RUN = ComparedRun("2013-12-31/2015-12-31", 0, 20, 0.5, 0.4, 0.1, 0.9, 12.0, 3.0)
FIRST = Configuration("first", 100, {"members": 1})
SECOND = Configuration("second", 100, {"members": 2})


def test_it_counts_configurations_and_their_variance() -> None:
    register = Register().with_run(FIRST, RUN).with_run(FIRST, replace(RUN, seed=1, sharpe=0.7))
    register = register.with_run(SECOND, replace(RUN, sharpe=1.0, buy_and_hold_sharpe=1.2))
    assert register.count == 2
    # Means 0.6 and 1.0; over buy and hold 0.2 and -0.2.
    assert register.sharpe_variance == pytest.approx(0.08)
    assert register.excess_variance == pytest.approx(0.08)
    assert [one.mean_excess for one in register.configurations] == pytest.approx([0.2, -0.2])


def test_the_same_run_again_replaces_the_earlier() -> None:
    register = Register().with_run(FIRST, RUN).with_run(FIRST, replace(RUN, sharpe=0.9))
    assert [run.sharpe for run in register.configurations[0].runs] == [0.9]


def test_other_steps_are_another_configuration() -> None:
    register = Register().with_run(FIRST, RUN).with_run(replace(FIRST, steps=200), RUN)
    assert register.count == 2


def test_a_register_survives_its_file(tmp_path: Path) -> None:
    path = tmp_path / "configurations.json"
    assert read_register(path) == Register()
    old = replace(RUN, seed=1, total_return_fraction=None, seconds=None)
    register = Register().with_run(FIRST, RUN).with_run(SECOND, RUN).with_run(SECOND, old)
    write_register(path, register)
    assert read_register(path) == register
    content = json.loads(path.read_text())
    assert content["count"] == 2
    assert [one["id"] for one in content["configurations"]] == [FIRST.id, SECOND.id]
    assert [file.name for file in tmp_path.iterdir()] == ["configurations.json"]


@pytest.mark.parametrize("text", ["", "{}", '{"schema_version": 1}', "[]"])
def test_another_file_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "register.json"
    path.write_text(text)
    with pytest.raises(InvalidRequest, match=r"register\.json"):
        read_register(path)
