"""Results files for the original's clients."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from gateway_fakes import FakeModelService

if TYPE_CHECKING:
    from pathlib import Path

    import httpx

    from backend_service.settings import Settings

pytestmark = pytest.mark.anyio

HEADER = "Date,open,high,low,close,volume,signal,quantity,netWorth,balance\n"
ROW = "2020-01-01,1.50,2,1,1.75,100,buy,57142,100000.0,1.5\n"


@pytest.fixture
def folder(settings: Settings) -> Path:
    return settings.dataset_dir


async def read(client: httpx.AsyncClient, name: object) -> httpx.Response:
    return await client.post("/read-csv", json={"fileName": name})


@pytest.mark.parametrize(
    "name", ["NHPC.csv", "NHPC_results.csv", "dataset/NHPC.csv", "dataset/NHPC_results.csv"]
)
async def test_rows_come_back_with_every_value_as_text(
    client: httpx.AsyncClient, folder: Path, model: FakeModelService, name: str
) -> None:
    (folder / "NHPC_results.csv").write_text(HEADER + ROW, encoding="utf-8-sig")
    answer = await read(client, name)
    assert answer.status_code == 200
    assert answer.json() == [
        {
            "Date": "2020-01-01",
            "open": "1.50",
            "high": "2",
            "low": "1",
            "close": "1.75",
            "volume": "100",
            "signal": "buy",
            "quantity": "57142",
            "netWorth": "100000.0",
            "balance": "1.5",
        }
    ]
    assert model.predicted_files == []


async def test_missing_results_are_written_first(
    client: httpx.AsyncClient, folder: Path, model: FakeModelService
) -> None:
    (folder / "NHPC.csv").write_text("Date,Close\n")
    model.dataset_dir, model.results = folder, HEADER + ROW
    answer = await read(client, "NHPC.csv")
    assert model.predicted_files == ["NHPC.csv"]
    assert [row["signal"] for row in answer.json()] == ["buy"]


async def test_results_older_than_their_candles_are_written_again(
    client: httpx.AsyncClient, folder: Path, model: FakeModelService
) -> None:
    results, candles = folder / "NHPC_results.csv", folder / "NHPC.csv"
    results.write_text(HEADER + ROW)
    candles.write_text("Date,Close\n")
    os.utime(results, (1_000, 1_000))
    assert (await read(client, "NHPC.csv")).status_code == 200
    assert model.predicted_files == ["NHPC.csv"]
    os.utime(candles, (500, 500))
    await read(client, "NHPC.csv")
    assert len(model.predicted_files) == 1


@pytest.mark.parametrize("name", ["GZ.csv.gz", "GZ.zip", "^GZ.csv.gz"])
async def test_a_compressed_file_has_its_results_written_and_read(
    client: httpx.AsyncClient, folder: Path, model: FakeModelService, name: str
) -> None:
    (folder / name).write_bytes(b"compressed")
    model.dataset_dir, model.results = folder, HEADER + ROW
    answer = await read(client, name)
    assert answer.status_code == 200, answer.text
    assert [row["signal"] for row in answer.json()] == ["buy"]
    assert model.predicted_files == [name]
    results = name.split(".")[0] + "_results.csv"
    assert (folder / results).is_file()
    os.utime(folder / results, (1_000, 1_000))
    assert (await read(client, "dataset/" + results)).status_code == 200
    assert model.predicted_files == [name, name]


@pytest.mark.parametrize(
    "name",
    [
        "",
        "NHPC.gz",
        "../GZ.csv.gz",
        "GZ.csv.gz.exe",
        "NHPC",
        "../secret.csv",
        "..\\secret.csv",
        "/etc/passwd",
        "/etc/passwd.csv",
        "dataset/../secret.csv",
        "dataset/dataset/../../secret.csv",
        "dataset//etc/x.csv",
        "sub/NHPC.csv",
        "%2e%2e%2fsecret.csv",
        "..%2fsecret.csv",
        "NHPC.csv\u0000",
        "\u0000.csv",
        "NHPC\n.csv",
        "NHPC.csv\n",
        "．．/secret.csv",
        ".hidden.csv",
        "-rf.csv",
        "$(id).csv",
        "`id`.csv",
        "a;b.csv",
        "a|b.csv",
        "~root.csv",
        "C:x.csv",
        "x" * 300 + ".csv",
        None,
        7,
        ["NHPC.csv"],
        {"a": 1},
    ],
)
async def test_any_other_name_is_refused(
    client: httpx.AsyncClient, folder: Path, model: FakeModelService, name: object
) -> None:
    (folder.parent / "secret.csv").write_text(HEADER + ROW)
    (folder.parent / "secret_results.csv").write_text(HEADER + ROW)
    (folder / "sub").mkdir()
    (folder / "sub" / "NHPC_results.csv").write_text(HEADER + ROW)
    answer = await read(client, name)
    assert answer.status_code == 422
    assert answer.json()["field"] == "fileName"
    assert model.asked == []


async def test_links_are_not_followed(
    client: httpx.AsyncClient, folder: Path, model: FakeModelService
) -> None:
    (folder.parent / "secret.csv").write_text(HEADER + ROW)
    (folder / "LINK_results.csv").symlink_to(folder.parent / "secret.csv")
    (folder / "LINK.csv").symlink_to(folder.parent / "secret.csv")
    (folder / "DIR_results.csv").mkdir()
    for name in ("LINK.csv", "LINK_results.csv", "DIR.csv"):
        answer = await read(client, name)
        assert answer.status_code == 404
        assert answer.json()["type"] == "urn:bellwether:problem:dataset-file-not-found"
    assert model.asked == []


async def test_a_link_put_in_place_while_it_is_written_is_not_followed(
    client: httpx.AsyncClient, folder: Path
) -> None:
    (folder.parent / "secret.csv").write_text(HEADER + ROW)
    (folder / "A.csv").write_text("Date,Close\n")
    (folder / "A_results.csv").symlink_to(folder.parent / "secret.csv")
    assert (await read(client, "A.csv")).status_code == 404


async def test_results_over_the_limit_are_refused(
    client: httpx.AsyncClient, folder: Path, settings: Settings
) -> None:
    (folder / "A_results.csv").write_text(HEADER + ROW * 3_000)
    answer = await read(client, "A.csv")
    assert answer.status_code == 413
    assert answer.json()["limit"] == settings.max_upload_bytes


async def test_a_ragged_file_gives_rows_of_text_all_the_same(
    client: httpx.AsyncClient, folder: Path
) -> None:
    (folder / "A_results.csv").write_bytes(b"Date,close\n2020-01-01\n2020-01-02,1,2,3\n\xff,4\n")
    rows = (await read(client, "A.csv")).json()
    assert rows[0] == {"Date": "2020-01-01", "close": ""}
    assert rows[1] == {"Date": "2020-01-02", "close": "1"}
    assert rows[2]["close"] == "4"


@pytest.mark.parametrize(
    ("header", "keys"),
    [
        ("Date,Open,HIGH,low,Close,Volume,signal", "Date,open,high,low,close,Volume,signal"),
        ("date,open,High,Low,close,VWAP", "Date,open,high,low,close,VWAP"),
        ("Date,Close,close", "Date,Close,close"),
        ("Timestamp,Open,High,Low,Close", "Date,open,high,low,close"),
        ("timestamp,open,volume", "Date,open,volume"),
        ("time,open", "Date,open"),
        ("Datetime,Open,Time", "Date,open,Time"),
        ("unix,date,open", "unix,Date,open"),
        ("unix,symbol,open", "Date,symbol,open"),
        ("Symbol,Trade_Date,open", "Symbol,Date,open"),
        ("openTime,open,closeTime", "Date,open,closeTime"),
        ("DATE,Time,open", "Date,Time,open"),
        (",Open,Close", "Date,open,close"),
        ("symbol,price", "symbol,price"),
    ],
)
async def test_columns_have_the_names_that_the_client_reads(
    client: httpx.AsyncClient, folder: Path, header: str, keys: str
) -> None:
    values = ",".join("1" for _ in header.split(","))
    (folder / "A_results.csv").write_text(f"{header}\n{values}\n")
    assert list((await read(client, "A.csv")).json()[0]) == keys.split(",")


async def test_a_body_over_the_limit_is_refused(client: httpx.AsyncClient) -> None:
    answer = await read(client, "x" * 2_000_000)
    assert answer.status_code == 413
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["limit"] == 1024 * 1024


async def test_a_body_that_is_no_json_is_refused(client: httpx.AsyncClient) -> None:
    answer = await client.post("/read-csv", content=b"{", headers={"content-type": "text/plain"})
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
