"""What moved, which way, and whether it is good: sentences of our own, read by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model_service.sentiment.lite.directions import DirectionReader
from model_service.sentiment.lite.lexicon import LEXICON_FILE, parse_lexicon
from model_service.sentiment.lite.signals import SIGNALS
from model_service.sentiment.lite.vocabulary import Vocabulary

VOCABULARY = Vocabulary(parse_lexicon(LEXICON_FILE.read_text(encoding="utf-8")), [])
READER = DirectionReader(VOCABULARY)


def names(text: str) -> list[str]:
    return READER.names(*VOCABULARY.read(text))


def verdict(text: str) -> int:
    (found,) = [name for name in names(text) if name.startswith("verdict_")][:1]
    return int(found.removeprefix("verdict_"))


@pytest.mark.parametrize(
    "text",
    [
        "Profit rose to EUR 13 mn from 9",
        "Net sales grew by 5 % to SEK 1,203 mn",
        "Operating profit was EUR 13.1 mn , compared with EUR 8.7 mn a year earlier .",
        "EBIT amounted to EUR13.1mn (EUR8.7mn)",
        "Profit before taxes was EUR 4.0 mn (2006: 3.1)",
        "EPS was EUR 0.55, against EUR 0.40",
        "Turnover was 12 mln euro, up from 10 mln euro",
        "Net profit up 16.4% to Rs 1,110 crore",
        "Net loss narrowed to EUR 2 mn from EUR 5 mn",
        "The operating loss was EUR 2 mn, compared with EUR 5 mn",
        "Operating costs fell by 4 %",
        "The company swung to a profit of EUR 2 mn",
        "Profit was EUR 2 mn compared to a loss of EUR 3 mn",
        "The company reduced its debt",
        "Vamola won an order worth EUR 5 mn",
        "Vamola has signed a contract with the city",
        "It raised its dividend",
        "Growth in sales was brisk",
        "The strike at the mill ended",
        "The share price rose 3 %",
    ],
)
def test_good_news(text: str) -> None:
    assert verdict(text) > 0


@pytest.mark.parametrize(
    "text",
    [
        "Profit fell to EUR 9 mn from 13",
        "Net sales decreased by 5 % to SEK 1,203 mn",
        "Operating profit was EUR 8.7 mn , compared with EUR 13.1 mn a year earlier .",
        "EBIT amounted to EUR8.7mn (EUR13.1mn)",
        "EPS was EUR 0.40, versus EUR 0.55",
        "Turnover was 10 mln euro, down from 12 mln euro",
        "Net loss widened to EUR 5 mn from EUR 2 mn",
        "The operating loss was EUR 5 mn, compared with EUR 2 mn",
        "The operating loss was EUR 5 mn",
        "Fuel costs rose by 4 %",
        "The company swung to a loss of EUR 2 mn",
        "The company slipped to a pre-tax loss of EUR 2 mn",
        "A loss of EUR 3 mn compared to a profit of EUR 2 mn",
        "Vamola cuts 120 jobs",
        "Vamola will lay off 50 people",
        "It lowered its guidance",
        "It issued a profit warning",
        "Although sales rose, profit fell to EUR 3 mn",
        "Profit did not rise",
        "EBIT was EUR -1.2 mn (0.4)",
    ],
)
def test_bad_news(text: str) -> None:
    assert verdict(text) < 0


@pytest.mark.parametrize(
    "text",
    [
        "Vamola employs 1,200 people in 12 countries",
        "The annual general meeting will be held on 5 March",
        "Its holding of votes fell below 5 %",
        "The number of shares increased to 12,345,678",
        "Net sales were EUR 50 mn (USD 66 mn)",
        "Net sales were EUR 50 mn in 2007",
        "The value of the deal was not disclosed",
    ],
)
def test_plain_facts(text: str) -> None:
    assert verdict(text) == 0


@pytest.mark.parametrize(
    ("text", "signal"),
    [
        ("profit rose", "move_good"),
        ("costs rose", "move_bad"),
        ("it cut costs", "raise_good"),
        ("higher margins", "state_good"),
        ("its holding rose", "move_neutral"),
        ("the water rose", "move_unbound_up"),
        ("profit is expected to rise", "expected_good"),
        ("profit fell because of higher costs", "cause_bad"),
        ("profit rose to EUR 13 mn from 9", "compared_good"),
        ("profit was EUR 9 mn compared with EUR 9 mn", "compared_equal"),
        ("weak growth", "move_unbound_down"),
        ("it cuts 20 jobs", "staff_cut"),
        ("it won a contract", "win_deal"),
        ("there was no problem", "negated_bad_word"),
    ],
)
def test_signals(text: str, signal: str) -> None:
    assert signal in names(text)


@given(st.text(), st.text(alphabet="profit loss 13mn from to EUR %(,.cut not rose ", max_size=400))
def test_every_text_has_one_verdict(any_text: str, likely_text: str) -> None:
    for text in (any_text, likely_text):
        found = names(text)
        assert set(found) <= set(SIGNALS)
        assert sum(name.startswith("verdict_") for name in found) == 2
