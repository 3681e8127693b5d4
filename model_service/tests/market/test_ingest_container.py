"""What is taken out of an upload, and what is refused as no CSV at all."""

from __future__ import annotations

import gzip
import io
import zipfile

import pytest

from model_service.errors import InvalidRequest, PayloadTooLarge, UnreadableCsv
from model_service.market.ingest import ingest_csv, symbol_of_file

PLAIN = b"Date,Open,High,Low,Close,Volume\n2020-01-02,10,12,9,11,100\n2020-01-03,11,13,10,12,200\n"


def gzipped(data: bytes) -> bytes:
    """Packed without the time, which would be another in each process that names the tests."""
    return gzip.compress(data, mtime=0)


def zipped(**files: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__dot__", ".").replace("__slash__", "/"), content)
    return buffer.getvalue()


def closes(data: bytes) -> list[float]:
    return list(ingest_csv(data, file_name="X.csv").candles.close.tolist())


@pytest.mark.parametrize(
    "data",
    [
        PLAIN,
        gzipped(PLAIN),
        gzipped(PLAIN[:40]) + gzipped(PLAIN[40:]),
        zipped(a__dot__csv=PLAIN),
        zipped(__MACOSX__slash__a__dot__csv=b"junk", a__dot__csv=PLAIN),
        b"\xef\xbb\xbf" + PLAIN,
        PLAIN.decode().encode("utf-16"),
        PLAIN.decode().encode("utf-16-le"),
        PLAIN.decode().encode("utf-16-be"),
        PLAIN.decode().encode("utf-32"),
        PLAIN.replace(b"\n", b"\r\n"),
        PLAIN.replace(b"\n", b"\r"),
        PLAIN.rstrip(b"\n"),
        PLAIN.replace(b"Volume", "Stückvolumen".encode("latin-1")),
    ],
)
def test_reads_every_packing_and_encoding(data: bytes) -> None:
    assert closes(data) == [11.0, 12.0]


def test_an_encoding_other_than_utf8_is_reported() -> None:
    issues = ingest_csv(PLAIN.decode().encode("utf-16"), file_name="X.csv").issues
    assert [(issue.kind, issue.action) for issue in issues] == [("encoding", "converted")]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b"\n \n\r\n", "empty"),
        (b"%PDF-1.7\n%\xe2\xe3", "PDF"),
        (b"<!DOCTYPE html><html><body>Too many requests</body></html>", "HTML"),
        (b'{"chart": {"result": [1, 2]}}', "JSON"),
        (b'[{"Date": "2020-01-02"}]', "JSON"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "picture"),
        (bytes(range(256)) * 20, "binary"),
        (b"a,b\0c,d\n" * 9, "binary"),
        (b"\xff\xfeabc", "UTF-16"),
        (gzipped(PLAIN)[:-12], "too early"),
        (b"\x1f\x8b\x08\x00" + b"x" * 50, "damaged"),
        (b"PK\x03\x04" + b"x" * 50, "damaged"),
        (zipped(a__dot__csv=PLAIN, b__dot__csv=PLAIN), "2 files"),
        (zipped(), "0 files"),
        (zipped(a__dot__gz=gzipped(PLAIN)), "another archive"),
        (b"Date,Open,High,Low,Close\n", "no candles"),
        (b"once upon a time\nthere was a price\n", "time and a price"),
        (b"a,b,c\nx,y,z\n", "time and a price"),
        (b"1\n2\n3\n", "time and a price"),
    ],
)
def test_refuses_what_is_no_csv_of_candles(data: bytes, reason: str) -> None:
    with pytest.raises(UnreadableCsv, match=reason) as refusal:
        ingest_csv(data, file_name="X.csv")
    assert refusal.value.row == 1
    assert refusal.value.field


@pytest.mark.parametrize("pack", [bytes, gzipped, lambda data: zipped(a__dot__csv=data)])
def test_unpacking_stops_at_the_limit(pack: object) -> None:
    assert callable(pack)
    bomb = pack(PLAIN + b"0" * 5_000_000)
    with pytest.raises(PayloadTooLarge) as refusal:
        ingest_csv(bomb, file_name="X.csv", max_bytes=1_000_000)
    assert (refusal.value.limit, refusal.value.row, refusal.value.field) == (1_000_000, 1, "file")


@pytest.mark.parametrize(
    "data",
    [gzipped(b"") * 20_001, zipped(**{f"f{number}": b"" for number in range(20_001)})],
    ids=["gzip", "zip"],
)
def test_archives_of_very_many_parts_are_refused_unopened(data: bytes) -> None:
    with pytest.raises(UnreadableCsv, match="more than 20,000"):
        ingest_csv(data, file_name="X.csv")


def test_rows_are_limited() -> None:
    rows = b"".join(b"2020-01-%02d,1,1,1,1,1\n" % day for day in range(1, 21))
    data = b"Date,Open,High,Low,Close,Volume\n" + rows
    assert len(ingest_csv(data, file_name="X.csv", max_rows=20).candles) == 20
    with pytest.raises(PayloadTooLarge) as refusal:
        ingest_csv(data, file_name="X.csv", max_rows=19)
    assert (refusal.value.limit, refusal.value.row) == (19, 21)


@pytest.mark.parametrize(
    ("name", "symbol"),
    [
        ("NHPC.csv", "NHPC"),
        ("0700.HK_2012-1-1_2018-1-1.csv", "0700.HK"),
        ("PHIA.AS_2012.csv.gz", "PHIA.AS"),
        ("BTC_1m_2022-01.csv.gz", "BTC"),
        ("dir/../^GSPC.csv.zip", "^GSPC"),
        ("C:\\data\\BRK-B_x.CSV", "BRK-B"),
        ("EURUSD=X.csv", "EURUSD=X"),
        ("my data.csv", "my-data"),
        ("Telefónica.csv", "Telefonica"),
        ("M&M.NS.csv", "M&M.NS"),
        ("A" * 40 + ".csv", "A" * 32),
    ],
)
def test_symbol_of_a_file(name: str, symbol: str) -> None:
    assert symbol_of_file(name) == symbol
    assert ingest_csv(PLAIN, file_name=name).candles.symbol == symbol


@pytest.mark.parametrize("name", ["", "_x.csv", "株.csv", ".csv", "///"])
def test_a_name_without_a_symbol_is_refused(name: str) -> None:
    with pytest.raises(InvalidRequest) as refusal:
        ingest_csv(PLAIN, file_name=name)
    assert refusal.value.field == "symbol"
    assert ingest_csv(PLAIN, file_name=name, symbol="OK").candles.symbol == "OK"


@pytest.mark.parametrize("symbol", ["", "-A", "A B", "A" * 33, "A\n", "../x"])
def test_an_invalid_symbol_is_refused(symbol: str) -> None:
    with pytest.raises(InvalidRequest) as refusal:
        ingest_csv(PLAIN, file_name="X.csv", symbol=symbol)
    assert refusal.value.field == "symbol"
