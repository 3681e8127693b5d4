"""Directions: what a text says moved, which way, and whether that is good.

A text is read once from left to right as classes of the lexicon. A word of movement takes the
quantity that it moves from beside it (`profit rose`, `cuts costs`, `growth in sales`); two amounts
around a word of comparison move the quantity before them (`profit was 9 mn, compared with 13`).
What is found comes out as signals, the features that carry a reading from one kind of prose to
another.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from model_service.sentiment.lite.amounts import Amount, compare, read_amount
from model_service.sentiment.lite.vocabulary import NUMBER, Vocabulary

_MOVES: Final = ("move", "raise", "state")
_WAYS: Final = ("good", "bad", "neutral", "unbound_up", "unbound_down")
_BUCKETS: Final = range(-3, 4)

SIGNALS: Final[tuple[str, ...]] = (
    *(f"{move}_{way}" for move in _MOVES for way in _WAYS),
    *(f"{tone}_{way}" for tone in ("expected", "negated", "cause") for way in ("good", "bad")),
    "staff_cut", "staff_more",
    "compared_good", "compared_bad", "compared_equal", "compared_up", "compared_down",
    "turn_good", "turn_bad", "loss_stated", "quantity_stated",
    "win_deal", "deal", "win", "good_word", "bad_word", "good_words", "bad_words",
    "negated_good_word", "negated_bad_word", "fact", "facts", "modal", "number", "no_number",
    *(f"verdict_{bucket}" for bucket in _BUCKETS),
    *(f"verdict_fact_{bucket}" for bucket in _BUCKETS),
    *(f"verdict_no_fact_{bucket}" for bucket in _BUCKETS),
    "first_good", "first_bad", "mixed", "no_evidence",
)  # fmt: skip
"""Names of the signals; a signal is its place here."""

RULES_VERSION: Final = 1
"""To be raised with every change of what is signalled: weights fit one version alone."""

_CODE: Final = {name: code for code, name in enumerate(SIGNALS)}
_REACH_LEFT, _REACH_RIGHT, _REACH_DEAL, _REACH_NUMBER = 12, 4, 9, 9
_REACH_NOT, _REACH_MODAL = 3, 6
_STRONG, _PLAIN, _FAINT = 3, 2, 1
"""Weights in the verdict: a turn or a contract, a word or a movement, a cause or a hope."""


class DirectionReader:
    """Reads the signals of texts.

    Parameters
    ----------
    vocabulary : Vocabulary
        Whose tokens and numbers are read.
    """

    def __init__(self, vocabulary: Vocabulary) -> None:
        lexicon = vocabulary.lexicon
        number = lexicon.number
        self._classes = list(vocabulary.class_list)
        self._number = len(lexicon.names) + 1
        self._classes[NUMBER] = self._number
        self._ways = {
            number(name): (1 if name.startswith("up") else -1, name[-1])
            for name in ("up_i", "up_t", "up_a", "dn_i", "dn_t", "dn_a")
        }
        self._staff = number("staff")
        self._worth = {number("goodq"): 1, number("badq"): -1, number("neuq"): 0, self._staff: 1}
        passed = ("skip", "and", "up_a", "dn_a", "up_i", "dn_i", "unit", "pos", "neg")
        self._passed = frozenset((0, *map(number, passed)))
        self._names = ("", *lexicon.names, "number")
        self._silent = frozenset(
            (0, *map(number, ("skip", "and", "by", "to", "unit", "percent", "currency", "month")))
        )

    def signals(self, tokens: Sequence[str], numbers: Sequence[int]) -> list[int]:
        """Codes of the signals of a text, some of them more than once.

        Parameters
        ----------
        tokens, numbers : sequence
            As `Vocabulary.read` gives them.
        """
        classes = self._classes
        kinds = [classes[number] for number in numbers]
        found: list[int] = []
        verdict = good = bad = facts = 0
        first = 0
        quantity = denied = hoped = win = deal = stated = compared = -99
        cause = loss = turned = False
        amount: Amount | None = None
        base: Amount | None = None
        from_first = -99
        any_number = False
        silent, names = self._silent, self._names
        for place, kind in enumerate(kinds):
            if kind in silent:
                if names[kind] == "to" and base is not None:
                    compared = place
                continue
            name = names[kind]
            sign = 0
            weight = _PLAIN
            if name == "number":
                any_number = True
                read = read_amount(tokens, place)
                if read is None:
                    continue
                if base is not None and place - compared < _REACH_NUMBER:
                    order = compare(read, base)
                    base, compared = None, -99
                elif amount is not None and place - compared < _REACH_NUMBER:
                    order = compare(amount, read)
                    compared = -99
                elif place - from_first < 4 and base is None:
                    base, amount, from_first = read, None, -99
                    continue
                else:
                    if amount is None or not read.percent:
                        amount = read
                    continue
                amount = None
                if order is None:
                    continue
                if order == 0:
                    found.append(_CODE["compared_equal"])
                    continue
                worth = self._worth.get(kinds[quantity], 9) if quantity >= 0 else 9
                if worth == 9:
                    found.append(_CODE["compared_up" if order > 0 else "compared_down"])
                    sign, weight = order, _FAINT
                elif worth:
                    sign = order * worth
                    if turned:
                        turned = False
                        continue
                    found.append(_CODE["compared_good" if sign > 0 else "compared_bad"])
            elif kind in self._ways:
                way, sort = self._ways[kind]
                object_ = self._object(kinds, place, sort, quantity)
                move = "move" if sort == "i" else "raise" if sort == "t" else "state"
                if object_ < 0:
                    found.append(_CODE[f"{move}_unbound_{'up' if way > 0 else 'down'}"])
                    sign, weight = way, _FAINT
                else:
                    worth = self._worth[kinds[object_]]
                    sign = way * worth
                    if kinds[object_] == self._staff:
                        found.append(_CODE["staff_cut" if way < 0 else "staff_more"])
                        weight = _PLAIN if way < 0 else _FAINT
                    elif worth == 0:
                        found.append(_CODE[f"{move}_neutral"])
                    else:
                        found.append(_CODE[f"{move}_{'good' if sign > 0 else 'bad'}"])
            elif kind in self._worth:
                if name == "badq" and tokens[place].startswith("loss"):
                    if amount is not None and place - compared < 6 and not loss:
                        found.append(_CODE["turn_good"])
                        sign, weight, turned = 1, _STRONG, True
                    loss = True
                elif loss and compared > quantity >= 0 and name == "goodq" and place - compared < 6:
                    found.append(_CODE["turn_bad"])
                    sign, weight, turned = -1, _STRONG, True
                if compared < 0 or place - compared > 6:
                    quantity = place
            elif name == "was":
                if place - quantity < _REACH_LEFT:
                    stated = place
            elif name == "compared" or name == "year_ago" or name == "bracket":
                if amount is not None and base is None:
                    compared = place
            elif name == "from":
                if amount is not None and not amount.percent:
                    compared = place
                elif amount is not None:
                    compared, from_first = place, place
                else:
                    from_first = place
            elif name == "not":
                denied = place
            elif name == "modal":
                hoped = place
                found.append(_CODE["modal"])
            elif name == "cause":
                cause = True
            elif name == "stop" or name == "clause":
                cause, quantity, win, deal = False, -99, -99, -99
                loss = False
                if name == "stop":
                    amount = base = None
                    compared = from_first = -99
            elif name == "win":
                win = place
                found.append(_CODE["win"])
                if place - deal < _REACH_DEAL:
                    found.append(_CODE["win_deal"])
                    sign, weight, deal = 1, _PLAIN, -99
            elif name == "deal":
                found.append(_CODE["deal"])
                deal = place
                if place - win < _REACH_DEAL:
                    found.append(_CODE["win_deal"])
                    sign, weight, win = 1, _PLAIN, -99
            elif name == "pos" or name == "neg":
                sign = 1 if name == "pos" else -1
                if place - denied <= _REACH_NOT:
                    found.append(_CODE["negated_good_word" if sign > 0 else "negated_bad_word"])
                else:
                    found.append(_CODE["good_word" if sign > 0 else "bad_word"])
            elif name == "to_profit" or name == "to_loss":
                sign = 1 if name == "to_profit" else -1
                weight, turned = _STRONG, True
                found.append(_CODE["turn_good" if sign > 0 else "turn_bad"])
            elif name == "fact":
                facts += 1
            if sign:
                if place - denied <= _REACH_NOT:
                    found.append(_CODE["negated_good" if sign > 0 else "negated_bad"])
                    sign, weight = -sign, _FAINT
                elif cause:
                    found.append(_CODE["cause_good" if sign > 0 else "cause_bad"])
                    weight = _FAINT
                elif place - hoped <= _REACH_MODAL:
                    found.append(_CODE["expected_good" if sign > 0 else "expected_bad"])
                verdict += sign * weight
                if sign > 0:
                    good += 1
                else:
                    bad += 1
                first = first or sign
        if loss and not good and not turned and any_number:
            found.append(_CODE["loss_stated"])
            verdict -= _PLAIN
        if stated >= 0 and not good and not bad:
            found.append(_CODE["quantity_stated"])
        if good > 1:
            found.append(_CODE["good_words"])
        if bad > 1:
            found.append(_CODE["bad_words"])
        if facts:
            found.append(_CODE["fact"])
            if facts > 1:
                found.append(_CODE["facts"])
        found.append(_CODE["number" if any_number else "no_number"])
        bucket = max(-3, min(3, verdict))
        found.append(_CODE[f"verdict_{bucket}"])
        found.append(_CODE[f"verdict_{'fact' if facts else 'no_fact'}_{bucket}"])
        if first:
            found.append(_CODE["first_good" if first > 0 else "first_bad"])
        if good and bad:
            found.append(_CODE["mixed"])
        if not good and not bad:
            found.append(_CODE["no_evidence"])
        return found

    def _object(self, kinds: Sequence[int], place: int, sort: str, quantity: int) -> int:
        """Where the quantity stands that a word of movement moves; below 0 where none does."""
        right = -1
        worth = self._worth
        for there in range(place + 1, min(place + 1 + _REACH_RIGHT, len(kinds))):
            kind = kinds[there]
            if kind in worth:
                right = there
                break
            if kind not in self._passed:
                break
        left = quantity if place - quantity <= _REACH_LEFT else -1
        if sort == "i" and right != place + 1 and left >= 0:
            return left
        return right if right >= 0 else left
