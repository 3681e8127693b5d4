"""Texts are prepared: markup, invisible characters and cut-off punctuation go, the words stay."""

from __future__ import annotations

import csv
import html
import time
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from model_service.sentiment.texts import MAX_CHARACTERS, prepare_text, text_key

ANY_TEXT = st.text(st.characters(categories=None), max_size=300)
"""Lone surrogates and unassigned characters included."""

FRAGMENTS = st.lists(
    st.sampled_from(
        [
            "<b>",
            "</b>",
            "<script>",
            "</script>",
            "<",
            ">",
            "&amp;",
            "&lt;",
            "&#39;",
            "&#x;",
            "&",
            "U",
            ".",
            " ",
            "20",
            ",",
            "000",
            "'s",
            "n't",
            "(",
            ")",
            "$",
            "%",
            "``",
            "''",
            "\u200b",
            "ﷺ",
            "½",
            "🚀",
            "\u202e",
            "\r\n",
            "\x00",
            "ab",
        ]
    ),
    max_size=60,
).map("".join)


@pytest.mark.parametrize(
    ("raw", "prepared"),
    [
        ("U . S . trade war , Apple 's", "U.S. trade war, Apple's"),
        ("J . P . Morgan ( NYSE ) did n't buy", "J.P. Morgan (NYSE) didn't buy"),
        ("create 20 , 000 US jobs", "create 20,000 US jobs"),
        ("fines it EUR 4 . 34bn , up 3 . 5 %", "fines it EUR 4.34bn, up 3.5%"),
        ("pays $ 5 for `` it ''", 'pays $5 for "it"'),
        ("in 2018 . 500 workers , and more", "in 2018. 500 workers, and more"),
        ("&lt;b&gt;Apple&lt;/b&gt;&#39;s &amp; AT&amp;T", "Apple's & AT&T"),
        ("<p>Profit<br/>rose</p><script>alert(1)</script>", "Profit rose"),
        ("<style>p{}</style>a<!-- no -->b", "a b"),
        ("<script>is never closed", "is never closed"),
        ("profit < 5 and > 3, R&D", "profit < 5 and > 3, R&D"),
        ("the 'S&P 500' rose", "the 'S&P 500' rose"),
        (" a\u200b\u00ad\ufeff b\u202e\x00\t\r\nc ", "a b c"),
        ("ﬁnance ｗｉｄｅ １２％ 𝐛𝐨𝐥𝐝", "finance wide 12% bold"),
        ("½ m² … ™", "½ m² … ™"),
        ("e\u0301té", "été"),
        ("🚀📈", "🚀📈"),
        ("أرباح الشركة ترتفع", "أرباح الشركة ترتفع"),
        ("利益が増加", "利益が増加"),
        ("\ud800", ""),
        ("\u200b <b> </b>&nbsp;", ""),
        ("", ""),
    ],
)
def test_a_text_becomes_what_a_person_reads(raw: str, prepared: str) -> None:
    assert prepare_text(raw) == prepared


@given(st.one_of(ANY_TEXT, FRAGMENTS))
@example("&#" + "9" * 5_000 + ";")
@example("ﷺ" * 2_000)
def test_any_text_is_prepared(raw: str) -> None:
    prepared = prepare_text(raw)
    assert len(prepared) <= MAX_CHARACTERS
    assert prepared == " ".join(prepared.split())
    assert not {unicodedata.category(character) for character in prepared} & {"Cc", "Cf", "Cs"}
    prepared.encode("utf-8")


@given(st.text(st.characters(categories=["L", "N"]), max_size=200))
def test_words_and_numbers_stay_as_they_are(raw: str) -> None:
    plain = unicodedata.normalize("NFC", raw)
    folded = "".join(
        unicodedata.normalize("NFKC", letter) if prepare_text(letter) != letter else letter
        for letter in plain
    )
    assert prepare_text(plain) == unicodedata.normalize("NFC", folded)


@given(st.text(st.characters(codec="ascii", categories=["L", "N", "P", "S", "Zs"]), max_size=200))
def test_escaping_a_text_changes_nothing(raw: str) -> None:
    raw = raw.replace("<", "").replace("&", "")
    assert prepare_text(html.escape(raw)) == prepare_text(raw)


@pytest.mark.parametrize(
    "piece",
    [
        "<script>",
        "<script><style>",
        "<!--",
        "<a",
        "< ",
        "&",
        "A . ",
        "1 , 000",
        "( ",
        " ,",
        "''",
        "`` ",
        "$ ",
        "ﷺ",
        "n't ",
        "&lt;b",
        "\u200b",
    ],
)
def test_a_hostile_text_takes_no_time(piece: str) -> None:
    raw = piece * (MAX_CHARACTERS // len(piece))
    started = time.process_time()
    assert len(prepare_text(raw)) <= MAX_CHARACTERS
    assert time.process_time() - started < 1.0


def test_only_the_first_characters_count() -> None:
    assert prepare_text("a" * (MAX_CHARACTERS + 5)) == "a" * MAX_CHARACTERS
    assert prepare_text("a" * MAX_CHARACTERS + "b") == prepare_text("a" * MAX_CHARACTERS + "c")


@given(ANY_TEXT, ANY_TEXT)
def test_keys_are_equal_for_equal_texts_alone(one: str, other: str) -> None:
    assert len(text_key(one)) == 16
    assert (text_key(one) == text_key(other)) == (one == other)


@pytest.mark.realdata
def test_headlines_that_were_cut_into_tokens_are_joined(market_data) -> None:
    with (market_data / "news" / "headlines_2018_2019.csv").open(encoding="utf-8") as file:
        headlines = [row["headline"] for row in csv.DictReader(file)]
    prepared = [prepare_text(headline) for headline in headlines]
    assert all(prepared)
    assert not [text for text in prepared if " ," in text or "U . S" in text]
