"""Secrets that are found in texts, and what is left alone."""

from __future__ import annotations

import pytest

from backend_service.settings import Settings
from backend_service.telemetry.redaction import Redaction, clean_query, find_secrets


@pytest.mark.parametrize(
    ("query", "clean"),
    [
        (b"start=2010-01-04&end=5", "start=2010-01-04&end=5"),
        (b"apiKey=abc&x=1", "apiKey=REDACTED&x=1"),
        (b"x=1&access_token=a%20b", "x=1&access_token=REDACTED"),
        (b"client%5Fsecre%74=abc", "client%5Fsecre%74=REDACTED"),
        (b"PASSWORD=", "PASSWORD=REDACTED"),
        (b"q=token", "q=token"),
        (b"key", "key"),
        (b"a=%41", "a=%41"),
        (b"\xff=1", "\xff=1"),
    ],
)
def test_values_of_parameters_that_are_called_secret_are_left_out(query: bytes, clean: str) -> None:
    assert clean_query(query) == clean


def test_known_secrets_are_found_however_they_are_written() -> None:
    redaction = Redaction(["p/w d+1", "p/w d+1 and more", "abc"])
    for text in ("p/w d+1", "p%2Fw%20d%2B1", "p%2Fw+d%2B1"):
        assert redaction.clean(f"before {text} after") == "before REDACTED after"
    assert redaction.clean("p/w d+1 and more") == "REDACTED"
    assert redaction.clean("abc") == "abc"  # too short to be told from a word


def test_unknown_secrets_are_found_by_how_they_stand_there() -> None:
    clean = Redaction().clean
    assert clean("cannot reach postgresql://me:pa@ss@host/db") == (
        "cannot reach postgresql://REDACTED@host/db"
    )
    assert clean("https://x.example/a?apikey=12345&b=2") == (
        "https://x.example/a?apikey=REDACTED&b=2"
    )
    assert clean("sent Authorization: Bearer abcd.efgh") == "sent Authorization: Bearer REDACTED"
    for harmless in ("https://x.example/a?b=2", "keys=5", "basic facts", "me@example.org"):
        assert clean(harmless) == harmless.replace("basic facts", "basic REDACTED")


def test_secrets_of_settings_are_keys_tokens_and_what_addresses_hold() -> None:
    settings = Settings(
        database_url="postgresql://me:data%2Fbase@host/x",
        model_service_token="the-token",  # type: ignore[arg-type]  # noqa: S106 - not real
        newsapi_key="the-key",  # type: ignore[arg-type]
        news_feeds=("https://x.example/{symbol}?apikey=of-a-feed&plain=word",),
        otlp_endpoint="http://me:collector@host:4318",  # type: ignore[arg-type]
    )
    assert find_secrets(settings) == {"data/base", "the-token", "the-key", "of-a-feed", "collector"}
