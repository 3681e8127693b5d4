"""One price basis, and jumps that are reported or repaired."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from model_service.market.ingest import Ingested, ingest_csv

Floats = NDArray[np.float64]


def dates(count: int) -> list[str]:
    return [str(day) for day in np.datetime64("2020-01-01") + np.arange(count)]


def walk(count: int, seed: int = 0, spread: float = 0.015) -> Floats:
    """Open, high, low, close and volume of a quiet stock, shape (count, 5)."""
    random = np.random.default_rng(seed)
    close = 100 * np.exp(np.cumsum(random.normal(0, spread, count)))
    opens = np.append(100.0, close[:-1]) * np.exp(random.normal(0, spread / 4, count))
    high = np.maximum(opens, close) * np.exp(np.abs(random.normal(0, spread / 3, count)))
    low = np.minimum(opens, close) * np.exp(-np.abs(random.normal(0, spread / 3, count)))
    volume = np.rint(1e6 * np.exp(random.normal(0, 0.3, count)))
    return np.stack((opens, high, low, close, volume), axis=1)


def write(candles: Floats, extra: str = "", extras: list[str] | None = None) -> bytes:
    rows = [
        f"{day},{','.join(map(repr, values))}{',' + extras[i] if extras else ''}"
        for i, (day, values) in enumerate(zip(dates(len(candles)), candles.tolist(), strict=True))
    ]
    return "\n".join(("Date,Open,High,Low,Close,Volume" + extra, *rows)).encode()


def ingest(candles: Floats, *, repair: bool = False) -> Ingested:
    return ingest_csv(write(candles), file_name="X.csv", repair=repair)


def prices(ingested: Ingested) -> Floats:
    candles = ingested.candles
    return np.stack(
        (candles.open, candles.high, candles.low, candles.close, candles.volume), axis=1
    )


def kinds(ingested: Ingested) -> dict[str, str]:
    return {issue.kind: issue.action for issue in ingested.issues}


def test_an_adjusted_close_scales_all_four_prices() -> None:
    data = (
        b"Date,Open,High,Low,Close,Adj Close,Volume\n"
        b"2020-01-02,10,12,8,10,5,100\n2020-01-03,10,12,8,11,11,100\n"
    )
    ingested = ingest_csv(data, file_name="X.csv")
    assert prices(ingested).tolist() == [[5, 6, 4, 5, 100], [10, 12, 8, 11, 100]]
    assert ingested.candles.price_basis == "adjusted"
    assert kinds(ingested) == {"adjusted_prices": "converted"}
    assert ingested.table.column("Close").to_pylist() == ["10", "11"]


def test_an_adjusted_close_that_says_the_same_changes_nothing() -> None:
    data = b"Date,Close,Adj Close\n2020-01-02,10,10.00000001\n2020-01-03,11,11\n"
    ingested = ingest_csv(data, file_name="X.csv")
    assert ingested.candles.close.tolist() == [10, 11]
    assert ingested.candles.price_basis == "raw"


def test_a_missing_adjusted_close_takes_the_last_known_factor() -> None:
    data = b"Date,Close,Adj Close\n2020-01-02,10,\n2020-01-03,10,5\n2020-01-06,12,null\n"
    ingested = ingest_csv(data, file_name="X.csv")
    assert ingested.candles.close.tolist() == [5, 5, 6]
    rows = [issue.row for issue in ingested.issues if issue.kind == "missing_adjustment"]
    assert rows == [2, 4]


@pytest.mark.parametrize(("outside", "basis"), [(5, "raw"), (6, "mixed")])
def test_more_than_a_twentieth_of_closes_outside_is_a_mixed_basis(outside: int, basis: str) -> None:
    candles = walk(100)
    candles[:outside, 3] = candles[:outside, 2] * 0.9
    ingested = ingest(candles)
    assert ingested.candles.price_basis == basis
    assert ("mixed_price_basis" in kinds(ingested)) == (basis == "mixed")
    assert sum(i.count for i in ingested.issues if i.kind == "close_outside_range") == outside
    np.testing.assert_array_equal(prices(ingested), candles)


@pytest.mark.parametrize("ratio", [2.0, 3.0, 5.0, 10.0, 0.5, 0.1, 1 / 20])
@pytest.mark.parametrize("seed", [0, 1])
def test_a_missed_split_is_reported_and_only_repaired_on_demand(ratio: float, seed: int) -> None:
    truth = walk(60, seed)
    broken = truth.copy()
    broken[:30, :4] *= ratio
    broken[:30, 4] /= ratio
    reported = ingest(broken)
    assert kinds(reported) == {"suspected_split": "kept"}
    assert [issue.row for issue in reported.issues] == [32]
    np.testing.assert_array_equal(prices(reported), broken)
    repaired = ingest(broken, repair=True)
    assert kinds(repaired) == {"suspected_split": "repaired"}
    np.testing.assert_allclose(prices(repaired), truth, rtol=1e-12)


def test_a_declared_split_may_have_a_small_ratio() -> None:
    candles = walk(40)
    candles[:20, :4] *= 1.5
    declared = ["0"] * 40
    declared[21] = "1.5"
    plain = ingest_csv(write(candles), file_name="X.csv")
    assert "suspected_split" not in kinds(plain)
    told = ingest_csv(write(candles, ",Stock Splits", declared), file_name="X.csv")
    assert "suspected_split" in kinds(told)


def crash() -> Floats:
    candles = walk(60)
    candles[30:, :4] *= 0.62
    return candles


def crash_within_the_day() -> Floats:
    candles = walk(60)
    candles[30:, :4] *= 0.5
    candles[30, :2] *= 2
    return candles


def crash_that_recovers() -> Floats:
    candles = walk(60)
    candles[30:33, :4] *= 0.5
    return candles


def penny_stock() -> Floats:
    random = np.random.default_rng(3)
    close = np.round(0.03 * np.exp(np.cumsum(random.normal(0, 0.3, 60))), 2) + 0.01
    return np.stack((close, close, close, close, np.full(60, 1e6)), axis=1)


@pytest.mark.parametrize(
    "candles", [crash(), crash_within_the_day(), crash_that_recovers(), penny_stock(), walk(400)]
)
def test_crashes_and_penny_stocks_are_no_splits(candles: Floats) -> None:
    ingested = ingest(candles, repair=True)
    assert not {"suspected_split", "suspected_unit_error"} & kinds(ingested).keys()
    np.testing.assert_array_equal(prices(ingested), candles)


@pytest.mark.parametrize("factor", [100.0, 0.01])
def test_older_candles_in_another_unit(factor: float) -> None:
    truth = walk(40)
    broken = truth.copy()
    broken[:25, :4] *= factor
    reported = ingest(broken)
    assert kinds(reported) == {"suspected_unit_error": "kept"}
    assert sum(issue.count for issue in reported.issues) == 25
    np.testing.assert_array_equal(prices(reported), broken)
    repaired = ingest(broken, repair=True)
    assert kinds(repaired) == {"suspected_unit_error": "repaired"}
    np.testing.assert_allclose(prices(repaired), truth, rtol=1e-12)


def test_single_candles_in_another_unit() -> None:
    truth = walk(40)
    broken = truth.copy()
    broken[[5, 20, 39], :4] *= 100
    np.testing.assert_allclose(prices(ingest(broken, repair=True)), truth, rtol=1e-12)


@pytest.mark.parametrize("column", [0, 1, 2, 3])
@pytest.mark.parametrize("factor", [100.0, 0.01])
def test_single_cells_in_another_unit(column: int, factor: float) -> None:
    truth = walk(40)
    broken = truth.copy()
    broken[20, column] *= factor
    assert "suspected_unit_error" in kinds(ingest(broken))
    np.testing.assert_allclose(prices(ingest(broken, repair=True)), truth, rtol=1e-12)


@pytest.mark.parametrize("cell", ["junk", "", "0", "-1"])
def test_an_adjusted_close_without_prices_is_told(cell: str) -> None:
    candles = walk(40)
    ingested = ingest_csv(write(candles, ",Adj Close", [cell] * 40), file_name="X.csv")
    assert ingested.candles.price_basis == "raw"
    assert "unusable_adjusted_close" in {issue.kind for issue in ingested.issues}
    np.testing.assert_array_equal(ingested.candles.close, candles[:, 3])
