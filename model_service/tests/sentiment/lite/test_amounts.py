"""Amounts and their order, worked out by hand."""

import pytest

from model_service.sentiment.lite.amounts import compare, read_amount
from model_service.sentiment.lite.lexicon import LEXICON_FILE, parse_lexicon
from model_service.sentiment.lite.vocabulary import Vocabulary

VOCABULARY = Vocabulary(parse_lexicon(LEXICON_FILE.read_text(encoding="utf-8")), [])


def amounts(text: str) -> list:
    tokens, _ = VOCABULARY.read(text)
    places = [place for place, token in enumerate(tokens) if token.lstrip("-")[0].isdigit()]
    return [read_amount(tokens, place) for place in places]


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("EUR 13 mn and EUR 9 mn", 1),
        ("EUR 13 mn and 9", 1),
        ("8.9 mln euro and 9.1 mln euro", -1),
        ("EUR 0.9 bn and EUR 850 mn", 1),
        ("Rs 90 lakh and Rs 1 crore", -1),
        ("5 % and 7 percent", -1),
        ("5 per cent and 5 pct", 0),
        ("-1.2 mn and 0.4 mn", -1),
        ("EUR 13 mn and USD 17 mn", None),
        ("EUR 13 mn and 7 %", None),
        ("EUR 13 and 900 000 people", None),
    ],
)
def test_which_of_two_is_more(text: str, order: int | None) -> None:
    first, second, *_ = amounts(text)
    assert first is not None
    assert second is not None
    assert compare(first, second) == order


@pytest.mark.parametrize("text", ["in 2007", "on 5 March", "March 5", "the 3 quarter"])
def test_dates_are_no_amounts(text: str) -> None:
    assert amounts(text) == [None]


def test_per_share_is_no_percentage() -> None:
    (amount,) = amounts("EUR 0.40 per share")
    assert (amount.currency, amount.percent, amount.value) == ("eur", False, 0.4)
