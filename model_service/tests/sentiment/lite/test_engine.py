"""The shipped engine: any text, in bounded time, with probabilities."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model_service.sentiment.lite.engine import LiteEngine

ENGINE = LiteEngine.load()


def test_it_says_what_it_is() -> None:
    assert ENGINE.name == "lite"
    assert ENGINE.version == LiteEngine.load().version
    assert ENGINE.score([]) == []


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("Vamola's operating profit rose to EUR 13.1 mn from EUR 8.7 mn", "positive"),
        ("Vamola 's operating profit fell to EUR 8.7 mn from EUR 13.1 mn .", "negative"),
        ("VAMOLA WINS ORDER WORTH EUR 5 MN", "positive"),
        ("Vamola will lay off 120 employees", "negative"),
        ("Vamola is headquartered in Pori and employs 300 people", "neutral"),
        ("The annual general meeting will be held in Pori on 5 March", "neutral"),
    ],
)
def test_labels(text: str, label: str) -> None:
    assert ENGINE.score([text])[0].label == label


@given(st.lists(st.text(), max_size=5))
def test_any_texts_get_probabilities(texts: list[str]) -> None:
    scores = ENGINE.score(texts)
    assert len(scores) == len(texts)
    for score in scores:
        parts = (score.positive, score.negative, score.neutral)
        assert all(0.0 <= part <= 1.0 for part in parts)
        assert sum(parts) == pytest.approx(1.0)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "🎉🚀",
        "\x00\x01\x7f",
        "مرحبا بالعالم",
        "株価は横ばい",
        "qzx vvkw",
        "%PDF-1.4",
        "\ud800",
        "1.2.3",
    ],
)
def test_a_text_without_known_words_is_neutral(text: str) -> None:
    (score,) = ENGINE.score([text])
    assert score.label == "neutral"


@pytest.mark.parametrize(
    "part", ["a", "profit rose to 5 from 4 ", "1", "1,", "€", "\u202e", "(", "\n"]
)
def test_a_million_characters_take_no_time(part: str) -> None:
    started = time.monotonic()
    (score,) = ENGINE.score([part * (1_000_000 // len(part))])
    assert time.monotonic() - started < 5.0
    assert score.positive + score.negative + score.neutral == pytest.approx(1.0)


def test_a_text_scores_the_same_alone_and_among_others() -> None:
    texts = [f"Net profit rose {n} % to EUR {n} mn" for n in range(200)]
    together = ENGINE.score(texts)
    assert [ENGINE.score([text])[0] for text in texts] == together


def test_threads_may_share_it() -> None:
    texts = ["Profit rose", "Profit fell", "Located in Pori"] * 50
    expected = ENGINE.score(texts)
    with ThreadPoolExecutor(4) as pool:
        assert all(result == expected for result in pool.map(ENGINE.score, [texts] * 16))
