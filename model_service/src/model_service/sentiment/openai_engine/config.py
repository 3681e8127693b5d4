"""What the `openai` engine is told, and what of it is refused."""

from __future__ import annotations

import ipaddress
import math
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from pydantic import SecretStr

from model_service.errors import SentimentUnavailable
from model_service.sentiment.openai_engine.books import SpendingBook

DEFAULT_BASE_URL: Final = "https://api.openai.com/v1"


@dataclass(frozen=True)
class OpenAIConfig:
    """Where texts are sent, with which key, and how much that may cost.

    Attributes
    ----------
    api_key : SecretStr
        Sent to `base_url` and shown nowhere.
    base_url : str or None
        Folder of ``/chat/completions``; None is OpenAI's own.
    model : str
        Name of the model at that endpoint.
    timeout_seconds : float
        Longest wait for one answer.
    daily_budget_usd : float
        What may be spent in one UTC day.
    price_per_million_input_usd, price_per_million_output_usd : float or None
        What the endpoint charges for a million tokens; 0 where nothing is charged, None where
        nobody said (see `prices`).
    book : SpendingBook
        What each day has cost.

    Raises
    ------
    ValueError
        If a number is negative or not finite, or the timeout is 0.
    """

    api_key: SecretStr
    base_url: str | None
    model: str
    timeout_seconds: float
    daily_budget_usd: float
    price_per_million_input_usd: float | None
    price_per_million_output_usd: float | None
    book: SpendingBook

    def __post_init__(self) -> None:
        for name in (
            "timeout_seconds",
            "daily_budget_usd",
            "price_per_million_input_usd",
            "price_per_million_output_usd",
        ):
            value = getattr(self, name)
            if value is not None and (not math.isfinite(value) or value < 0):
                raise ValueError(f"{name} must be a finite number of at least 0")
        if self.timeout_seconds == 0:
            raise ValueError("timeout_seconds must be above 0")


@dataclass(frozen=True)
class Patience:
    """How long and how often an endpoint is asked before the engine gives up.

    Attributes
    ----------
    attempts : int
        Requests for one batch of texts, the first one included.
    total_seconds : float
        Longest time for all texts of a call, waits included.
    first_wait_seconds, longest_wait_seconds : float
        Backoff between two attempts: doubled each time, with as much jitter as the first.
    """

    attempts: int = 4
    total_seconds: float = 60.0
    first_wait_seconds: float = 0.5
    longest_wait_seconds: float = 8.0


@dataclass(frozen=True)
class Address:
    """An endpoint that may be sent the key.

    Attributes
    ----------
    url : str
    host : str
        With the port, where one is named; for messages and versions.
    loopback : bool
        Whether it is on this machine.
    """

    url: str
    host: str
    loopback: bool


def read_address(base_url: str | None) -> Address:
    """The address of an endpoint, if the key may travel there.

    Raises
    ------
    SentimentUnavailable
        If it is not an https address, or http to this machine.
    """
    url = (base_url or "").strip() or DEFAULT_BASE_URL
    try:
        parts = urlsplit(url)
        hostname, port = parts.hostname, parts.port
    except ValueError:
        raise SentimentUnavailable("OPENAI_BASE_URL is not an address.") from None
    if not hostname or not url.isascii() or any(letter.isspace() for letter in url):
        raise SentimentUnavailable("OPENAI_BASE_URL is not an address.")
    if parts.username is not None or parts.password is not None or parts.query or parts.fragment:
        raise SentimentUnavailable(
            "OPENAI_BASE_URL must not hold a user, a password, a query or a fragment."
        )
    loopback = _is_loopback(hostname)
    if parts.scheme != "https" and not (parts.scheme == "http" and loopback):
        raise SentimentUnavailable(
            "OPENAI_BASE_URL must start with https:// (http:// to this machine alone):"
            " the key would travel in clear."
        )
    shown = f"[{hostname}]" if ":" in hostname else hostname
    return Address(url, shown if port is None else f"{shown}:{port}", loopback)


def read_key(api_key: SecretStr) -> str:
    """The key, without white space around it.

    Raises
    ------
    SentimentUnavailable
        If there is none, or it cannot be part of an HTTP header; the HTTP client would say so
        with the key in its message.
    """
    key = api_key.get_secret_value().strip()
    if not key:
        raise SentimentUnavailable("The openai engine has no key: OPENAI_API_KEY is not set.")
    if not all("!" <= letter <= "~" for letter in key):
        raise SentimentUnavailable("OPENAI_API_KEY has characters that no key can have.")
    return key


def read_model(model: str) -> str:
    """The name of the model.

    Raises
    ------
    SentimentUnavailable
        If it is blank.
    """
    if not model.strip():
        raise SentimentUnavailable("The openai engine has no model: OPENAI_MODEL is not set.")
    return model.strip()


def _is_loopback(hostname: str) -> bool:
    if hostname == "localhost":
        return True
    try:
        return ipaddress.ip_address(hostname).is_loopback
    except ValueError:
        return False
