"""Numbers in many notations."""

from __future__ import annotations

import pytest

from model_service.errors import UnreadableCsv
from model_service.market.ingest import Ingested, ingest_csv


def ingest(*closes: str, delimiter: str = ",", volume: str = "5") -> Ingested:
    rows = (
        delimiter.join((f"2020-01-{day:02d}", f'"{close}"', f'"{volume}"'))
        for day, close in enumerate(closes, 1)
    )
    header = delimiter.join(("Date", "Close", "Volume"))
    return ingest_csv("\n".join((header, *rows)).encode(), file_name="X.csv")


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("1234.5", 1234.5),
        (" 1234.5 ", 1234.5),
        ("+1234.5", 1234.5),
        ("1,234.5", 1234.5),
        ("1,234,567.25", 1234567.25),
        ("12,34,567.25", 1234567.25),
        ("1 234.5", 1234.5),
        ("1'234.5", 1234.5),
        ("$1,234.5", 1234.5),
        ("US$ 1,234.5", 1234.5),
        ("₹1,23,456.5", 123456.5),
        ("Rs. 1234.5", 1234.5),
        ("1234.5 EUR", 1234.5),
        ("€1234.5", 1234.5),
        ("1.2345e3", 1234.5),
        ("1.5K", 1500.0),
        ("1.234,5", 1234.5),
        ("1.234.567,25", 1234567.25),
        ("0,5", 0.5),
        ("12,34", 12.34),
        ("1234,5 €", 1234.5),
    ],
)
def test_one_number_is_enough_to_tell(cell: str, value: float) -> None:
    assert ingest(cell).candles.close.tolist() == [value]


def test_a_comma_alone_parts_thousands_where_commas_part_cells() -> None:
    assert ingest("9,931", "1,050").candles.close.tolist() == [9931.0, 1050.0]


def test_a_comma_alone_is_decimal_where_something_else_parts_cells() -> None:
    ingested = ingest("1,051", "1,052", delimiter=";")
    assert ingested.candles.close.tolist() == [1.051, 1.052]
    assert "decimal_comma" in {issue.kind for issue in ingested.issues}


def test_one_proof_decides_for_the_whole_file() -> None:
    ingested = ingest("1.234", "1.234,5", volume="1.000.000")
    assert ingested.candles.close.tolist() == [1234.0, 1234.5]
    assert ingested.candles.volume.tolist() == [1_000_000.0] * 2


@pytest.mark.parametrize(
    ("cell", "value"),
    [("176.05M", 176_050_000.0), ("1.1B", 1.1e9), ("364.74k", 364_740.0), ("2T", 2e12)],
)
def test_volume_suffixes_round_as_the_decimal_number(cell: str, value: float) -> None:
    assert ingest("1", volume=cell).candles.volume.tolist() == [value]


@pytest.mark.parametrize("cell", ["", "null", "NaN", "-", "N/A", "abc", "(5)", "-3", "inf"])
def test_a_volume_that_is_none_becomes_zero_and_that_is_said(cell: str) -> None:
    ingested = ingest("1", volume=cell)
    assert ingested.candles.volume.tolist() == [0.0]
    filled = [issue for issue in ingested.issues if issue.kind == "missing_volume"]
    assert [(issue.row, issue.action) for issue in filled] == [(2, "filled")]


@pytest.mark.parametrize(
    ("cells", "currency"),
    [
        (("€5", "€6"), "EUR"),
        (("₹5", "₹6"), "INR"),
        (("5 USD", "6 USD"), "USD"),
        (("$5", "$6"), None),  # Australian, Canadian, Hong Kong...
        (("€5", "£6"), None),
        (("5", "6"), None),
    ],
)
def test_the_currency_where_it_is_beyond_doubt(cells: tuple[str, str], currency: str) -> None:
    ingested = ingest(*cells)
    assert ingested.candles.close.tolist() == [5.0, 6.0]
    assert ingested.candles.currency == currency


def test_the_currency_that_the_header_names() -> None:
    data = b"Date,Close (INR)\n2020-01-02,5\n"
    assert ingest_csv(data, file_name="X.csv").candles.currency == "INR"


def test_accountants_negatives_are_refused_with_row_and_field() -> None:
    with pytest.raises(UnreadableCsv, match="brackets") as refusal:
        ingest("5", "6", "(7)")
    assert (refusal.value.row, refusal.value.field) == (4, "Close")


def test_columns_in_percent_are_no_prices() -> None:
    data = b"Date,XYZ,Change %\n2020-01-02,5,1.5\n2020-01-03,6,-2\n"
    assert ingest_csv(data, file_name="X.csv").candles.close.tolist() == [5.0, 6.0]
