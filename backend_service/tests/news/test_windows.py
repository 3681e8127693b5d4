"""Windows and their ends."""

from datetime import UTC, datetime

import pytest

from backend_service.errors import InvalidRequest
from backend_service.news.windows import end_at, read_as_of


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2019-12-31", datetime(2019, 12, 31, 23, 59, 59, tzinfo=UTC)),
        ("2019-12-31T21:00:00Z", datetime(2019, 12, 31, 21, tzinfo=UTC)),
        ("2019-12-31t21:00:00z", datetime(2019, 12, 31, 21, tzinfo=UTC)),
        ("2019-12-31T16:00:00-05:00", datetime(2019, 12, 31, 21, tzinfo=UTC)),
        ("2019-12-31T22:00:00 01:00", datetime(2019, 12, 31, 21, tzinfo=UTC)),
        ("2019-12-31T21:00:00.5Z", datetime(2019, 12, 31, 21, 0, 0, 500_000, tzinfo=UTC)),
    ],
)
def test_moments(text: str, moment: datetime) -> None:
    assert read_as_of(text) == moment


@pytest.mark.parametrize(
    "text",
    ["", "now", "2019-13-01", "31.12.2019", "2019-12-31T21:00:00", "0001-01-01T00:00:00+23:59"],
)
def test_what_is_no_moment_is_refused(text: str) -> None:
    with pytest.raises(InvalidRequest, match="as_of"):
        read_as_of(text)


def test_a_window_begins_with_a_day() -> None:
    end = datetime(2019, 12, 31, 21, tzinfo=UTC)
    window = end_at(end, 15)
    assert (window.start, window.end) == (datetime(2019, 12, 16, tzinfo=UTC), end)


def test_a_window_ends_where_time_begins() -> None:
    window = end_at(datetime(1, 1, 5, tzinfo=UTC), 36_500)
    assert window.start == datetime(1, 1, 1, tzinfo=UTC)
