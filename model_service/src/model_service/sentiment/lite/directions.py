"""Directions: what a text says moved, which way, and whether that is good.

They come out as signals, the features that carry a reading from one kind of prose to another.
"""

from __future__ import annotations

from collections.abc import Sequence

from model_service.sentiment.lite.reading import Kinds, Reading
from model_service.sentiment.lite.signals import BUCKETS, CODE, SIGNALS
from model_service.sentiment.lite.vocabulary import NUMBER, Vocabulary


class DirectionReader:
    """Reads the signals of texts.

    Parameters
    ----------
    vocabulary : Vocabulary
        Whose tokens and numbers are read.
    """

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._kinds = Kinds(vocabulary.lexicon)
        self._classes = list(vocabulary.class_list)
        self._classes[NUMBER] = self._kinds.number

    def signals(self, tokens: Sequence[str], numbers: Sequence[int]) -> list[int]:
        """Codes of the signals of a text, some of them more than once.

        Parameters
        ----------
        tokens, numbers : sequence
            As `Vocabulary.read` gives them.
        """
        classes = self._classes
        reading = Reading(self._kinds, tokens, [classes[number] for number in numbers])
        reading.read()
        return _sum_up(reading)

    def names(self, tokens: Sequence[str], numbers: Sequence[int]) -> list[str]:
        """Names of the signals of a text, to be read by people."""
        return [SIGNALS[code] for code in self.signals(tokens, numbers)]


def _sum_up(reading: Reading) -> list[int]:
    """The signals of the parts, and of the whole."""
    found, verdict = reading.found, reading.verdict
    good, bad, facts = reading.good, reading.bad, reading.facts
    if reading.loss_alone:
        found.append(CODE["loss_stated"])
        verdict -= 2
    if reading.stated and not good and not bad:
        found.append(CODE["quantity_stated"])
    if good > 1:
        found.append(CODE["good_words"])
    if bad > 1:
        found.append(CODE["bad_words"])
    if facts:
        found.append(CODE["fact"])
        if facts > 1:
            found.append(CODE["facts"])
    found.append(CODE["number" if reading.any_number else "no_number"])
    bucket = max(BUCKETS[0], min(BUCKETS[-1], verdict))
    found.append(_VERDICT[bucket])
    found.append((_VERDICT_FACT if facts else _VERDICT_NO_FACT)[bucket])
    if good or bad:
        found.append(CODE["first_good" if reading.first > 0 else "first_bad"])
        if good and bad:
            found.append(CODE["mixed"])
    else:
        found.append(CODE["no_evidence"])
    return found


_VERDICT = {bucket: CODE[f"verdict_{bucket}"] for bucket in BUCKETS}
_VERDICT_FACT = {bucket: CODE[f"verdict_fact_{bucket}"] for bucket in BUCKETS}
_VERDICT_NO_FACT = {bucket: CODE[f"verdict_no_fact_{bucket}"] for bucket in BUCKETS}
