"""The key is in the request's header and nowhere else: no log, error, traceback or repr."""

from __future__ import annotations

import io
import logging
import traceback

import pytest
from chat_server import KEY, Reply, error

from model_service.errors import SentimentUnavailable

TEXT = "Confidential: profit rises"


@pytest.fixture
def log():
    """All that any logger says, at the lowest level, with the arguments of each record."""
    said = io.StringIO()

    class Everything(logging.Handler):
        def emit(self, record):
            print(record.getMessage(), vars(record), file=said)

    handler = Everything()
    root = logging.getLogger()
    # `httpx2` and `httpcore2` have loggers of their own levels below the root.
    loggers = [root, *(logging.getLogger(name) for name in ("openai", "httpx2", "httpcore2"))]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.DEBUG)
    root.addHandler(handler)
    yield said
    root.removeHandler(handler)
    for logger, level in zip(loggers, levels, strict=True):
        logger.setLevel(level)


def test_log_has_neither_key_nor_texts(make_engine, log):
    make_engine().score([TEXT])
    assert "chat/completions" in log.getvalue()
    assert KEY not in log.getvalue()
    assert "Confidential" not in log.getvalue()


@pytest.mark.parametrize(
    "reply",
    [
        error(401, f"Incorrect API key provided: {KEY}."),
        error(400, f"Bad header Bearer {KEY}"),
        error(500, f"Bad header Bearer {KEY}"),
        error(429, f"Too many for {KEY}"),
        Reply(body=f"<html>{KEY}</html>".encode()),
        Reply(hang=True),
        Reply(drop=True),
    ],
    ids=["401", "400", "500", "429", "HTML", "hang", "drop"],
)
def test_error_has_neither_key_nor_texts(make_engine, endpoint, log, capfd, reply):
    endpoint.always = lambda _: reply
    with pytest.raises(SentimentUnavailable) as caught:
        make_engine(timeout_seconds=0.1).score([TEXT])

    said = log.getvalue() + "".join(traceback.format_exception(caught.value))
    said += repr(caught.value) + repr(vars(caught.value)) + repr(caught.value.to_problem())
    assert capfd.readouterr() == ("", "")
    assert KEY not in said
    assert "Confidential" not in said
    assert caught.value.__context__ is None
    assert caught.value.__cause__ is None


def test_reprs_do_not_show_the_key(make_engine):
    engine = make_engine()
    engine.score([TEXT])
    assert KEY not in repr(engine)
    assert KEY not in repr(vars(engine))
    assert "**" in repr(vars(engine))
