"""The lite engine beside VADER, the Loughran-McDonald lists and TF-IDF with a linear model."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from model_service.sentiment.engine import LABELS, Label
from model_service.sentiment.lite.corpus import headline_examples
from model_service.sentiment.lite.engine import LiteEngine
from model_service.sentiment.lite.measures import Figures, figures
from model_service.sentiment.lite.rivals import (
    Labeller,
    load_loughran_mcdonald,
    load_vader,
    train_tfidf,
)
from model_service.sentiment.lite.sentfin import UnreadableSentiments, held_out, read_headlines


@dataclass(frozen=True)
class LabelledTexts:
    """Texts with their true labels."""

    texts: list[str]
    labels: list[Label]


def read_labelled(path: Path) -> LabelledTexts:
    """The texts of a CSV with the columns `text` and `label`.

    Raises
    ------
    UnreadableSentiments
        Where the file cannot be read, has no rows, or a label is none of `LABELS`.
    """
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UnreadableSentiments(f"{path} cannot be read: {error}.") from None
    known: Mapping[str, Label] = {label: label for label in LABELS}
    texts, labels = [], []
    for number, row in enumerate(rows, start=2):
        label = known.get(row.get("label") or "")
        text = row.get("text")
        if label is None or not text:
            raise UnreadableSentiments(
                f"{path} has a row without a text, or with a label that is none of"
                f" {', '.join(LABELS)}.",
                field="text,label",
                row=number,
            )
        texts.append(text)
        labels.append(label)
    if not texts:
        raise UnreadableSentiments(f"{path} has no rows.", row=1)
    return LabelledTexts(texts, labels)


def gather_sets(data: Path, files: Sequence[Path]) -> dict[str, LabelledTexts]:
    """SEntFiN's held-out fifth, its part that names one entity, and the files, by name."""
    headlines = read_headlines(data)
    single = [headline for headline in headlines if len(headline.entities) == 1]
    return {
        "SEntFiN, one label": LabelledTexts(*held_out(headlines)),
        "SEntFiN, one entity": LabelledTexts(*held_out(single)),
        **{path.stem: read_labelled(path) for path in files},
    }


def gather_rivals(data: Path, engine: LiteEngine) -> tuple[dict[str, Labeller], dict[str, str]]:
    """The engine and what it is compared with, by name; and why what is left out is not there."""

    def lite(texts: Sequence[str]) -> list[Label]:
        return [score.label for score in engine.score(texts)]

    examples = [one for one in headline_examples(read_headlines(data)) if one.weight == 1.0]
    makers: dict[str, Callable[[], Labeller]] = {
        "TF-IDF + logistic regression": lambda: train_tfidf(examples),
        "VADER": load_vader,
        "Loughran-McDonald": load_loughran_mcdonald,
    }
    rivals: dict[str, Labeller] = {"lite": lite}
    missing: dict[str, str] = {}
    for name, make in makers.items():
        try:
            rivals[name] = make()
        except ImportError as error:
            missing[name] = f"{error.name} is not installed (the extra 'comparison' has it)"
    return rivals, missing


def compare(
    rivals: Mapping[str, Labeller], sets: Mapping[str, LabelledTexts]
) -> dict[str, dict[str, Figures]]:
    """Figures of each rival on each set."""
    return {
        rival: {name: figures(one.labels, label(one.texts)) for name, one in sets.items()}
        for rival, label in rivals.items()
    }
