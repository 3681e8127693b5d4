"""Times in many notations; expected values are worked out with the standard library."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from model_service.errors import UnreadableCsv
from model_service.market.ingest import Ingested, ingest_csv


def ingest(*times: str) -> Ingested:
    rows = (f'"{time}",{price}' for price, time in enumerate(times, 1))
    return ingest_csv(
        "\n".join(("Date;Close".replace(";", ","), *rows)).encode(), file_name="X.csv"
    )


def written(ingested: Ingested) -> list[str]:
    return [
        datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%d %H:%M:%S").removesuffix(" 00:00:00")
        for second in ingested.candles.time.tolist()
    ]


def kinds(ingested: Ingested) -> set[str]:
    return {issue.kind for issue in ingested.issues} - {"close_only", "no_volume"}


@pytest.mark.parametrize(
    "times",
    [
        ("2019-10-16", "2019-10-17"),
        ("2019/10/16", "2019/10/17"),
        ("2019.10.16", "2019.10.17"),
        ("20191016", "20191017"),
        ("10/16/2019", "10/17/2019"),
        ("16/10/2019", "17/10/2019"),
        ("16.10.2019", "17.10.2019"),
        ("16-10-19", "17-10-19"),
        ("Oct 16, 2019", "Oct 17, 2019"),
        ("October 16, 2019", "October 17, 2019"),
        ("Wed, Oct 16, 2019", "Thu, Oct 17, 2019"),
        ("16-Oct-2019", "17-Oct-2019"),
        ("16 Oct 19", "17 Oct 19"),
        ("2019-10-16 00:00:00", "2019-10-17 00:00:00"),
        ("2019-10-16T00:00:00.000Z", "2019-10-17T00:00:00.000Z"),
        ("2019-10-16 00:00:00+09:00", "2019-10-17 00:00:00+09:00"),
        ("2019-10-16 16:00:00-04:00", "2019-10-17 16:00:00-04:00"),
        ("2019-10-16 17:00", "2019-10-17 17:00"),
        ("1571184000", "1571270400"),
        ("1571184000000", "1571270400000"),
        ("1571184000000000", "1571270400000000"),
        ("1571184000000000000", "1571270400000000000"),
        ("1571232600", "1571319000"),  # 13:30 UTC, an exchange's open
        ("1571184000.0", "1571270400.0"),
        ("10/16/2019 4:00 PM", "10/17/2019 4:00 PM"),
    ],
)
def test_daily_candles_stand_on_their_session_date(times: tuple[str, str]) -> None:
    assert written(ingest(*times)) == ["2019-10-16", "2019-10-17"]


@pytest.mark.parametrize(
    ("times", "expected"),
    [
        (("2020-01-02 09:30", "2020-01-02 09:31"), ["2020-01-02 09:30:00", "2020-01-02 09:31:00"]),
        (("20200102 093000", "20200102 093100"), ["2020-01-02 09:30:00", "2020-01-02 09:31:00"]),
        (("20200102093000", "20200102093100"), ["2020-01-02 09:30:00", "2020-01-02 09:31:00"]),
        (("202001020930", "202001020931"), ["2020-01-02 09:30:00", "2020-01-02 09:31:00"]),
        (
            ("1/2/2020 9:30 AM", "1/2/2020 12:30 pm", "1/2/2020 12:05 a.m."),
            ["2020-01-02 00:05:00", "2020-01-02 09:30:00", "2020-01-02 12:30:00"],
        ),
        (
            ("2020-01-02T09:30:00.5-05:00", "2020-01-02T09:31:00-05:00"),
            ["2020-01-02 14:30:00", "2020-01-02 14:31:00"],
        ),
        (
            ("2020-01-02 09:30:00 EST", "2020-01-02 09:31:00 EST"),
            ["2020-01-02 14:30:00", "2020-01-02 14:31:00"],
        ),
        (
            ("Thu Jan 2 2020 09:30:00 GMT+0530", "Thu Jan 2 2020 09:31:00 GMT+0530"),
            ["2020-01-02 04:00:00", "2020-01-02 04:01:00"],
        ),
        (
            ("02/01/2020 23:00", "02/01/2020 24:00"),
            ["2020-02-01 23:00:00", "2020-02-02"],
        ),
        (  # the clocks go back: offsets change inside the file
            ("2024-10-25 15:00:00+01:00", "2024-10-25 16:00:00+01:00", "2024-10-29 15:00:00+00:00"),
            ["2024-10-25 14:00:00", "2024-10-25 15:00:00", "2024-10-29 15:00:00"],
        ),
    ],
)
def test_intraday_candles_are_in_utc(times: tuple[str, ...], expected: list[str]) -> None:
    assert written(ingest(*times)) == expected


def test_a_naive_time_of_day_is_taken_as_utc_and_that_is_said() -> None:
    assert "assumed_utc" in kinds(ingest("2020-01-02 09:30", "2020-01-02 09:31"))
    assert not kinds(ingest("2020-01-02T09:30:00Z", "2020-01-02T09:31:00Z"))


@pytest.mark.parametrize(
    ("times", "zone"),
    [
        (("2020-01-02T09:30:00Z", "2020-01-02T09:31:00Z"), "UTC"),
        (("2020-01-02T09:30:00+05:30", "2020-01-02T09:31:00+05:30"), "+05:30"),
        (("2024-10-25 15:00:00+01:00", "2024-10-29 15:00:00+00:00"), None),
        (("2020-01-02", "2020-01-03"), None),
    ],
)
def test_the_time_zone_of_the_file(times: tuple[str, str], zone: str | None) -> None:
    assert ingest(*times).candles.timezone == zone


def test_a_few_minutes_around_midnight_are_not_days() -> None:
    assert written(ingest("2020-01-02 23:59", "2020-01-03 00:01")) == [
        "2020-01-02 23:59:00",
        "2020-01-03 00:01:00",
    ]


def test_one_day_above_twelve_proves_the_day_first() -> None:
    ingested = ingest("01/02/2020", "03/02/2020", "13/02/2020")
    assert written(ingested) == ["2020-02-01", "2020-02-03", "2020-02-13"]
    assert kinds(ingested) == {"day_first_dates"}


def test_one_day_above_twelve_proves_the_month_first() -> None:
    ingested = ingest("02/01/2020", "02/03/2020", "02/13/2020")
    assert written(ingested) == ["2020-02-01", "2020-02-03", "2020-02-13"]
    assert kinds(ingested) == set()


def test_an_ambiguous_column_has_the_month_first_and_says_so() -> None:
    ingested = ingest("01/02/2020", "02/02/2020", "03/02/2020")
    assert written(ingested) == ["2020-01-02", "2020-02-02", "2020-03-02"]
    assert kinds(ingested) == {"ambiguous_dates"}


def test_the_only_order_that_sorts_an_ambiguous_column_counts() -> None:
    ingested = ingest("11/02/2020", "12/02/2020", "02/03/2020", "03/03/2020")
    assert written(ingested) == ["2020-02-11", "2020-02-12", "2020-03-02", "2020-03-03"]
    assert kinds(ingested) == {"ambiguous_dates"}


def test_ambiguous_dates_with_points_have_the_day_first() -> None:
    assert written(ingest("01.02.2020", "02.02.2020")) == ["2020-02-01", "2020-02-02"]


def test_cells_that_are_no_time_are_dropped_with_their_row() -> None:
    good = [f"2020-01-{day:02d}" for day in range(1, 20)]
    ingested = ingest(*good, "2020-02-30", "Total")
    assert len(ingested.candles) == 19
    dropped = [(i.row, i.action) for i in ingested.issues if i.kind == "unreadable_time"]
    assert dropped == [(21, "dropped"), (22, "dropped")]


@pytest.mark.parametrize(
    "times", [("0", "1", "2"), ("1", "60"), ("99999999999999999999", "1"), ("2020-13-01", "9-9-9")]
)
def test_counts_and_impossible_dates_are_no_times(times: tuple[str, ...]) -> None:
    with pytest.raises(UnreadableCsv) as refusal:
        ingest(*times)
    assert refusal.value.field
    assert refusal.value.row is not None


def test_date_and_clock_in_two_columns() -> None:
    data = b"<DATE>\t<TIME>\t<CLOSE>\n2020.01.02\t09:30:00\t1\n2020.01.02\t09:31:00\t2\n"
    assert written(ingest_csv(data, file_name="X.csv")) == [
        "2020-01-02 09:30:00",
        "2020-01-02 09:31:00",
    ]


def test_of_two_time_columns_the_finer_one_counts() -> None:
    data = (
        b'"time","timeDate","close"\n1539763200000,"2018-10-17",1\n1539766800000,"2018-10-17",2\n'
    )
    assert written(ingest_csv(data, file_name="X.csv")) == [
        "2018-10-17 08:00:00",
        "2018-10-17 09:00:00",
    ]
