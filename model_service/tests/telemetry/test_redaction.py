"""Secrets in texts: those that are known, and what looks like one."""

from __future__ import annotations

import pytest

from model_service.telemetry.redaction import Redaction

KNOWN = "pass/word with+signs"


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        (f"it is {KNOWN}.", "it is REDACTED."),
        ("it is pass%2Fword%20with%2Bsigns", "it is REDACTED"),
        ("it is pass%2Fword+with%2Bsigns", "it is REDACTED"),
        ("longer-one and longer-one-still", "REDACTED and REDACTED"),
        ("postgresql://me:pw@db/x is away", "postgresql://REDACTED@db/x is away"),
        ("Authorization: Bearer abcdef.123", "Authorization: Bearer REDACTED"),
        ("GET /x?apiKey=abc&a=b", "GET /x?apiKey=REDACTED&a=b"),
        ("X-Amz-Security-Token=abc", "X-Amz-Security-Token=REDACTED"),
        ("a bearer of news", "a bearer of news"),
        ("rows=3 of http://host/path", "rows=3 of http://host/path"),
        ("abc is short", "abc is short"),
    ],
)
def test_secrets_are_replaced_and_nothing_else(text: str, clean: str) -> None:
    redaction = Redaction([KNOWN, "abc", "", "longer-one", "longer-one-still"])
    assert redaction.clean(text) == clean


def test_without_secrets_nothing_is_replaced() -> None:
    assert Redaction().clean("all is well") == "all is well"
