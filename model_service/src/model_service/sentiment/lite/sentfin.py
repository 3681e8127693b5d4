"""SEntFiN: headlines with a sentiment for each entity that they name.

The set: Sinha, Kedas, Kumar and Malo, "SEntFiN 1.0: Entity-aware sentiment analysis for financial
news", 2022; MIT licence.
"""

from __future__ import annotations

import csv
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, cast

from model_service.errors import BellwetherError
from model_service.sentiment.engine import Label

SENTFIN_FILE: Final = "SEntFiN.csv"
FOLDS: Final = 5

# The cells are Python literals, but for 13 with apostrophes that are not escaped. A label is what
# stands in quotes after the colon that closes a key, and so needs no parsing of the key.
_PAIR = re.compile(r"""(?:^\{|,)\s*(['"])(.*?)\1\s*:\s*['"](positive|negative|neutral)['"]""")


class UnreadableSentiments(BellwetherError):
    """A folder without SEntFiN, or a file that is not it."""

    slug, title, status = "unreadable-sentiments", "The labelled headlines cannot be read", 422


@dataclass(frozen=True)
class Headline:
    """A headline and what it says of each entity that it names.

    Attributes
    ----------
    title : str
    entities : tuple of (str, Label)
        At least one.
    """

    title: str
    entities: tuple[tuple[str, Label], ...]

    @property
    def label(self) -> Label | None:
        """The label that all entities share, else None."""
        labels = {label for _, label in self.entities}
        return next(iter(labels)) if len(labels) == 1 else None

    @property
    def held_out(self) -> bool:
        """Whether it is of the fifth that no training sees.

        The SHA-256 of the title in small letters decides, so that twins stay together.
        """
        digest = hashlib.sha256(" ".join(self.title.lower().split()).encode()).digest()
        return int.from_bytes(digest, "big") % FOLDS == 0


def read_headlines(folder: Path) -> list[Headline]:
    """All headlines of the file, in order.

    Raises
    ------
    UnreadableSentiments
        Where there is no such file, a column is missing, or a row has no label.
    """
    path = folder / SENTFIN_FILE
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UnreadableSentiments(f"{path} cannot be read: {error}.") from None
    headlines = []
    for number, row in enumerate(rows, start=2):
        pairs = _PAIR.findall(row.get("Decisions") or "")
        title = row.get("Title")
        if not title or not pairs:
            raise UnreadableSentiments(
                "A row has no title or no label.", field="Title,Decisions", row=number
            )
        entities = tuple((entity, cast("Label", label)) for _, entity, label in pairs)
        headlines.append(Headline(title, entities))
    if not headlines:
        raise UnreadableSentiments(f"{path} has no rows.", row=1)
    return headlines


def held_out(headlines: Sequence[Headline]) -> tuple[list[str], list[Label]]:
    """Texts and labels of the held-out fifth, of headlines with one label."""
    kept = [
        (headline.title, headline.label)
        for headline in headlines
        if headline.held_out and headline.label is not None
    ]
    return [text for text, _ in kept], [label for _, label in kept]
