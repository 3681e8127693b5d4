"""The whole of ``bellwether sentiment train-lite``: data in, a folder of weights out."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from model_service.errors import BellwetherError
from model_service.sentiment.engine import Label
from model_service.sentiment.lite.corpus import headline_examples
from model_service.sentiment.lite.engine import LiteEngine
from model_service.sentiment.lite.lexicon import LEXICON_FILE, parse_lexicon
from model_service.sentiment.lite.measures import accuracy, confusion, macro_f1
from model_service.sentiment.lite.sentfin import SENTFIN_FILE, Headline, read_headlines
from model_service.sentiment.lite.training import Example, TrainingConfig, train
from model_service.sentiment.lite.weights import write_model

NOTICE_FILE: Final = Path(__file__).with_name("LICENSE-SEntFiN.txt")


@dataclass(frozen=True)
class Figures:
    """How an engine does on some labelled texts."""

    texts: int
    macro_f1: float
    accuracy: float
    confusion: list[list[int]]


def measure(engine: LiteEngine, texts: Sequence[str], labels: Sequence[Label]) -> Figures:
    """Score the texts and compare with their labels."""
    told = [score.label for score in engine.score(texts)]
    return Figures(
        len(texts),
        round(macro_f1(labels, told), 4),
        round(accuracy(labels, told), 4),
        confusion(labels, told).tolist(),
    )


def held_out(headlines: Sequence[Headline]) -> tuple[list[str], list[Label]]:
    """Texts and labels of the held-out fifth, of headlines with one label."""
    kept = [
        (headline.title, headline.label)
        for headline in headlines
        if headline.held_out and headline.label is not None
    ]
    return [text for text, _ in kept], [label for _, label in kept]


def train_lite(data: Path, output: Path, config: TrainingConfig, seed: int) -> Figures:
    """Train on SEntFiN without its held-out fifth, and write the folder.

    Raises
    ------
    UnreadableSentiments
        Where `data` does not hold SEntFiN.
    BellwetherError
        Where the folder cannot be written.
    """
    headlines = read_headlines(data)
    lexicon_text = LEXICON_FILE.read_text(encoding="utf-8")
    examples: list[Example] = headline_examples(headlines)
    trained = train(examples, parse_lexicon(lexicon_text), config)
    figures = measure(LiteEngine(trained, "new"), *held_out(headlines))
    digest = hashlib.sha256((data / SENTFIN_FILE).read_bytes()).hexdigest()
    facts: dict[str, Any] = {
        "seed": seed,
        "data": {SENTFIN_FILE: {"sha256": digest, "licence": "MIT"}},
        "examples": dict(Counter(example.label for example in examples)),
        "features": int(trained.space.known.size),
        "config": asdict(config),
        "held_out": asdict(figures),
    }
    try:
        write_model(output, trained, lexicon_text, facts)
        (output / NOTICE_FILE.name).write_bytes(NOTICE_FILE.read_bytes())
    except OSError as error:
        raise BellwetherError(f"{output} cannot be written: {error}.") from None
    return figures
