"""Which rows are dropped, filled or put in order, and how that is reported."""

from __future__ import annotations

import pytest

from model_service.errors import UnreadableCsv
from model_service.market.ingest import Ingested, ingest_csv

HEADER = "Date,Open,High,Low,Close,Volume"


def ingest(*rows: str, header: str = HEADER) -> Ingested:
    return ingest_csv("\n".join((header, *rows)).encode(), file_name="X.csv")


def good(count: int, first: int = 1) -> list[str]:
    return [f"2020-01-{day:02d},10,12,9,11,100" for day in range(first, first + count)]


def noted(ingested: Ingested) -> list[tuple[int, str, str]]:
    return [(issue.row, issue.kind, issue.action) for issue in ingested.issues]


def test_clean_candles_have_no_issues() -> None:
    assert ingest(*good(5)).issues == ()


@pytest.mark.parametrize(
    ("row", "kind"),
    [
        ("", None),
        ("   ", None),
        (",,,,,", "blank_row"),
        ("2020-01-30,,,,,", "blank_row"),
        ("2020-01-30,null,null,null,null,null", "blank_row"),
        ("2020-01-30,0.77 Dividend,,,,", "dividend_row"),
        ("2020-01-30,10,12,9,-,100", "missing_price"),
        ("2020-01-30,10,12,9,NaN,100", "missing_price"),
        ("2020-01-30,10,12,9,0,100", "zero_price"),
        ("2020-01-30,0,0,0,0,0", "zero_price"),
        ("2020-01-30,10,12,9,-11,100", "impossible_price"),
        ("2020-01-30,10,12,-9,11,100", "impossible_price"),
        ("2020-01-30,10,inf,9,11,100", "impossible_price"),
        ("2020-01-30,10,1e300,9,11,100", "impossible_price"),
        ("2020-01-30,10,9,12,11,100", "impossible_range"),
        ("2020-01-30,10,12,9,abc,100", "unreadable_number"),
        ("2020-01-30,10,1.2.3,9,11,100", "unreadable_number"),
        ("soon,10,12,9,11,100", "unreadable_time"),
        ("2020-01-30,10,12,9", "ragged_row"),
        ("2020-01-30,10,12,9,11,100,7", "ragged_row"),
        ("Source: somewhere", "ragged_row"),
    ],
)
def test_rows_that_are_no_candles_are_dropped_with_their_line(row: str, kind: str | None) -> None:
    ingested = ingest(*good(3), row, *good(3, first=4))
    assert len(ingested.candles) == 6
    assert ingested.table.num_rows == 6
    assert noted(ingested) == ([(5, kind, "dropped")] if kind else [])


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("2020-01-30,,12,9,11,100", (11, 12, 9, 11)),
        ("2020-01-30,0,12,9,11,100", (11, 12, 9, 11)),
        ("2020-01-30,10,null,9,11,100", (10, 11, 9, 11)),
        ("2020-01-30,10,12,0,11,100", (10, 12, 10, 11)),
        ("2020-01-30,0,0,0,11,100", (11, 11, 11, 11)),
    ],
)
def test_gaps_inside_a_row_are_filled_from_the_row(row: str, expected: tuple[int, ...]) -> None:
    ingested = ingest(*good(2), row)
    candles = ingested.candles
    last = tuple(float(getattr(candles, name)[-1]) for name in ("open", "high", "low", "close"))
    assert last == expected
    assert {(row, kind, action) for row, kind, action in noted(ingested)} == {
        (4, "filled_price", "filled")
    }


def test_newest_first_is_turned_around_and_said_once() -> None:
    ingested = ingest(*reversed(good(5)))
    assert ingested.candles.time.tolist() == sorted(ingested.candles.time.tolist())
    assert noted(ingested) == [(1, "newest_first", "reordered")]
    assert ingested.table.column("Date").to_pylist()[0] == "2020-01-01"


def test_rows_out_of_order_are_named() -> None:
    rows = good(5)
    ingested = ingest(*rows[:2], rows[3], rows[2], rows[4])
    assert noted(ingested) == [(5, "unordered_times", "reordered")]
    assert len(ingested.candles) == 5


def test_identical_duplicates_are_dropped() -> None:
    ingested = ingest(*good(3), *good(1, first=2))
    assert len(ingested.candles) == 3
    assert (3, "duplicate_time", "dropped") in noted(ingested)


@pytest.mark.parametrize("newest_first", [False, True])
def test_of_conflicting_duplicates_the_last_in_the_file_wins(newest_first: bool) -> None:
    rows = [*good(1), "2020-01-02,10,12,9,10,1", "2020-01-02,10,12,9,11.5,2", *good(1, first=3)]
    if newest_first:
        rows.reverse()
    ingested = ingest(*rows)
    assert ingested.candles.close.tolist() == [11, 10 if newest_first else 11.5, 11]
    assert (3, "conflicting_time", "dropped") in noted(ingested)
    assert ingested.table.column("Close").to_pylist()[1] == ("10" if newest_first else "11.5")


def test_an_invalid_row_does_not_win_over_a_valid_one() -> None:
    ingested = ingest(*good(2), "2020-01-02,null,null,null,null,null")
    assert len(ingested.candles) == 2


def test_closes_and_opens_outside_the_range_are_kept_and_reported() -> None:
    rows = [*good(40 % 28), *(f"2020-02-{day:02d},10,12,9,11,100" for day in range(1, 29))]
    ingested = ingest(*rows, "2020-03-01,10,12,9,12.5,100", "2020-03-02,8,12,9,11,100")
    assert len(ingested.candles) == 42
    assert noted(ingested) == [
        (42, "close_outside_range", "kept"),
        (43, "open_outside_range", "kept"),
    ]
    assert ingested.candles.price_basis == "raw"


def test_the_list_of_issues_stays_small() -> None:
    rows = [f"{year}-01-02,10,12,9,null,100" for year in range(1901, 1951)]
    ingested = ingest(*good(5), *rows)
    missing = [issue for issue in ingested.issues if issue.kind == "missing_price"]
    assert len(missing) == 21
    assert sum(issue.count for issue in missing) == 50
    assert (missing[-1].count, missing[-1].row) == (30, 27)


def test_up_to_a_fifth_of_the_rows_may_be_bad() -> None:
    bad = [f"2021-01-{day:02d},10,9,12,11,100" for day in range(1, 8)]
    assert len(ingest(*good(20), *bad[:5]).candles) == 20
    with pytest.raises(UnreadableCsv, match="7 of 27 rows") as refusal:
        ingest(*good(20), *bad)
    assert (refusal.value.row, refusal.value.field) == (22, "Close")
    assert refusal.value.limit == 0.2


def test_two_bad_rows_are_allowed_in_the_smallest_file() -> None:
    assert len(ingest(*good(1), "x,10,12,9,11,1", "2020-01-30,10,9,12,11,1").candles) == 1


def test_no_candle_at_all_is_refused() -> None:
    with pytest.raises(UnreadableCsv, match="No row has a time and a close") as refusal:
        ingest("2020-01-01,0,0,0,0,0", "2020-01-02,,,,,")
    assert (refusal.value.row, refusal.value.field) == (2, "Close")
