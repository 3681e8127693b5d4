"""What is measured on: real candles where they are at hand, else simulated ones."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from model_service.evaluation.splits import Split
from model_service.experiments.candle_files import end_of_day, load_series
from model_service.market.candles import Candles
from model_service.market.ingest import ingest_csv
from model_service.market.simulated import simulate_candles

SPLIT = Split(end_of_day(dt.date(2015, 12, 31)), end_of_day(dt.date(2017, 12, 31)))
"""No candle after 2017 is scored: the files of later years are not even read."""

_TRAINING_FILES = "*_2012-1-1_2018-1-1.csv"
_SIMULATED_SYMBOLS = 20
_PREDICT_FILE = Path("nse") / "NHPC.csv"
_PREDICT_CANDLES = 2_934


@dataclass(frozen=True)
class Series:
    """Candles of several symbols and where they come from."""

    candles: tuple[Candles, ...]
    source: str


def training_series(data: Path) -> Series:
    """The symbols of the TDQN paper, 2012 to 2017."""
    files = sorted((data / "tdqn").glob(_TRAINING_FILES))
    if files:
        return Series(load_series(files).series, "tdqn")
    start, end = dt.date(2012, 1, 2), dt.date(2017, 12, 29)
    simulated = tuple(
        simulate_candles(f"BENCH{number}", seed=0, start=start, end=end, interval="1d")
        for number in range(_SIMULATED_SYMBOLS)
    )
    return Series(simulated, "simulated")


@dataclass(frozen=True)
class CandleFile:
    """A CSV as a person has it, and the candles in it."""

    name: str
    content: bytes
    candles: Candles
    source: str


def predict_file(data: Path) -> CandleFile:
    """NHPC as the exchange gives it."""
    path = data / _PREDICT_FILE
    if path.is_file():
        content = path.read_bytes()
        candles = ingest_csv(content, file_name=path.name).candles
        return CandleFile(path.name, content, candles, "nse")
    start, end = dt.date(2009, 9, 1), dt.date(2022, 12, 30)
    candles = simulate_candles("NHPC", seed=0, start=start, end=end, interval="1d")
    candles = candles.slice(0, _PREDICT_CANDLES)
    return CandleFile("NHPC.csv", to_csv(candles), candles, "simulated")


def to_csv(candles: Candles) -> bytes:
    """Candles as a file with a header."""
    days = candles.time.astype("datetime64[s]").astype("datetime64[D]")
    columns = (candles.open, candles.high, candles.low, candles.close, candles.volume)
    rows = [
        ",".join([str(day), *(repr(float(value)) for value in values)])
        for day, *values in zip(days, *columns, strict=True)
    ]
    return "\n".join(["Date,Open,High,Low,Close,Volume", *rows, ""]).encode()


def change_last_volume(content: bytes, by: int) -> bytes:
    """A file of candles with a larger volume in its last row; all else as it is."""
    lines = content.decode().splitlines()
    column = [name.strip().lower() for name in lines[0].split(",")].index("volume")
    cells = lines[-1].split(",")
    cells[column] = str(int(float(cells[column])) + by)
    return "\n".join([*lines[:-1], ",".join(cells), ""]).encode()


def random_walk(count: int, seed: int = 0) -> Candles:
    """A random walk in cents that stays near 100, however long it is."""
    random = np.random.default_rng(seed)
    spread = 0.3 / np.sqrt(count)
    close = np.round(100.0 * np.exp(np.cumsum(random.normal(0.0, spread, count))), 2)
    start = np.append(100.0, close[:-1])
    opened = np.round(start * np.exp(random.normal(0.0, spread, count)), 2)
    return Candles(
        symbol="WALK",
        time=60 * np.arange(1, count + 1, dtype=np.int64),
        open=opened,
        high=np.maximum(opened, close),
        low=np.minimum(opened, close),
        close=close,
        volume=np.ones(count),
    )
