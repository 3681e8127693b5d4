"""The real FinBERT, where its weights are on this machine.

One command fetches them: ``bellwether sentiment export-finbert``.
"""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from model_service.sentiment.engine import LABELS
from model_service.sentiment.finbert.engine import FinbertEngine
from model_service.sentiment.finbert.exported import model_name
from model_service.sentiment.finbert.weights import find_export
from model_service.settings import read_settings

REPOSITORY = Path(__file__).resolve().parents[4]
MEAN_DIFFERENCE = 0.05
LARGEST_DIFFERENCE = 0.35
SAME_LABELS = 0.95


@pytest.mark.realdata
def test_scores_are_those_that_the_original_system_had(market_data: Path) -> None:
    options = read_settings()
    folder = find_export(REPOSITORY / options.sentiment_dir, options.finbert_model)
    if folder is None:
        pytest.skip(
            f"no export of {model_name(options.finbert_model)} here: "
            "`bellwether sentiment export-finbert` makes one where there is a network"
        )
    with (market_data / "nse" / "finbert_scores_sample.csv").open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert len(rows) == 43
    scores = FinbertEngine.load(folder, threads=2).score([row["Headline"] for row in rows])
    differences, same = [], []
    for row, score in zip(rows, scores, strict=True):
        wanted = {label: float(row[label.capitalize()]) for label in LABELS}
        differences += [abs(getattr(score, label) - wanted[label]) for label in LABELS]
        same.append(score.label == max(LABELS, key=wanted.__getitem__))
    assert sum(same) / len(same) >= SAME_LABELS
    assert sum(differences) / len(differences) <= MEAN_DIFFERENCE
    assert max(differences) <= LARGEST_DIFFERENCE
