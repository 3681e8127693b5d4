import numpy as np
import pytest

from model_service.errors import InvalidRequest
from model_service.trading.exposure import IMPOSSIBLE, Action, ExposureLadder


def test_actions_move_one_rung_and_the_ends_have_none_beyond() -> None:
    ladder = ExposureLadder((0.0, 0.5, 1.0))
    assert ladder.next_rung.tolist() == [[IMPOSSIBLE, 0, 1], [0, 1, 2], [1, 2, IMPOSSIBLE]]
    assert ladder.possible.tolist() == [
        [False, True, True],
        [True, True, True],
        [True, True, False],
    ]


def test_columns_are_in_the_order_of_the_contract() -> None:
    assert [action.name for action in sorted(Action)] == ["SELL", "HOLD", "BUY"]


def test_default_ladder_is_out_or_in() -> None:
    np.testing.assert_array_equal(ExposureLadder().exposures, [0.0, 1.0])


def test_a_ladder_may_go_below_0_and_flat_is_where_0_stands() -> None:
    ladder = ExposureLadder((-1.0, -0.5, 0.0, 1.0))
    assert ladder.flat_rung == 2
    assert ladder.exposures[ladder.flat_rung] == 0.0
    assert ExposureLadder().flat_rung == 0


@pytest.mark.parametrize(
    "rungs",
    [
        (0.0,),
        (0.5, 1.0),
        (-1.0, 1.0),
        (0.0, 1.5),
        (-1.1, 0.0),
        (0.0, float("nan")),
        (0.0, 1.0, 1.0),
        (0.0, 0.7, 0.5),
        tuple(step / 10 for step in range(10)),
    ],
)
def test_other_ladders_are_refused(rungs: tuple[float, ...]) -> None:
    with pytest.raises(InvalidRequest) as refusal:
        ExposureLadder(rungs)
    assert refusal.value.field == "exposure_ladder"
