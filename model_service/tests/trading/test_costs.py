import pytest

from model_service.errors import InvalidRequest
from model_service.trading.costs import Costs


def test_fractions_and_growth() -> None:
    costs = Costs(commission_bps=10.0, slippage_bps=20.0)
    assert costs.commission == pytest.approx(0.001)
    assert costs.slippage == pytest.approx(0.002)
    assert costs.buy_growth == pytest.approx(1.0 / (1.002 * 1.001))
    assert costs.sell_growth == pytest.approx(0.998 * 0.999)


@pytest.mark.parametrize("field", ["commission_bps", "slippage_bps"])
@pytest.mark.parametrize("value", [-0.1, 1000.1, float("nan"), float("inf")])
def test_impossible_costs_are_refused_by_name(field: str, value: float) -> None:
    with pytest.raises(InvalidRequest) as refusal:
        Costs(**{field: value})
    assert refusal.value.field == field
