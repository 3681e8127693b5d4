"""A small BERT, trained and exported once for all tests; torch stays in child processes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from model_service.sentiment.finbert.engine import FinbertEngine
from model_service.sentiment.finbert.export import export_in_child

# pytest's importlib mode makes test folders no packages, so what tests share has its own path.
SUPPORT = Path(__file__).parent / "support"
sys.path.insert(0, str(SUPPORT))

EXPORT_SECONDS = 110.0


@pytest.fixture(scope="session")
def small_bert(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as FinBERT's repository is: config, pytorch_model.bin, vocab.txt."""
    folder = tmp_path_factory.mktemp("hub") / "small-bert"
    script = SUPPORT / "small_bert.py"
    command = [sys.executable, str(script), str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=110, check=False)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="session")
def held_out(small_bert: Path) -> list[dict[str, Any]]:
    """Headlines that the small BERT was not trained on: text, label, and its fp32 answer."""
    lines: list[dict[str, Any]] = json.loads((small_bert / "held_out.json").read_text())
    return lines


@pytest.fixture(scope="session")
def told() -> list[str]:
    """What the export of the small BERT said while it was made."""
    return []


@pytest.fixture(scope="session")
def exports(small_bert: Path, told: list[str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of exports that holds the one of the small BERT."""
    folder = tmp_path_factory.mktemp("exports")
    export_in_child(str(small_bert), folder, timeout_seconds=EXPORT_SECONDS, tell=told.append)
    return folder


@pytest.fixture(scope="session")
def export(exports: Path) -> Path:
    """The folder of the small BERT's export."""
    (folder,) = (one for one in exports.iterdir() if one.is_dir())
    return folder


@pytest.fixture(scope="session")
def engine(export: Path) -> FinbertEngine:
    return FinbertEngine.load(export, threads=2)
