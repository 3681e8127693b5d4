"""``python -m scripts.pipeline.candles``: canonical candles of a dataset, for training.

``DATASET`` is a file or folder (CSV, .csv.gz, .zip) or an https address of a file; where it is
empty, the market is simulated: two symbols of fifteen years each.
"""

from __future__ import annotations

import os
import shutil
import sys
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

from scripts.pipeline.step import (
    ROOT,
    StepFailed,
    exit_status,
    results_folder,
    run_read,
    run_shown,
)

BELLWETHER = str(ROOT / ".venv/bin/bellwether")
SIMULATED = ("BELL", "WETHER")
FORMS = (".csv", ".csv.gz", ".zip")
MAX_BYTES = 64 * 1024 * 1024
FETCH_SECONDS = 120
STEP_SECONDS = 600


def prepare_candles(environment: Mapping[str, str]) -> None:
    """Raw files into ``raw``, canonical candles and what was done to them into ``candles``.

    Raises
    ------
    StepFailed
    """
    folder = results_folder(environment)
    raw, candles = folder / "raw", folder / "candles"
    for left in (raw, candles):
        shutil.rmtree(left, ignore_errors=True)
        left.mkdir(parents=True)
    files = find_files(environment.get("DATASET", "").strip(), raw)
    for file in files:
        symbol = file.name.split(".")[0].split("_")[0]
        output = candles / f"{symbol}.csv"
        if output.exists():
            raise StepFailed(f"Two files of the dataset are of {symbol}.")
        command = [BELLWETHER, "preprocess", str(file), "--output", str(output), "--json"]
        found = run_read(command, STEP_SECONDS)
        (candles / f"{symbol}.json").write_text(found)
        print(f"{symbol}: {len(output.read_text().splitlines()) - 1:,} candles")


def find_files(dataset: str, raw: Path) -> list[Path]:
    """The files of a dataset; what is fetched or simulated is put into `raw`.

    Raises
    ------
    StepFailed
        Where there are none.
    """
    if not dataset:
        return [_simulate(symbol, raw) for symbol in SIMULATED]
    if "://" in dataset:
        return [_fetch(dataset, raw)]
    path = (ROOT / dataset).resolve()
    entries = sorted(path.iterdir()) if path.is_dir() else [path]
    files = [entry for entry in entries if entry.is_file() and entry.name.endswith(FORMS)]
    if not files:
        raise StepFailed(f"DATASET: there is no file of candles at {dataset}.")
    return files


def _simulate(symbol: str, raw: Path) -> Path:
    file = raw / f"{symbol}.csv"
    run_shown([BELLWETHER, "simulate", symbol, "--output", str(file)], STEP_SECONDS)
    return file


def _fetch(address: str, raw: Path) -> Path:
    parts = urlsplit(address)
    name = PurePosixPath(parts.path).name
    if parts.scheme != "https" or not name.endswith(FORMS):
        raise StepFailed(f"DATASET: an address is https and ends with {', '.join(FORMS)}.")
    try:
        with urllib.request.urlopen(address, timeout=FETCH_SECONDS) as answer:  # noqa: S310 (https)
            content = answer.read(MAX_BYTES + 1)
    except (urllib.error.URLError, TimeoutError) as problem:
        # The address may hold a signature: it is not repeated.
        raise StepFailed(f"DATASET could not be fetched from {parts.hostname}: {problem}") from None
    if len(content) > MAX_BYTES:
        raise StepFailed(f"DATASET is larger than {MAX_BYTES:,} bytes.")
    file = raw / name
    file.write_bytes(content)
    return file


if __name__ == "__main__":
    sys.exit(exit_status(lambda: prepare_candles(os.environ)))
