"""The whole of ``bellwether sentiment train-lite``: data in, a folder of weights out."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from model_service.errors import BellwetherError
from model_service.sentiment.engine import Label
from model_service.sentiment.lite.corpus import generated_examples, headline_examples
from model_service.sentiment.lite.engine import LiteEngine
from model_service.sentiment.lite.grammar import GRAMMAR_DIR, read_grammar
from model_service.sentiment.lite.lexicon import LEXICON_FILE, parse_lexicon
from model_service.sentiment.lite.measures import Figures, figures
from model_service.sentiment.lite.sentfin import SENTFIN_FILE, held_out, read_headlines
from model_service.sentiment.lite.training import TrainingConfig, train
from model_service.sentiment.lite.weights import write_model

NOTICE_FILE: Final = Path(__file__).with_name("LICENSE-SEntFiN.txt")


def measure(engine: LiteEngine, texts: Sequence[str], labels: Sequence[Label]) -> Figures:
    """Score the texts and compare with their labels."""
    return figures(labels, [score.label for score in engine.score(texts)])


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
    learned = headline_examples(headlines)
    made = generated_examples(read_grammar(), seed)
    trained = train(learned + made, parse_lexicon(lexicon_text), config)
    engine = LiteEngine(trained, "new")
    of_held_out = measure(engine, *held_out(headlines))
    single = [headline for headline in headlines if len(headline.entities) == 1]
    facts: dict[str, Any] = {
        "seed": seed,
        "data": {
            SENTFIN_FILE: {
                "sha256": hashlib.sha256((data / SENTFIN_FILE).read_bytes()).hexdigest(),
                "source": "github.com/pyRis/SEntFiN",
                "licence": "MIT",
                "examples": dict(Counter(example.label for example in learned)),
            },
            **{
                f"grammars/{path.name}": {"sha256": hashlib.sha256(path.read_bytes()).hexdigest()}
                for path in sorted(GRAMMAR_DIR.glob("*.txt"))
            },
            "generated": {"examples": dict(Counter(example.label for example in made))},
        },
        "features": int(trained.space.known.size),
        "config": asdict(config),
        "held_out": {
            "chosen_by": "SHA-256 of the title in small letters, modulo 5, is 0; never trained on",
            "one_label": asdict(of_held_out),
            "one_entity": asdict(measure(engine, *held_out(single))),
        },
    }
    try:
        write_model(output, trained, lexicon_text, facts)
        (output / NOTICE_FILE.name).write_bytes(NOTICE_FILE.read_bytes())
    except OSError as error:
        raise BellwetherError(f"{output} cannot be written: {error}.") from None
    return of_held_out
