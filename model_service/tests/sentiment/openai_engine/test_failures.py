"""Refusals, malformed answers, errors and waits: nothing half scored, and a clear sentence."""

from __future__ import annotations

import json
import socket
import threading
import time

import pytest
from chat_server import KEY, Reply, completion, error, rated

from model_service.errors import SentimentUnavailable
from model_service.sentiment.openai_engine.config import Patience

TEXT = "Confidential: profit rises"


def entry(**changes):
    return {"index": 0, "positive": 0.8, "negative": 0.1, "neutral": 0.1, **changes}


def answer(*entries):
    return completion(json.dumps({"scores": list(entries)}))


MALFORMED = {
    "no JSON": completion("Sure! The first text is positive."),
    "cut JSON": completion('{"scores": [{"index": 0, "positive": 0.'),
    "no content": completion(None),
    "another form": completion('{"sentiment": "positive"}'),
    "a list": completion("[0.8, 0.1, 0.1]"),
    "too few": answer(),
    "too many": answer(entry(), entry(index=1)),
    "twice the same": answer(entry(), entry()),
    "wrong index": answer(entry(index=1)),
    "fractional index": answer(entry(index=0.5)),
    "sum of two": answer(entry(positive=1.0, negative=1.0, neutral=0.0)),
    "sum of nothing": answer(entry(positive=0.0, negative=0.0, neutral=0.0)),
    "above one": answer(entry(positive=1.2, negative=-0.1, neutral=-0.1)),
    "text for a number": answer(entry(positive="0.8")),
    "true for a number": answer(entry(positive=True, negative=0.0, neutral=0.0)),
    "not a number": completion(
        '{"scores":[{"index":0,"positive":NaN,"negative":0.5,"neutral":0.5}]}'
    ),
    "nested": completion("[" * 10_000),
    "no choices": completion("", choices=[]),
    "choices null": completion("", choices=None),
    "HTML": Reply(body=b"<html>Sign in</html>", headers={"Content-Type": "text/html"}),
    "nothing": Reply(),
    "binary": Reply(body=b"\xff\xfe\x00", headers={"Content-Type": "application/json"}),
    "cut short": completion('{"scores": [', finish_reason="length"),
}
REFUSED = {
    "refusal": completion(None, refusal="I cannot help with that."),
    "filter": completion(None, finish_reason="content_filter"),
}


@pytest.mark.parametrize(
    "reply", [*MALFORMED.values(), *REFUSED.values()], ids=[*MALFORMED, *REFUSED]
)
def test_unusable_answer_is_asked_for_once_more(make_engine, endpoint, reply):
    endpoint.replies = [reply]
    assert make_engine().score([TEXT])[0].label == "positive"
    assert len(endpoint.requests) == 2


@pytest.mark.parametrize("reply", MALFORMED.values(), ids=MALFORMED)
def test_malformed_answers_end_after_the_second(make_engine, endpoint, reply):
    endpoint.always = lambda _: reply
    with pytest.raises(
        SentimentUnavailable, match=r"asked twice: the (answer|probabilities)"
    ) as caught:
        make_engine().score([TEXT])
    assert len(endpoint.requests) == 2
    assert TEXT not in caught.value.detail


@pytest.mark.parametrize("reply", REFUSED.values(), ids=REFUSED)
def test_refusals_end_after_the_second(make_engine, endpoint, reply):
    endpoint.always = lambda _: reply
    with pytest.raises(SentimentUnavailable, match="asked twice: the model refused"):
        make_engine().score([TEXT])
    assert len(endpoint.requests) == 2


def test_too_many_requests_are_sent_again(make_engine, endpoint):
    endpoint.replies = [error(429), error(429)]
    assert make_engine().score([TEXT])[0].label == "positive"
    assert len(endpoint.requests) == 3


def test_retry_after_is_waited_for(make_engine, endpoint):
    endpoint.replies = [error(429, headers={"Retry-After": "0.3"})]
    began = time.monotonic()
    assert make_engine().score([TEXT])[0].label == "positive"
    assert time.monotonic() - began >= 0.3


def test_longer_retry_after_than_there_is_time_ends_at_once(make_engine, endpoint):
    endpoint.replies = [error(429, headers={"Retry-After": "3600"})]
    with pytest.raises(SentimentUnavailable, match=r"\(429\) and asks to wait 3600 s"):
        make_engine().score([TEXT])
    assert len(endpoint.requests) == 1


def test_too_many_requests_for_ever_end(make_engine, endpoint):
    endpoint.always = lambda _: error(429)
    with pytest.raises(SentimentUnavailable, match="too many requests"):
        make_engine().score([TEXT])
    assert len(endpoint.requests) == 3


def test_account_without_credit_is_not_asked_again(make_engine, endpoint):
    endpoint.replies = [error(429, code="insufficient_quota")]
    with pytest.raises(SentimentUnavailable, match="no credit"):
        make_engine().score([TEXT])
    assert len(endpoint.requests) == 1


@pytest.mark.parametrize("status", [408, 409, 500, 502, 503, 504, 529])
def test_failing_endpoint_is_asked_again(make_engine, endpoint, status):
    endpoint.replies = [error(status), Reply(status, b"<html>Bad gateway</html>")]
    assert make_engine().score([TEXT])[0].label == "positive"
    assert len(endpoint.requests) == 3


def test_endpoint_that_fails_for_ever_ends(make_engine, endpoint):
    endpoint.always = lambda _: error(500)
    with pytest.raises(SentimentUnavailable, match=r"failed \(500\)"):
        make_engine().score([TEXT])
    assert len(endpoint.requests) == 3


@pytest.mark.parametrize(
    ("status", "part"),
    [
        (400, "refused the request"),
        (401, "OPENAI_API_KEY"),
        (403, "does not allow"),
        (404, "OPENAI_MODEL"),
        (418, "418"),
    ],
)
def test_refused_requests_are_not_sent_again(make_engine, endpoint, status, part):
    endpoint.always = lambda _: error(status, f"Incorrect API key provided: {KEY}")
    with pytest.raises(SentimentUnavailable, match=part) as caught:
        make_engine().score([TEXT])
    assert len(endpoint.requests) == 1
    assert KEY not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


def test_redirect_is_not_followed(make_engine, endpoint):
    endpoint.always = lambda _: Reply(307, headers={"Location": "/v1/elsewhere"})
    with pytest.raises(SentimentUnavailable, match="redirects"):
        make_engine().score([TEXT])
    assert endpoint.paths == ["/v1/chat/completions"]


def test_hanging_endpoint_is_given_up(make_engine, endpoint):
    endpoint.always = lambda _: Reply(hang=True)
    began = time.monotonic()
    with pytest.raises(SentimentUnavailable, match="did not answer in time"):
        make_engine(timeout_seconds=0.1).score([TEXT])
    assert time.monotonic() - began < 5
    assert len(endpoint.requests) == 3


def test_all_attempts_together_have_a_limit(make_engine, endpoint):
    endpoint.always = lambda _: Reply(hang=True)
    patience = Patience(
        attempts=1_000, total_seconds=0.5, first_wait_seconds=0.001, longest_wait_seconds=0.002
    )
    began = time.monotonic()
    with pytest.raises(SentimentUnavailable, match=r"not answer in time|not scored within 0\.5 s"):
        make_engine(patience, timeout_seconds=0.2).score([TEXT])
    assert time.monotonic() - began < 5


def test_trickling_answer_is_given_up(make_engine):
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(5)
    engine = make_engine(
        Patience(attempts=1, total_seconds=10.0),
        base_url=f"http://127.0.0.1:{listener.getsockname()[1]}/v1",
        timeout_seconds=0.3,
    )

    def trickle():
        connection, _ = listener.accept()
        with connection:
            connection.recv(65_536)
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
            try:
                while True:
                    connection.sendall(b" ")
                    stopped.wait(0.05)
            except OSError:
                return

    stopped = threading.Event()
    server = threading.Thread(target=trickle, daemon=True)
    server.start()
    with listener, pytest.raises(SentimentUnavailable, match="did not answer in time"):
        engine.score([TEXT])
    server.join(5)
    assert not server.is_alive()


@pytest.mark.parametrize(
    "reply",
    [
        Reply(body=b" " * (2 * 1024 * 1024)),
        Reply(500, body=b" " * (2 * 1024 * 1024)),
        Reply(body=b"\x1f\x8b", headers={"Content-Encoding": "gzip"}),
    ],
    ids=["enormous", "enormous error", "compressed"],
)
def test_enormous_or_compressed_answer_is_refused(make_engine, endpoint, reply):
    endpoint.always = lambda _: reply
    with pytest.raises(SentimentUnavailable, match="too long or compressed"):
        make_engine().score([TEXT])
    assert len(endpoint.requests) == 1


def test_broken_connection_is_opened_again(make_engine, endpoint):
    endpoint.replies = [Reply(drop=True)]
    assert make_engine().score([TEXT])[0].label == "positive"
    assert len(endpoint.requests) == 2


def test_refused_connection_is_told(make_engine):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(SentimentUnavailable, match=f"127.0.0.1:{port} cannot be reached"):
        make_engine(base_url=f"http://127.0.0.1:{port}/v1").score([TEXT])


def test_one_bad_batch_leaves_nothing_scored(make_engine, endpoint):
    endpoint.always = lambda request: (
        error(400) if "bad" in request["messages"][1]["content"] else rated(request)
    )
    with pytest.raises(SentimentUnavailable, match="400"):
        make_engine().score(["good"] * 20 + ["bad"] + ["good"] * 500)
    assert len(endpoint.requests) < 26


@pytest.mark.parametrize(
    ("refused", "param", "message"),
    [
        ("temperature", "temperature", "Unsupported value"),
        ("temperature", None, "'temperature' does not support 0 with this model."),
        ("seed", "seed", "Unknown parameter"),
        ("max_completion_tokens", None, "Unrecognized request argument: max_completion_tokens"),
        ("response_format", None, "This response_format type is unavailable now"),
    ],
)
def test_refused_option_is_left_out_from_then_on(make_engine, endpoint, refused, param, message):
    def picky(request):
        sent = request.get(refused)
        if sent is not None and not (isinstance(sent, dict) and sent["type"] == "json_object"):
            return error(400, message, param=param)
        return rated(request)

    endpoint.always = picky
    engine = make_engine()

    assert engine.score([TEXT])[0].label == "positive"
    assert len(endpoint.requests) == 2
    assert engine.score([TEXT])[0].label == "positive"
    assert len(endpoint.requests) == 3
    last = endpoint.requests[-1]
    assert "max_tokens" in last or "max_completion_tokens" in last
    assert "json" in last["response_format"]["type"]
