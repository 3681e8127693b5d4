"""From a folder of headlines to a folder of weights."""

import json
from pathlib import Path

import pytest

from model_service.errors import BellwetherError
from model_service.sentiment.lite.engine import LiteEngine
from model_service.sentiment.lite.lesson import train_lite
from model_service.sentiment.lite.training import TrainingConfig

QUICK = TrainingConfig(iterations=5)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    rows = [f"{n},Vamola profit rises {n} pct,{{'V': 'positive'}},5" for n in range(40)]
    rows += [f"{n},Vamola profit falls {n} pct,{{'V': 'negative'}},5" for n in range(40)]
    rows += [
        f"{n},Vamola meets in room {n},{{'V': 'neutral', 'R': 'neutral'}},5" for n in range(40)
    ]
    lines = ["S No.,Title,Decisions,Words", *rows]
    text = "\n".join(
        line.replace("{'V': 'neutral', 'R'", "\"{'V': 'neutral', 'R'") for line in lines
    )
    text = text.replace("'R': 'neutral'}", "'R': 'neutral'}\"")
    (folder / "SEntFiN.csv").write_text(text + "\n", encoding="utf-8")
    return folder


def test_it_writes_what_the_engine_loads(data: Path, tmp_path: Path) -> None:
    output = tmp_path / "weights"
    figures = train_lite(data, output, QUICK, seed=1)
    assert figures.macro_f1 > 0.9
    assert LiteEngine.load(output).score(["Vamola profit rises 5 pct"])[0].label == "positive"
    manifest = json.loads((output / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["seed"] == 1
    assert manifest["held_out"]["one_label"]["macro_f1"] == figures.macro_f1
    assert manifest["held_out"]["one_entity"]["texts"] < figures.texts
    assert manifest["data"]["SEntFiN.csv"]["licence"] == "MIT"
    assert sum(manifest["data"]["SEntFiN.csv"]["examples"].values()) + figures.texts == 120
    assert (output / "LICENSE-SEntFiN.txt").exists()


def test_a_folder_that_cannot_be_written_is_refused(data: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(BellwetherError, match="cannot be written"):
        train_lite(data, tmp_path / "file", QUICK, seed=0)
