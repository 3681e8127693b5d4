"""Files of headlines as people have them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend_service.errors import GatewayError, InvalidRequest, PayloadTooLarge
from backend_service.news.csv_file import ROW_LIMIT, SYMBOL_LIMIT, HeadlineFile, read_headlines
from backend_service.news.items import HEADLINE_LENGTH

PLAIN = "date,headline,symbol,source,url\n2019-05-31,Dam opens,NHPC,Reuters,https://example.com/a\n"


def read(text: str, symbol: str | None = "NHPC") -> HeadlineFile:
    return read_headlines(text.encode(), symbol)


def test_a_plain_file() -> None:
    (headline,) = read(PLAIN, None).headlines
    assert (headline.symbol, headline.text, headline.source) == ("NHPC", "Dam opens", "Reuters")
    assert (headline.url, headline.precision) == ("https://example.com/a", "date")
    assert headline.published_at == datetime(2019, 5, 31, tzinfo=UTC)


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbf" + PLAIN.encode(),
        PLAIN.encode("utf-16"),
        PLAIN.replace(",", ";").encode(),
        PLAIN.replace(",", "\t").encode(),
        PLAIN.replace("\n", "\r\n").encode(),
        ("\n\n" + PLAIN).encode(),
        PLAIN.replace("date,headline,symbol", "Published At,TITLE,Ticker").encode(),
        PLAIN.replace("date,", '"Date",').encode(),
        PLAIN.replace("\n2019", "\n\n,,,,\n2019").encode(),
    ],
)
def test_other_forms_say_the_same(content: bytes) -> None:
    found = read_headlines(content, None)
    assert found.headlines == read(PLAIN, None).headlines
    assert found.issues == []


@pytest.mark.parametrize(
    ("text", "moment", "precision"),
    [
        ("2019-05-31", datetime(2019, 5, 31, tzinfo=UTC), "date"),
        ("20190531", datetime(2019, 5, 31, tzinfo=UTC), "date"),
        ("2019/05/31", datetime(2019, 5, 31, tzinfo=UTC), "date"),
        ("2019-05-31T14:00:00Z", datetime(2019, 5, 31, 14, tzinfo=UTC), "time"),
        ("2019-05-31T10:00:00-04:00", datetime(2019, 5, 31, 14, tzinfo=UTC), "time"),
        ("2019-05-31T00:00:00Z", datetime(2019, 5, 31, tzinfo=UTC), "time"),
        ("2019-05-31 14:00:00", datetime(2019, 5, 31, 14, tzinfo=UTC), "time"),
        ("2019-05-31 14:00", datetime(2019, 5, 31, 14, tzinfo=UTC), "time"),
        ("1559311200", datetime(2019, 5, 31, 14, tzinfo=UTC), "time"),
        ("1559311200000", datetime(2019, 5, 31, 14, tzinfo=UTC), "time"),
    ],
)
def test_dates(text: str, moment: datetime, precision: str) -> None:
    found = read(f"date,headline\n{text},Dam opens\n")
    assert (found.headlines[0].published_at, found.headlines[0].precision) == (moment, precision)
    assert found.issues == []


@pytest.mark.parametrize("text", ["2019-05-31 00:00:00", "1559260800", "1559260800000"])
def test_a_midnight_without_a_zone_is_a_date(text: str) -> None:
    found = read(f"date,headline\n2019-05-30,One\n{text},Two\n{text},Three\n")
    assert [headline.precision for headline in found.headlines] == ["date"] * 3
    (issue,) = found.issues
    assert (issue.kind, issue.row, issue.count) == ("midnight_is_a_date", 3, 2)


@pytest.mark.parametrize(
    ("text", "field", "row"),
    [
        ("", "file", 1),
        ("\n\n", "file", 1),
        ("\x00\x01binary", "file", 1),
        ("headline\nDam opens\n", "date", 1),
        ("date\n2019-05-31\n", "headline", 1),
        ("date,headline\n", "file", 1),
        ("date,headline\n2019-05-31,\n", "file", 1),
        ("date,headline\n2019-05-31,Dam opens\n31/05/2019,Dam opens\n", "date", 3),
        ("date,headline\n2019-02-30,Dam opens\n", "date", 2),
        ("date,headline\n0219-05-31,Dam opens\n", "date", 2),
        ("date,headline\n9999-12-31T23:59:59-23:00,Dam opens\n", "date", 2),
        ("date,headline\n,Dam opens\n", "date", 2),
        ('date,headline\n2019-05-31,"Two\nlines"\nnever,Dam opens\n', "date", 4),
        ("date,headline,symbol\n2019-05-31,Dam opens,<script>\n", "symbol", 2),
    ],
)
def test_refusals_name_the_line_and_the_column(text: str, field: str, row: int) -> None:
    with pytest.raises(InvalidRequest) as refusal:
        read(text)
    assert (refusal.value.field, refusal.value.row) == (field, row)


def test_a_file_without_symbols_needs_the_form_field() -> None:
    text = "date,headline\n2019-05-31,Dam opens\n"
    assert read(text, "nhpc").headlines[0].symbol == "NHPC"
    with pytest.raises(InvalidRequest) as refusal:
        read(text, None)
    assert refusal.value.field == "symbol"


def test_the_form_field_fills_only_what_the_file_leaves_open() -> None:
    text = "date,headline,symbol\n2019-05-31,One,TCS\n2019-05-31,Two,\n"
    assert [each.symbol for each in read(text).headlines] == ["TCS", "NHPC"]
    with pytest.raises(InvalidRequest, match="line 3"):
        read(text, None)


def test_what_is_left_out_or_changed_is_told() -> None:
    found = read(
        "date,headline,url\n"
        "2019-05-31,,\n"
        f"2019-05-31,{'x' * (HEADLINE_LENGTH + 1)},\n"
        "2019-05-31,Dam opens,javascript:alert(1)\n"
        "2019-05-31,Dam closes,http://192.168.0.1/\n"
    )
    assert [headline.url for headline in found.headlines] == [None] * 3
    assert [(each.kind, each.row, each.count) for each in found.issues] == [
        ("blank_headline", 2, 1),
        ("long_headline", 3, 1),
        ("link_not_public", 4, 2),
    ]


def test_another_encoding_is_read_and_told() -> None:
    found = read_headlines("date,headline\n2019-05-31,Café opens\n".encode("cp1252"), "NHPC")
    assert found.headlines[0].text == "Café opens"
    assert [issue.kind for issue in found.issues] == ["not_utf8"]


def test_too_many_rows_or_symbols_are_refused() -> None:
    rows = "2019-05-31,Dam opens\n" * (ROW_LIMIT + 1)
    with pytest.raises(PayloadTooLarge) as large:
        read(f"date,headline\n{rows}")
    assert (large.value.limit, large.value.row) == (ROW_LIMIT, ROW_LIMIT + 2)
    symbols = "".join(f"2019-05-31,Dam opens,S{n}\n" for n in range(SYMBOL_LIMIT + 1))
    with pytest.raises(InvalidRequest) as many:
        read(f"date,headline,symbol\n{symbols}")
    assert (many.value.limit, many.value.field) == (SYMBOL_LIMIT, "symbol")


@given(
    st.binary(max_size=200)
    | st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace"))
)
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    for prefix in (b"", b"date,headline\n", b"date;headline\n2019-05-31;"):
        refusal = None
        try:
            found = read_headlines(prefix + content, "NHPC")
        except GatewayError as error:
            refusal = error
        if refusal is None:
            assert found.headlines
        else:
            assert refusal.field
            assert refusal.row
