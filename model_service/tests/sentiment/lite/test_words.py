"""What is a word, and what a number is worth."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model_service.sentiment.lite.words import MAX_CHARACTERS, number_value, split_words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Profit rose to EUR13.1mn", ["profit", "rose", "to", "eur", "13.1", "mn"]),
        ("EBIT: EUR -3.5 mn (1,417)", ["ebit", ":", "eur", "-3.5", "mn", "(", "1,417", ")"]),
        ("Net fell 5% in Q2", ["net", "fell", "5", "%", "in", "q2"]),
        ("It didn't. Sales rose", ["it", "didn't", "sales", "rose"]),
        ("orders fell . Sales rose", ["orders", "fell", "sales", "rose"]),
        ("orders fell. Sales rose", ["orders", "fell", ".", "sales", "rose"]),
        ("Rs. 10 crore", ["rs", "10", "crore"]),
        ("year-on-year, 5-6 years", ["year", "on", "year", ",", "5", "6", "years"]),
        ("ｅｕｒｏ ５", ["euro", "5"]),
        ("🎉🎉", []),
        ("", []),
    ],
)
def test_words_numbers_and_signs(text: str, words: list[str]) -> None:
    assert split_words(text) == words


@pytest.mark.parametrize(
    ("token", "value"),
    [
        ("13.1", 13.1),
        ("13,1", 13.1),
        ("1,417", 1417.0),
        ("1,110.67", 1110.67),
        ("1.110,67", 1110.67),
        ("1,234,567", 1234567.0),
        ("1.234.567", 1234567.0),
        ("-3.5", -3.5),
        ("−2", -2.0),
        ("9" * 40, 1e18),
        ("1,2.3,4.5", 1e18),
    ],
)
def test_values_of_numbers(token: str, value: float) -> None:
    assert number_value(token) == pytest.approx(value)


@given(st.text())
def test_every_number_token_of_any_text_has_a_value(text: str) -> None:
    for token in split_words(text):
        if token[0].isdecimal() or token[0] in "-−–":
            assert abs(number_value(token)) <= 1e18


def test_only_so_many_characters_are_read() -> None:
    assert split_words("a " * MAX_CHARACTERS) == ["a"] * (MAX_CHARACTERS // 2)
