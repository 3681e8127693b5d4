"""The YAML file of a sweep."""

from __future__ import annotations

import datetime as dt
import time
from pathlib import Path

import pytest

from model_service.errors import InvalidRequest
from model_service.experiments.sweep_file import MAX_BYTES, SweepFile, read_sweep_file

SMALLEST = "data: [a.csv]\ngrid: {learning.discount: [0.5]}\n"


def write(folder: Path, text: str) -> Path:
    path = folder / "sweep.yaml"
    path.write_text(text)
    return path


def test_everything_that_a_file_may_say(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        """
        name: Discounts
        data: [candles, /data/AAPL.csv]
        symbols: [AAPL, MSFT]
        seeds: [0, 2]
        budget: 30m
        start: 2015-01-01
        end: 2020-12-31
        config:
          network: {hidden: [32, 16]}
          split: {train_end: 2016-12-31, validation_end: 2017-12-31}
        grid:
          learning.discount: [0.9, 0.95]
          learning.learning_rate: [1e-3, 3.0E-4, 5e+0]
        """,
    )
    assert read_sweep_file(path) == SweepFile(
        data=(tmp_path / "candles", Path("/data/AAPL.csv")),
        grid={"learning.discount": [0.9, 0.95], "learning.learning_rate": [0.001, 0.0003, 5.0]},
        symbols=frozenset({"AAPL", "MSFT"}),
        seeds=(0, 2),
        steps=None,
        budget_seconds=1_800.0,
        config={
            "network": {"hidden": [32, 16]},
            "split": {"train_end": dt.date(2016, 12, 31), "validation_end": dt.date(2017, 12, 31)},
        },
        start=dt.date(2015, 1, 1),
        end=dt.date(2020, 12, 31),
        name="Discounts",
    )


def test_what_is_left_out_has_its_default(tmp_path: Path) -> None:
    sweep = read_sweep_file(write(tmp_path, SMALLEST))
    assert sweep == SweepFile((tmp_path / "a.csv",), {"learning.discount": [0.5]})


@pytest.mark.parametrize(
    ("text", "field", "words"),
    [
        ("", "file", "sweep.yaml"),
        ("- a\n", "file", "sweep.yaml"),
        ("data: [a.csv]\n", "grid", "does not say `grid`"),
        ("grid: {a: [1]}\n", "data", "does not say `data`"),
        (SMALLEST + "step: 5\n", "step", "`step` is not known; known are data, grid"),
        (SMALLEST + "seeds: 3\n", "seeds", "seeds"),
        (SMALLEST + "seeds: [a]\n", "seeds", "seeds.0"),
        (SMALLEST + "seeds: [true]\n", "seeds", "seeds.0"),
        (SMALLEST + "steps: 1.5\n", "steps", "steps"),
        (SMALLEST + "budget: soon\n", "budget", "length of time"),
        (SMALLEST + "budget: true\n", "budget", "budget"),
        (SMALLEST + "config: [1]\n", "config", "config"),
        (SMALLEST + "name: ''\n", "name", "name"),
        (SMALLEST + "start: yesterday\n", "start", "start"),
        (SMALLEST + "symbols: []\n", "symbols", "symbols"),
        ("data: a.csv\ngrid: {a: [1]}\n", "data", "data"),
        ("data: []\ngrid: {a: [1]}\n", "data", "data"),
        ("data: [a.csv]\ngrid: {a: 1}\n", "grid", "grid.a"),
        ("data: [a.csv]\ngrid: {5: [1]}\n", "grid", "grid"),
        ("data: [a.csv]\ngrid: {a: [1], a: [2]}\n", "file", "'a' is given twice (line 2)"),
        ("data: &x [a.csv]\ngrid: {a: *x}\n", "file", "aliases"),
        ("data: [a.csv\ngrid: {}", "file", "not valid YAML"),
        ("data: !!python/object/apply:os.getcwd []\n", "file", "not valid YAML"),
        ("data: !!set {a, b}\ngrid: {a: [1]}\n", "data", "data"),
        ("data: [2020-13-45]\ngrid: {a: [1]}\n", "file", "not valid YAML"),
        ("[" * 20_000 + "]" * 20_000, "file", "nested too deeply"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_used_is_refused_in_a_sentence(
    tmp_path: Path, text: str, field: str, words: str
) -> None:
    with pytest.raises(InvalidRequest) as refusal:
        read_sweep_file(write(tmp_path, text))
    assert refusal.value.field == field
    assert words in refusal.value.detail
    assert refusal.value.detail.endswith(".")
    assert "\n" not in refusal.value.detail


def test_files_that_are_not_there_not_text_or_too_large_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidRequest, match="There is no file"):
        read_sweep_file(tmp_path / "none.yaml")
    with pytest.raises(InvalidRequest, match="There is no file"):
        read_sweep_file(tmp_path)
    path = tmp_path / "sweep.yaml"
    path.write_bytes(b"\xff\xfe\xff")
    with pytest.raises(InvalidRequest, match="not UTF-8"):
        read_sweep_file(path)
    path.write_bytes(b"#" * (MAX_BYTES + 1))
    with pytest.raises(InvalidRequest, match="larger than 64 KiB") as refusal:
        read_sweep_file(path)
    assert refusal.value.limit == MAX_BYTES


def test_a_file_as_large_as_may_be_is_read_in_seconds(tmp_path: Path) -> None:
    names = "".join(f"  n{place}: [1]\n" for place in range(4_000))
    began = time.monotonic()
    sweep = read_sweep_file(write(tmp_path, f"data: [a.csv]\ngrid:\n{names}"))
    assert len(sweep.grid) == 4_000
    assert time.monotonic() - began < 30.0
