"""Settings that a process cannot start with, told in one line that never shows a value."""

from __future__ import annotations

import re
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote, urlsplit

from pydantic import AliasChoices, SecretStr

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic import ValidationError
    from pydantic_settings import BaseSettings

SHORTEST_TOKEN: Final = 24
"""Characters of a secret that guards a service."""

_PLACEHOLDER: Final = "changeme"
_EXIT_CODE: Final = 2
_HIGHEST_PORT: Final = 65_535
_OWN_WORDS: Final = "Value error, "


class UnusableSettings(Exception):
    """Settings that a process cannot start with: a sentence that names the variables at fault."""


@contextmanager
def refusing_to_start() -> Iterator[None]:
    """End the process with one line on standard error where its settings cannot be used."""
    try:
        yield
    except UnusableSettings as refusal:
        print(f"Not started: {refusal}", file=sys.stderr)
        raise SystemExit(_EXIT_CODE) from None


def name_variable(settings: type[BaseSettings], field: str) -> str:
    """The environment variable of a field."""
    alias = settings.model_fields[field].validation_alias
    if isinstance(alias, AliasChoices):
        alias = alias.choices[0]
    return str(alias) if alias else f"{settings.model_config.get('env_prefix', '')}{field}".upper()


def explain(settings: type[BaseSettings], error: ValidationError) -> str:
    """What is wrong with which variables; pydantic's own words, without the values."""
    return " ".join(
        _explain_one(settings, wrong["loc"], wrong["msg"])
        for wrong in error.errors(include_url=False, include_context=False, include_input=False)
    )


def _explain_one(settings: type[BaseSettings], place: tuple[int | str, ...], message: str) -> str:
    text = message.removeprefix(_OWN_WORDS)
    if not place:
        return text
    name = str(place[0])
    variable = name_variable(settings, name) if name in settings.model_fields else name
    if text[1:2].islower():
        text = text[0].lower() + text[1:]
    return f"{variable} cannot be used: {text.rstrip('.')}."


def check_database_url(url: str) -> None:
    """Refuse what is no URL of a database that the service speaks to.

    Raises
    ------
    ValueError
        Without the URL, which may have a password in it.
    """
    if not re.match(r"(sqlite|postgres(ql)?)(\+\w+)?://", url):
        raise ValueError("it has to begin with sqlite:// or postgresql://")
    try:
        _ = urlsplit(url).port
    except ValueError:
        raise ValueError("it cannot be read as the URL of a database") from None


def read_address(text: str) -> tuple[str, int]:
    """The host and port of ``host:port``; an IPv6 address stands in brackets.

    Raises
    ------
    ValueError
        It is nothing of the kind.
    """
    found = re.fullmatch(r"(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9._-]+)):([0-9]{1,5})", text)
    if found is None or not 1 <= int(found[3]) <= _HIGHEST_PORT:
        raise ValueError("it has to be host:port, such as logstash:50000")
    return found[1] or found[2], int(found[3])


def check_secrets(settings: BaseSettings, token: SecretStr | None) -> None:
    """Refuse secrets that protect nothing.

    Raises
    ------
    ValueError
        If a setting is a placeholder of an example, or the token can be guessed.
    """
    for field in type(settings).model_fields:
        if is_placeholder(getattr(settings, field)):
            raise ValueError(describe_placeholder(name_variable(type(settings), field)))
    if token is not None and len(token.get_secret_value()) < SHORTEST_TOKEN:
        raise ValueError(
            f"MODEL_SERVICE_TOKEN has fewer than {SHORTEST_TOKEN} characters, which is allowed "
            "only where BELLWETHER_ENVIRONMENT is development."
        )


def is_placeholder(value: object) -> bool:
    """Whether a value has the word in it that examples use in place of a secret."""
    text = value.get_secret_value() if isinstance(value, SecretStr) else str(value)
    return _PLACEHOLDER in unquote(str(text)).lower()


def describe_placeholder(variable: str) -> str:
    """The refusal of a placeholder."""
    return (
        f"{variable} holds the placeholder `{_PLACEHOLDER}` of an example, which is allowed only "
        "where BELLWETHER_ENVIRONMENT is development: give it a value of your own."
    )
