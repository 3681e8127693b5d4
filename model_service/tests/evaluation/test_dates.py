import pytest

from model_service.evaluation.dates import date_of


@pytest.mark.parametrize(
    ("time", "date"),
    [(1_577_836_799, "2019-12-31"), (1_577_836_800, "2020-01-01"), (-1, "1969-12-31")],
)
def test_a_date_ends_with_its_last_second(time: int, date: str) -> None:
    assert date_of(time) == date
