"""Delimiters, banners, headers in any words, and files without one."""

from __future__ import annotations

import pytest

from model_service.errors import UnreadableCsv
from model_service.market.ingest import ingest_csv

DAYS = ("2020-01-02", "2020-01-03", "2020-01-06")


def build(header: str, *rows: str) -> bytes:
    return "\n".join((header, *rows, "")).encode()


def ohlcv(data: bytes, **options: str) -> list[tuple[float, ...]]:
    candles = ingest_csv(data, file_name="X.csv", **options).candles
    columns = (candles.open, candles.high, candles.low, candles.close, candles.volume)
    return list(zip(*(column.tolist() for column in columns), strict=True))


def kinds(data: bytes) -> list[str]:
    return [issue.kind for issue in ingest_csv(data, file_name="X.csv").issues]


@pytest.mark.parametrize(
    "header",
    [
        "Date,Open,High,Low,Close,Volume",
        "DATE,OPEN,HIGH,LOW,CLOSE,VOL.",
        "date,o,h,l,c,v",
        "timestamp,Open Price,High Price,Low Price,Close Price,Total Traded Quantity",
        "Datetime,open (USD),high (USD),low (USD),close (USD),Volume BTC",
        "<DATE>,<OPEN>,<HIGH>,<LOW>,<CLOSE>,<TICKVOL>",
        "timestamp,1. open,2. high,3. low,4. close,5. volume",
        "Date,Open,High,Low,Close/Last,Volume",
        "Date,Open,High,Low,Price,Vol.",
        "Datum,Eröffnung,Hoch,Tief,Schlusskurs,Stücke",
        ",Open,High,Low,Close,Volume",
        "Price,Open,High,Low,Close,Volume",
    ],
)
def test_headers_in_many_words(header: str) -> None:
    assert ohlcv(build(header, "2020-01-02,10,12,9,11,100")) == [(10, 12, 9, 11, 100)]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters(delimiter: str) -> None:
    lines = ("Volume,Close,Low,High,Open,Date", "100,11,9,12,10,2020-01-02")
    data = "\n".join(lines).replace(",", delimiter).encode()
    assert ohlcv(data) == [(10, 12, 9, 11, 100)]


def test_close_wins_over_last_and_previous_close() -> None:
    data = build(
        "Date,Prev Close,open,high,low,Last,close,VWAP,Volume,Deliverable Volume,%Deliverble",
        "2020-01-02,1,10,12,9,11.5,11,10.5,100,50,0.5",
    )
    assert ohlcv(data) == [(10, 12, 9, 11, 100)]
    assert ohlcv(data, column="Last") == [(10, 12, 9, 11.5, 100)]
    assert ohlcv(data, column="vwap")[0][3] == 10.5


def test_extra_columns_are_kept_in_the_table_in_candle_order() -> None:
    data = build(
        "Note,Date,Close,Change %", '"b, or c",2020-01-03,12,1%', "a,2020-01-02,11,2%", "x,,,"
    )
    table = ingest_csv(data, file_name="X.csv").table
    assert table.column_names == ["Note", "Date", "Close", "Change %"]
    assert table.column("Note").to_pylist() == ["a", "b, or c"]
    assert table.column("Close").to_pylist() == ["11", "12"]


def test_banner_lines_are_skipped_and_reported() -> None:
    data = build(
        "Created on 10-17-2019,https://example.test",
        "",
        "Date,Close",
        "2020-01-02,1",
        "2020-01-03,2",
    )
    ingested = ingest_csv(data, file_name="X.csv")
    assert len(ingested.candles) == 2
    assert [(i.row, i.kind) for i in ingested.issues if i.kind == "banner"] == [(1, "banner")]


def test_the_headers_of_a_pandas_multi_index() -> None:
    data = build(
        "Price,Close,High,Low,Open,Volume",
        "Ticker,AAPL,AAPL,AAPL,AAPL,AAPL",
        "Date,,,,,",
        "2020-01-02,11,12,9,10,100",
    )
    assert ohlcv(data) == [(10, 12, 9, 11, 100)]


def test_a_header_one_name_short_lacks_the_first() -> None:
    assert ohlcv(build("Open,High,Low,Close", "2020-01-02,10,12,9,11")) == [(10, 12, 9, 11, 0)]


def test_a_delimiter_at_the_end_of_each_row_is_no_column() -> None:
    assert ohlcv(build("Date,Close", "2020-01-02,1,", "2020-01-03,2,")) == [
        (1, 1, 1, 1, 0),
        (2, 2, 2, 2, 0),
    ]


def test_rows_before_the_first_price_may_be_empty() -> None:
    empty = [f"2019-{month:02d}-{day:02d},," for month in (1, 2, 3) for day in range(1, 28)]
    ingested = ingest_csv(build("Date,Close,Volume", *empty, "2020-01-02,1,2"), file_name="X.csv")
    assert ingested.candles.close.tolist() == [1.0]


def test_no_header() -> None:
    data = build("20170102 020000;1.05;1.07;1.04;1.06;5", "20170102 020100;1.06;1.08;1.05;1.07;0")
    ingested = ingest_csv(data, file_name="EURUSD.csv")
    assert ohlcv(data) == [(1.05, 1.07, 1.04, 1.06, 5), (1.06, 1.08, 1.05, 1.07, 0)]
    assert ingested.table.column_names == ["time", "open", "high", "low", "close", "volume"]
    assert "no_header" in kinds(data)


def test_no_header_with_date_and_clock_apart() -> None:
    data = build("2017.01.02,02:00,1.05,1.07,1.04,1.06,5", "2017.01.02,02:01,1.06,1.08,1.05,1.07,0")
    ingested = ingest_csv(data, file_name="EURUSD.csv")
    assert ingested.candles.time.tolist() == [1_483_322_400, 1_483_322_460]
    assert ingested.candles.close.tolist() == [1.06, 1.07]


@pytest.mark.parametrize(
    "rows",
    [
        ("2020-01-02,9,12,10,11,100", "2020-01-03,9,12,10,11,100"),  # low above open
        ("2020-01-02,5,5,5,5,100", "2020-01-03,6,6,6,6,100"),  # high is always low
        ("2020-01-02,5", "2020-01-03,6"),
        ("2020-01-02,5,6,7", "2020-01-03,6,7,8"),
    ],
)
def test_columns_without_names_must_prove_themselves(rows: tuple[str, ...]) -> None:
    with pytest.raises(UnreadableCsv) as refusal:
        ingest_csv("\n".join(rows).encode(), file_name="X.csv")
    assert refusal.value.row == 1
    assert refusal.value.field in ("high", "close")


def test_closes_alone_are_candles() -> None:
    data = build("Date,AAPL", "2020-01-02,10", "2020-01-03,11")
    assert ohlcv(data) == [(10, 10, 10, 10, 0), (11, 11, 11, 11, 0)]
    assert set(kinds(data)) == {"close_only", "no_volume"}


def test_several_price_columns_need_a_choice() -> None:
    data = build("Date,AAPL,MSFT,C", "3/10/2004,13.84,25.37,492.1", "3/15/2004,13.5,25.1,480.0")
    with pytest.raises(UnreadableCsv, match="`column`") as refusal:
        ingest_csv(data, file_name="X.csv")
    assert (refusal.value.field, refusal.value.row) == ("column", 1)
    assert refusal.value.choices == ["AAPL", "MSFT", "C"]
    assert ohlcv(data, column="MSFT")[1] == (25.1, 25.1, 25.1, 25.1, 0)
    assert ohlcv(data, column="c")[0][3] == 492.1


def test_columns_of_one_name_need_a_choice() -> None:
    data = build("Date,Close,Close", "2020-01-02,1,2")
    with pytest.raises(UnreadableCsv) as refusal:
        ingest_csv(data, file_name="X.csv")
    assert refusal.value.choices == ["Close", "Close"]


def test_a_column_that_is_not_there_is_refused() -> None:
    with pytest.raises(UnreadableCsv, match="no column `Nope`") as refusal:
        ingest_csv(build("Date,Close", "2020-01-02,1"), file_name="X.csv", column="Nope")
    assert (refusal.value.field, refusal.value.row) == ("column", 1)


def test_missing_highs_and_lows_come_from_open_and_close() -> None:
    data = build("Date,Open,Close", "2020-01-02,10,11", "2020-01-03,12,9")
    assert ohlcv(data) == [(10, 11, 10, 11, 0), (12, 12, 9, 9, 0)]
    assert "missing_column" in kinds(data)


def test_several_symbols_in_one_file_are_refused() -> None:
    rows = [f"{day},{name},{price}" for day in DAYS for name, price in (("A", 1), ("B", 2))]
    with pytest.raises(UnreadableCsv, match="several symbols") as refusal:
        ingest_csv(build("Date,Symbol,Close", *rows), file_name="X.csv")
    assert (refusal.value.field, refusal.value.row) == ("Symbol", 2)


def test_a_symbol_that_changed_its_name_is_one() -> None:
    data = build("Date,Symbol,Close", "2020-01-02,OLD,1", "2020-01-03,NEW,2")
    assert [row[3] for row in ohlcv(data)] == [1, 2]


def test_too_many_columns_are_refused() -> None:
    data = build("Date," + ",".join(f"c{i}" for i in range(600)), "2020-01-02" + ",1" * 600)
    with pytest.raises(UnreadableCsv, match="columns"):
        ingest_csv(data, file_name="X.csv")


def test_rows_count_physical_lines_across_quoted_line_ends() -> None:
    data = build(
        'Date,Close,"Note\nwith a line"', '2020-01-02,1,"a\nb\nc"', "", "2020-01-03,nope,d",
        "2020-01-06,3,e",
    )  # fmt: skip
    issues = ingest_csv(data, file_name="X.csv").issues
    assert [(issue.row, issue.kind) for issue in issues if issue.kind == "unreadable_number"] == [
        (7, "unreadable_number")
    ]


def test_a_quote_that_is_never_closed_is_refused() -> None:
    data = build("Date,Close,Note", "2020-01-02,1,a", '2020-01-03,2,"b', "2020-01-06,3,c")
    with pytest.raises(UnreadableCsv, match="quote") as refusal:
        ingest_csv(data, file_name="X.csv")
    assert refusal.value.row == 3


def test_no_header_above_epochs_and_more_columns_than_are_read() -> None:
    data = build(
        "1609459200000,28923.63,28961.66,28913.12,28961.66,27.457,1609459259999,794382.04,1292",
        "1609459260000,28961.67,29017.50,28961.01,29009.91,58.477,1609459319999,1695802.9,1651",
    )
    assert ohlcv(data) == [
        (28923.63, 28961.66, 28913.12, 28961.66, 27.457),
        (28961.67, 29017.50, 28961.01, 29009.91, 58.477),
    ]


def test_a_header_of_unknown_words_is_told_by_the_candles_below_it() -> None:
    assert ohlcv(build("observation_date,SP500", "2015-01-02,2058.2", "2015-01-05,.")) == [
        (2058.2, 2058.2, 2058.2, 2058.2, 0)
    ]


def test_volume_in_coins_is_taken_before_volume_in_money() -> None:
    data = build("unix,close,Volume BTC,Volume USD", "1613347200,48630.0,25.6,1247108")
    assert ohlcv(data)[0][4] == 25.6


@pytest.mark.parametrize("rows", [1, 2])
def test_a_file_of_impossible_rows_alone_is_refused(rows: int) -> None:
    data = build(
        "Date,Open,High,Low,Close", *(f"2020-01-0{day},10,9,12,10" for day in (1, 2)[:rows])
    )
    with pytest.raises(UnreadableCsv, match="No row has") as refusal:
        ingest_csv(data, file_name="X.csv", repair=True)
    assert refusal.value.row == 2
