"""Properties: export and import are inverse, and no input breaks ingest."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from model_service.errors import BellwetherError
from model_service.market.candles import SECONDS_PER_DAY, Candles
from model_service.market.ingest import Ingested, export_csv, ingest_csv

PRICES = st.floats(min_value=1e-6, max_value=1e9)
BOUNDED = settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@st.composite
def candle_series(draw: st.DrawFn) -> Candles:
    """Daily candles, or intraday ones at most ten hours apart, with arbitrary prices."""
    count = draw(st.integers(1, 12))
    steps = draw(st.lists(st.integers(1, 36_000), min_size=count, max_size=count))
    if draw(st.booleans()):
        time = (draw(st.integers(-20_000, 40_000)) + np.cumsum(steps) % 40_000) * SECONDS_PER_DAY
        time = np.unique(time)
    else:
        time = draw(st.integers(-2_000_000_000, 4_000_000_000)) + np.cumsum(steps)
        if time.size == 1 and time[0] % SECONDS_PER_DAY == 0:
            time += 1
    count = time.size
    rows = draw(st.lists(st.tuples(PRICES, PRICES, PRICES, PRICES), min_size=count, max_size=count))
    prices = np.sort(np.array(rows), axis=1)
    volume = draw(st.lists(st.floats(0, 1e15), min_size=count, max_size=count))
    return Candles(
        symbol="X",
        time=time.astype(np.int64),
        open=prices[:, 1].copy(),
        high=prices[:, 3].copy(),
        low=prices[:, 0].copy(),
        close=prices[:, 2].copy(),
        volume=np.array(volume),
    )


@BOUNDED
@given(candle_series())
def test_export_and_import_give_the_same_candles(candles: Candles) -> None:
    ingested = ingest_csv(export_csv(candles), file_name="X.csv")
    back = ingested.candles
    for name in ("time", "open", "high", "low", "close", "volume"):
        np.testing.assert_array_equal(getattr(back, name), getattr(candles, name))
    assert back.data_hash == candles.data_hash
    assert {issue.action for issue in ingested.issues} <= {"kept"}


@BOUNDED
@given(candle_series(), st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(candles: Candles, random: object) -> None:
    header, *rows = export_csv(candles).decode().splitlines()
    random.shuffle(rows)  # type: ignore[attr-defined]
    shuffled = "\n".join((header, *rows)).encode()
    assert ingest_csv(shuffled, file_name="X.csv").candles.data_hash == candles.data_hash


def outcome(data: bytes, *, repair: bool) -> Ingested | BellwetherError:
    try:
        return ingest_csv(data, file_name="X.csv", repair=repair, max_bytes=100_000)
    except BellwetherError as refusal:
        return refusal


def survives(data: bytes) -> None:
    lines = 1 + data.replace(b"\r\n", b"\n").replace(b"\r", b"\n").count(b"\n")
    for repair in (False, True):
        result = outcome(data, repair=repair)
        if isinstance(result, BellwetherError):
            assert result.detail
            assert result.field
            assert result.row is not None
            assert result.row >= 1
        else:
            assert result.table.num_rows == len(result.candles)
            assert all(1 <= issue.row <= lines for issue in result.issues)


@BOUNDED
@given(st.binary(max_size=400))
@example(b'"')
@example(b"PK\x05\x06" + b"\0" * 18)
@example(b"\x1f\x8b")
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    survives(data)


CELLS = st.one_of(
    st.sampled_from(
        [
            "", " ", "null", "NaN", "-", "0", "-1", "1", "1.5", "1,5", "1.234,5", "$5", "(5)", "5%",
            "1e308", "1e-320", "inf", "100", "10000", "abc", '"', "0.77 Dividend", "1.2M",
            "2020-01-02", "2020-13-45", "0000-00-00", "9999-12-31", "20200102", "1577923200",
            "1577923200000", "9223372036854775807", "01/02/2020", "31.12.2020 23:59",
            "2020-01-02 09:30:00+05:30", "2020-01-02T24:00:00Z", "2020-01-02 9 PM", "Jan 2, 2020",
        ]
    ),
    st.text(max_size=6),
    st.floats(0.01, 1000).map(repr),
    st.dates().map(str),
    st.datetimes().map(str),
    st.integers().map(str),
)  # fmt: skip
NAMES = st.sampled_from(
    [
        "Date", "Time", "Timestamp", "Open", "High", "Low", "Close", "Adj Close", "Volume", "Last",
        "Stock Splits", "Symbol", "AAPL", "", "Change %", "unix", "Price", "o", "h", "l", "c",
    ]
)  # fmt: skip


@st.composite
def messy_csv(draw: st.DrawFn) -> bytes:
    """Rows of plausible and implausible cells below names of known columns."""
    width = draw(st.integers(1, 8))
    names = draw(st.lists(NAMES, min_size=width, max_size=width))
    rows = draw(st.lists(st.lists(CELLS, min_size=width, max_size=width + 1), max_size=12))
    delimiter = draw(st.sampled_from([",", ";", "\t", "|", ", "]))
    end = draw(st.sampled_from(["\n", "\r\n", "\r", "\n\n"]))
    quote = draw(st.sampled_from(["", '"']))
    lines = [delimiter.join(f"{quote}{cell}{quote}" for cell in row) for row in (names, *rows)]
    if draw(st.booleans()):
        lines = lines[1:]
    encoding = draw(st.sampled_from(["utf-8", "utf-16", "latin-1"]))
    return end.join(lines).encode(encoding, errors="replace")


@BOUNDED
@given(messy_csv())
def test_any_messy_csv_is_read_or_refused(data: bytes) -> None:
    survives(data)


@BOUNDED
@given(candle_series(), st.data())
def test_any_mutation_of_a_real_looking_file_is_read_or_refused(
    candles: Candles, data: st.DataObject
) -> None:
    content = bytearray(export_csv(candles))
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(content) - 1))
        length = data.draw(st.integers(0, 4))
        content[at : at + length] = data.draw(
            st.one_of(
                st.binary(max_size=4), CELLS.map(lambda cell: cell.encode("utf-8", "replace"))
            )
        )
        if not content:
            break
    survives(bytes(content))


@pytest.mark.parametrize("cell", ["9" * 400, "x" * 100_000, "1" + " " * 60_000 + "x", "," * 5000])
def test_long_cells_and_rows_are_read_or_refused(cell: str) -> None:
    survives(f"Date,Close\n2020-01-02,{cell}\n2020-01-03,5\n".encode())
    survives(f"{cell}\n2020-01-02,{cell}\n2020-01-03,5\n".encode())


@given(st.permutations(["date", "open", "high", "low", "close", "volume"]), st.randoms())
@settings(max_examples=100, deadline=None)
def test_headers_are_read_in_any_case_and_order(names: list[str], random: Random) -> None:
    row = {"date": "2020-01-02", "open": 10, "high": 12, "low": 9, "close": 11, "volume": 5}
    written = ["".join(random.choice((c.lower, c.upper))() for c in name) for name in names]
    data = ",".join(written) + "\n" + ",".join(str(row[name]) for name in names) + "\n"
    ingested = ingest_csv(data.encode(), file_name="X.csv")
    candles = ingested.candles
    read = [getattr(candles, name)[0] for name in ("open", "high", "low", "close", "volume")]
    assert read == [10, 12, 9, 11, 5]
    assert ingested.issues == ()
