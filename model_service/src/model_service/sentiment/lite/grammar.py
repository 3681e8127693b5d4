"""Sentences in the style of company reports, made by grammars of our own.

A grammar is a text file: ``[name]`` opens a rule and each further line is one of its choices,
``3x`` before it counts it thrice. In a choice ``{name}`` is replaced by a choice of that rule and
``{a|b|}`` by one of the parts. Amounts of one sentence share currency, unit and way of writing,
and ``{hi}`` is always more than ``{lo}``.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from model_service.sentiment.engine import LABELS, Label

GRAMMAR_DIR: Final = Path(__file__).with_name("grammars")

_SLOT = re.compile(r"\{([^{}]*)\}")
_TIMES = re.compile(r"(\d+)x\s+")
_DEPTH: Final = 40
_CONSONANTS, _VOWELS = "bdfghjklmnprstv", "aeiouy"

_CURRENCIES: Final = ("EUR",) * 10 + ("SEK", "USD", "NOK", "DKK", "LVL", "EEK", "GBP")
_AMOUNTS: Final = (
    "{c} {v} mn", "{c} {v} mn", "{c}{v}mn", "{c} {v} million", "{c} {v}m", "{c}{v} million",
    "{v} mln {w}", "{v} million {w}", "{c} {v} mln", "{c} {v} m", "{c} {v} billion", "{c}{v}bn",
)  # fmt: skip
_WORDS: Final = {"EUR": "euro", "SEK": "kronor", "USD": "dollars"}
_PERCENTS: Final = ("{v} %", "{v}%", "{v} percent", "{v} per cent", "{v} pct")

Rules = dict[str, tuple[str, ...]]


@dataclass(frozen=True)
class Grammar:
    """Rules by name; `LABELS` are the roots."""

    rules: Rules

    def sentence(self, label: Label, source: random.Random) -> str:
        """One sentence of that label."""
        root = "{" + label + "}"
        drawn = source.random()
        if drawn < _TAILED:
            # What comes before the final point; a choice ends with it.
            return _Sentence(self.rules, source).make(root, tail=source.choice(_TAILS))
        if drawn < _TAILED + _HEADED:
            root = source.choice(_HEADS) + root
        return _Sentence(self.rules, source).make(root)


def read_grammar(folder: Path = GRAMMAR_DIR) -> Grammar:
    """The rules of all files of the folder; choices of one name in several files are joined.

    Raises
    ------
    ValueError
        Where a slot names no rule.
    """
    rules: dict[str, list[str]] = {}
    for path in sorted(folder.glob("*.txt")):
        choices: list[str] = []
        for line in path.read_text(encoding="utf-8").splitlines():
            line = line.strip()
            if not line or line.startswith("#"):
                continue
            if line.startswith("["):
                choices = rules.setdefault(line.strip("[]"), [])
                continue
            times = _TIMES.match(line)
            choices += [line[times.end() :] if times else line] * (int(times[1]) if times else 1)
    known = set(rules) | set(_TERMINALS)
    for name, texts in rules.items():
        for slot in (slot for text in texts for slot in _SLOT.findall(text)):
            if "|" not in slot and slot not in known:
                raise ValueError(f"rule {name} names {slot!r}, which is no rule")
    missing = set(LABELS) - set(rules)
    if missing:
        raise ValueError(f"there is no rule for {sorted(missing)}")
    return Grammar({name: tuple(choices) for name, choices in rules.items()})


@dataclass
class _Sentence:
    """What the parts of one sentence share."""

    rules: Rules
    source: random.Random

    def make(self, root: str, tail: str = "") -> str:
        source = self.source
        self.currency = source.choice(_CURRENCIES)
        self.form = source.choice(_AMOUNTS)
        self.percent_form = source.choice(_PERCENTS)
        self.low = round(10 ** source.uniform(-0.5, 2.7), source.choice((1, 1, 1, 2, 0)))
        self.low = max(self.low, 1.0)
        self.high = round(self.low * source.uniform(1.03, 1.9) + 0.1, 1)
        self.year = source.randint(1998, 2012)
        text = root
        for _ in range(_DEPTH):
            text = _SLOT.sub(self._fill, text)
            if "{" not in text:
                if not tail:
                    break
                text, tail = text.rstrip(" .") + tail + " .", ""
        text = re.sub(r"\s+([,.;:])", r"\1", " ".join(text.split()))
        return text[0].upper() + text[1:]

    def _fill(self, slot: re.Match[str]) -> str:
        name: str = slot[1]
        if "|" in name:
            return self.source.choice(name.split("|"))
        terminal = _TERMINALS.get(name)
        if terminal:
            return terminal(self)
        # What is no name by now is the text that a slot inside braces was filled with.
        return self.source.choice(self.rules[name]) if name in self.rules else name

    def money(self, value: float) -> str:
        text = f"{value:,.0f}" if value >= 1000 else f"{value:.1f}"
        word = _WORDS.get(self.currency, self.currency)
        return self.form.format(c=self.currency, v=text, w=word)

    def percent(self, value: float) -> str:
        return self.percent_form.format(v=f"{value:.{self.source.choice((0, 1))}f}")

    def name(self) -> str:
        source = self.source
        parts = source.randint(2, 3)
        letters = (source.choice(_CONSONANTS) + source.choice(_VOWELS) for _ in range(parts))
        return "".join(letters).capitalize() + source.choice(("", "n", "s", "x", "la", "nen"))


def _whole(least: int, most: int) -> Callable[[_Sentence], str]:
    return lambda made: f"{made.source.randint(least, most):,}"


_TERMINALS: Final[dict[str, Callable[[_Sentence], str]]] = {
    "hi": lambda made: made.money(made.high),
    "lo": lambda made: made.money(made.low),
    "loss_hi": lambda made: made.money(round(made.high / 7 + 0.3, 1)),
    "loss_lo": lambda made: made.money(round(made.low / 7 + 0.1, 1)),
    "hi_bare": lambda made: f"{made.high:.1f}",
    "lo_bare": lambda made: f"{made.low:.1f}",
    "hi_pct": lambda made: made.percent(6 + made.high % 30 + 1.5),
    "lo_pct": lambda made: made.percent(1 + made.high % 6),
    "eps_hi": lambda made: f"{made.currency} {0.2 + made.high % 1:.2f}",
    "eps_lo": lambda made: f"{made.currency} {0.01 + (made.high % 1) / 2:.2f}",
    "eps": lambda made: f"{made.currency} {made.source.uniform(0.05, 4):.2f}",
    "amount": lambda made: made.money(round(10 ** made.source.uniform(-0.2, 3), 1)),
    "pct": lambda made: made.percent(made.source.uniform(1, 60)),
    "small": _whole(2, 30),
    "count": _whole(20, 900),
    "thousands": _whole(1_000, 90_000),
    "share_count": _whole(100_000, 90_000_000),
    "day": _whole(1, 28),
    "hour": _whole(8, 17),
    "year": lambda made: str(made.year),
    "last_year": lambda made: str(made.year - 1),
    "next_year": lambda made: str(made.year + 1),
    "founded_year": lambda made: str(made.source.randint(1880, 1999)),
    "name": lambda made: made.name(),
}


_TAILED, _HEADED = 0.2, 0.2
_TAILS: Final = (
    ", the company said", ", said {title} {person}", ", {company} said on {month} {day}",
    ", according to {title} {person}", ", reports {name}", " in {country} and {country}",
    ", says {company} in a stock exchange release", " , which is headquartered in {place}",
    ", the company announced", ", news agency {name} reported", ", {person} of {company} says",
)  # fmt: skip
_HEADS: Final = (
    "{company} said that ", "{title} {person} says ", "in {year} , ", "according to {company} , ",
    "in {country} , ", "{nationality} {industry} company {name} says ",
    "in a release , {company} said ",
    "as announced on {date} , ", "during the period , ",
    "( {name} News ) - {month} {day} , {year} - ", "{city} ( {name} ) - ", "{company} - {date} - ",
    "{nationality} {industry} group {name} {legal} said {today|on {month} {day}} that ",
)  # fmt: skip

_STYLES: Final = ("plain", "plain", "plain", "tokens", "tokens", "no_point", "lower", "upper")


def restyle(sentence: str, source: random.Random) -> str:
    """The sentence as one of the ways in which texts reach an engine.

    As it is; with spaces around every sign; without the final point; in small or large letters.
    """
    style = source.choice(_STYLES)
    if style == "tokens":
        return re.sub(r"\s+", " ", re.sub(r"([,;:()%]|\.$)", r" \1 ", sentence)).strip()
    if style == "no_point":
        return sentence.rstrip(".")
    if style == "lower":
        return sentence.lower()
    return sentence.upper() if style == "upper" else sentence
