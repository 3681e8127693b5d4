"""One text, read from left to right by the classes of its words.

A word of movement takes the quantity that it moves from beside it (`profit rose`, `cuts costs`,
`growth in sales`). Two amounts around a word of comparison move the quantity before them
(`profit was 9 mn, compared with 13`). A loss that is compared with a profit is a turn.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from model_service.sentiment.lite.amounts import Amount, compare, read_amount
from model_service.sentiment.lite.lexicon import Lexicon
from model_service.sentiment.lite.signals import CODE

_AGO: Final = -99
"""A place that is out of reach of every other."""

_LEFT, _RIGHT, _DEAL, _AMOUNT, _TURN, _END = 12, 4, 9, 9, 6, 8
_NOT, _HOPE, _PARTNER, _YEAR = 3, 6, 6, 3
"""Words that lie between two words which still belong together."""

_STRONG, _PLAIN, _FAINT = 3, 2, 1
"""Weights in the verdict: a turn or the bottom line, a word or a movement, a cause or a hope."""


class Kinds:
    """Numbers of the lexicon's classes as the reading needs them."""

    def __init__(self, lexicon: Lexicon) -> None:
        number = lexicon.number
        self.number = len(lexicon.names) + 1
        self.ways = {
            number(name): (1 if name.startswith("up") else -1, name[-1])
            for name in ("up_i", "up_t", "up_a", "dn_i", "dn_t", "dn_a")
        }
        self.staff, self.profit, self.to = number("staff"), number("profitq"), number("to")
        self.worth = {number("goodq"): 1, number("badq"): -1, number("neuq"): 0}
        self.worth |= {self.staff: 1, self.profit: 1}
        passed = ("skip", "and", "up_a", "dn_a", "up_i", "dn_i", "unit", "pos", "neg", "fact")
        self.passed = frozenset((0, *map(number, passed)))
        self.handlers: list[Callable[[Reading, int], None] | None] = [None] * (self.number + 1)
        self.handlers[self.number] = Reading.on_number
        for name, handler in _HANDLERS.items():
            self.handlers[number(name)] = handler
        for kind in self.ways:
            self.handlers[kind] = Reading.on_way
        for kind in self.worth:
            self.handlers[kind] = Reading.on_quantity


class Reading:
    """What has been read of one text so far.

    Attributes
    ----------
    found : list of int
        Signals.
    verdict, good, bad, facts : int
        The sum of what was found, and how often it spoke for, against and for neither.
    first : int
        1 where what is good was told first, -1 where what is bad, 0 for neither.
    """

    __slots__ = (
        "_amount", "_at_once", "_base", "_cause", "_compared", "_deal", "_denied", "_from",
        "_harm", "_hoped", "_kinds", "_loss", "_of", "_quantity", "_tokens", "_turn", "_turned",
        "_win", "any_number", "bad", "facts", "first", "found", "good", "stated", "verdict",
    )  # fmt: skip

    def __init__(self, of: Kinds, tokens: Sequence[str], kinds: list[int]) -> None:
        self._of, self._tokens, self._kinds = of, tokens, kinds
        self.found: list[int] = []
        self.verdict = self.good = self.bad = self.facts = self.first = 0
        self.any_number = self.stated = self._cause = self._loss = self._turned = False
        self._at_once = False
        self._quantity = self._denied = self._hoped = self._win = self._deal = _AGO
        self._compared = self._from = self._turn = self._harm = _AGO
        self._amount: Amount | None = None
        self._base: Amount | None = None

    def read(self) -> None:
        """Read all of the text."""
        handlers = self._of.handlers
        for place, kind in enumerate(self._kinds):
            handler = handlers[kind]
            if handler is not None:
                handler(self, place)

    @property
    def loss_alone(self) -> bool:
        """Whether a loss is told that nothing makes better."""
        return self._loss and not self.good and not self._turned and self.any_number

    def _tell(self, place: int, sign: int, weight: int) -> None:
        """Add to the verdict what was found at a place."""
        if place - self._denied <= _NOT:
            self.found.append(CODE["negated_good" if sign > 0 else "negated_bad"])
            sign, weight = -sign, _FAINT
        elif self._cause:
            self.found.append(CODE["cause_good" if sign > 0 else "cause_bad"])
            weight = _FAINT
        elif place - self._hoped <= _HOPE:
            self.found.append(CODE["expected_good" if sign > 0 else "expected_bad"])
        self.verdict += sign * weight
        if sign > 0:
            self.good += 1
        else:
            self.bad += 1
        self.first = self.first or sign

    # ---- quantities and their movements ---------------------------------------------------

    def on_quantity(self, place: int) -> None:
        of, kind = self._of, self._kinds[place]
        near_comparison = place - self._compared < _PARTNER
        loss = "loss" in self._tokens[place] and of.worth[kind] < 0
        if loss:
            if self._is_turn(place):
                self._turn_to(place, -1)
            elif self._amount is not None and near_comparison and not self._loss:
                self._turn_to(place, 1)
            self._loss = True
        elif kind == of.profit:
            if place - self._turn < _TURN:
                self._turn_to(place, 1)
            elif self._loss and near_comparison and self._compared > self._quantity >= 0:
                self._turn_to(place, -1)
        elif self._tokens[place] in _ORDERS:
            self.on_deal(place)
        if not near_comparison:
            self._quantity = place

    def _is_turn(self, place: int) -> bool:
        """Whether something swung, fell or slipped to what stands here."""
        if place - self._turn < _TURN:
            return True
        before = self._kinds[max(0, place - _TURN) : place]
        return (
            self._of.to in before[-4:]
            and any(self._of.ways.get(kind, (0, ""))[0] < 0 for kind in before)
            and self._of.number not in before
            and self._quantity < place - _TURN
        )

    def _turn_to(self, place: int, sign: int) -> None:
        if not self._turned:
            self.found.append(CODE["turn_good" if sign > 0 else "turn_bad"])
            self._tell(place, sign, _STRONG)
        self._turned = True

    def on_way(self, place: int) -> None:
        of, kinds = self._of, self._kinds
        way, sort = of.ways[kinds[place]]
        if way > 0 and place and of.ways.get(kinds[place - 1]) == (-1, "a"):
            way = -1  # weak growth
        moved = self._moved(place, sort)
        move = _MOVE[sort]
        if moved < 0:
            self.found.append(CODE[f"{move}_unbound_{'up' if way > 0 else 'down'}"])
            self._tell(place, way, _FAINT)
            return
        kind = kinds[moved]
        sign = way * of.worth[kind]
        if kind == of.staff:
            self.found.append(CODE["staff_cut" if way < 0 else "staff_more"])
            self._tell(place, sign, _PLAIN if way < 0 else _FAINT)
        elif sign == 0:
            self.found.append(CODE[f"{move}_neutral"])
        else:
            self.found.append(CODE[f"{move}_{'good' if sign > 0 else 'bad'}"])
            if kind == of.profit:
                self.found.append(CODE["profit_good" if sign > 0 else "profit_bad"])
            self._tell(place, sign, _STRONG if kind == of.profit else _PLAIN)

    def _moved(self, place: int, sort: str) -> int:
        """Where the quantity stands that a word of movement moves; below 0 where none does."""
        right, of, kinds = -1, self._of, self._kinds
        for there in range(place + 1, min(place + 1 + _RIGHT, len(kinds))):
            kind = kinds[there]
            if kind in of.worth:
                right = there
                break
            if kind not in of.passed and not (sort == "t" and kind == of.number):
                break
        left = self._quantity if place - self._quantity <= _LEFT else -1
        if sort == "i" and right != place + 1 and left >= 0:
            return left
        return right if right >= 0 else left

    def on_turned(self, place: int) -> None:
        self._turn = place

    def on_to_profit(self, place: int) -> None:
        self._turn_to(place, 1)

    def on_to_loss(self, place: int) -> None:
        self._turn_to(place, -1)

    # ---- amounts ----------------------------------------------------------------------------

    def on_number(self, place: int) -> None:
        self.any_number = True
        amount = read_amount(self._tokens, place)
        if amount is None:
            return
        near = place - self._compared < _AMOUNT
        if self._base is not None and near:
            order = compare(amount, self._base)
            self._base = None
        elif self._amount is not None and near:
            order = compare(self._amount, amount)
        elif place - self._from < 4 and self._base is None:
            self._base, self._amount, self._from = amount, None, _AGO
            return
        else:
            if self._amount is None or not amount.percent:
                self._amount = amount
            return
        self._compared, self._amount = _AGO, None
        if order is not None:
            self._tell_order(place, order)

    def _tell_order(self, place: int, order: int) -> None:
        of = self._of
        kind = self._kinds[self._quantity] if self._quantity >= 0 else 0
        worth = of.worth.get(kind)
        if order == 0:
            self.found.append(CODE["compared_equal"])
        elif worth is None:
            self.found.append(CODE["compared_up" if order > 0 else "compared_down"])
            self._tell(place, order, _FAINT)
        elif worth and not self._turned:
            sign = order * worth
            self.found.append(CODE["compared_good" if sign > 0 else "compared_bad"])
            if kind == of.profit:
                self.found.append(CODE["profit_good" if sign > 0 else "profit_bad"])
            self._tell(place, sign, _STRONG if kind == of.profit else _PLAIN)

    def on_compared(self, place: int) -> None:
        if self._amount is not None and self._base is None:
            self._compared = place

    def on_from(self, place: int) -> None:
        if self._amount is not None:
            self._compared = place
        if self._amount is None or self._amount.percent:
            self._from = place

    def on_to(self, place: int) -> None:
        if self._base is not None:
            self._compared = place

    def on_was(self, place: int) -> None:
        self.stated = self.stated or place - self._quantity < _LEFT

    # ---- events and judgements --------------------------------------------------------------

    def on_win(self, place: int) -> None:
        self._win = place
        self.found.append(CODE["win"])
        if place - self._deal < _DEAL:
            self._tell_deal(place)

    def on_deal(self, place: int) -> None:
        self._deal = place
        self.found.append(CODE["deal"])
        if place - self._win < _DEAL:
            self._tell_deal(place)

    def _tell_deal(self, place: int) -> None:
        self.found.append(CODE["win_deal"])
        self._win = self._deal = _AGO
        self._tell(place, 1, _PLAIN)

    def on_pos(self, place: int) -> None:
        denied = place - self._denied <= _NOT
        self.found.append(CODE["negated_good_word" if denied else "good_word"])
        self._tell(place, 1, _PLAIN)

    def on_neg(self, place: int) -> None:
        denied = place - self._denied <= _NOT
        self.found.append(CODE["negated_bad_word" if denied else "bad_word"])
        self._harm = place
        self._tell(place, -1, _PLAIN)

    def on_ended(self, place: int) -> None:
        if place - self._harm < _END:
            self.found.append(CODE["harm_ended"])
            self._harm = _AGO
            # Takes back what the harm told, and then tells as much good.
            self.verdict += _PLAIN
            self._tell(place, 1, _PLAIN)
        else:
            self.found.append(CODE["ended"])

    def on_not(self, place: int) -> None:
        self._denied = place

    def on_modal(self, place: int) -> None:
        self._hoped = place
        self.found.append(CODE["modal"])

    def on_fact(self, place: int) -> None:  # noqa: ARG002
        self.facts += 1

    # ---- the parts of a sentence ------------------------------------------------------------

    def on_cause(self, place: int) -> None:
        self._cause = True
        self._at_once = place < 3

    def on_comma(self, place: int) -> None:  # noqa: ARG002
        if self._at_once:
            self._cause = self._at_once = False

    def on_clause(self, place: int) -> None:  # noqa: ARG002
        self._cause = self._loss = False
        self._quantity = self._win = self._deal = self._turn = _AGO

    def on_stop(self, place: int) -> None:
        if self._tokens[place] == ":" and place - self._compared < _YEAR:
            return  # (2006: 3.1)
        self.on_clause(place)
        self._amount = self._base = None
        self._compared = self._from = _AGO


_ORDERS: Final = frozenset(("order", "orders"))
_MOVE: Final = {"i": "move", "t": "raise", "a": "state"}

_HANDLERS: Final[dict[str, Callable[[Reading, int], None]]] = {
    "was": Reading.on_was, "compared": Reading.on_compared, "year_ago": Reading.on_compared,
    "bracket": Reading.on_compared, "from": Reading.on_from, "to": Reading.on_to,
    "not": Reading.on_not, "modal": Reading.on_modal, "cause": Reading.on_cause,
    "comma": Reading.on_comma, "clause": Reading.on_clause, "stop": Reading.on_stop,
    "win": Reading.on_win, "deal": Reading.on_deal, "pos": Reading.on_pos, "neg": Reading.on_neg,
    "ended": Reading.on_ended, "turned": Reading.on_turned, "fact": Reading.on_fact,
    "to_profit": Reading.on_to_profit, "to_loss": Reading.on_to_loss,
}  # fmt: skip
