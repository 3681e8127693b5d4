"""Errors on the wire, and the id that goes with every request."""

from __future__ import annotations

import io

import pytest
from flask import Flask, request
from structlog.testing import capture_logs

from model_service.http.large_bodies import Busy, LargeBodies
from model_service.http.problems import register_problems
from model_service.http.request_log import register_request_log
from model_service.telemetry.metrics import Telemetry
from model_service.telemetry.spans import NoSpans


@pytest.fixture
def broken_client():
    """An application whose routes fail in ways that none of the real ones should."""
    app = Flask("broken", static_folder=None)
    register_request_log(app, Telemetry("1", {}), NoSpans())
    register_problems(app)

    @app.get("/bug")
    def bug():
        raise RuntimeError("password=hunter2 at /srv/secret")

    @app.post("/body")
    def body():
        return str(len(request.get_data()))

    return app.test_client()


def test_unexpected_error_says_nothing_of_the_inside(broken_client, problem_of):
    with capture_logs() as logs:
        response = broken_client.get("/bug")
    problem = problem_of(response, 500, "internal-error")
    assert "hunter2" not in response.text
    assert "secret" not in response.text
    failure = next(entry for entry in logs if entry["event"] == "unexpected error")
    assert isinstance(failure["exc_info"], RuntimeError)
    assert problem["request_id"] in response.headers["X-Request-ID"]


class Stalled(io.RawIOBase):
    """A body whose next bytes never come."""

    def readable(self):
        return True

    def readinto(self, _buffer):
        raise TimeoutError


@pytest.mark.parametrize("body", [Stalled(), io.BytesIO(b"short")])
def test_body_that_does_not_arrive_is_a_problem(broken_client, problem_of, body):
    arriving = {"wsgi.input": body, "CONTENT_LENGTH": "100"}
    response = broken_client.post("/body", environ_overrides=arriving)
    problem_of(response, 408, "body-incomplete")
    assert response.headers["Connection"] == "close"


@pytest.mark.parametrize("path", ["/", "/predict/", "//predict", "/Predict", "/agents/a/b", "/%00"])
def test_unknown_route(client, problem_of, path):
    problem_of(client.get(path), 404, "route-not-found")


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [("DELETE", "/predict", "POST"), ("GET", "/preprocess", "POST"), ("POST", "/agents", "GET")],
)
def test_unknown_method_tells_the_known_ones(client, problem_of, method, path, allowed):
    response = client.open(path, method=method)
    problem_of(response, 405, "method-not-allowed")
    assert allowed in response.headers["Allow"]


def test_large_bodies_wait_for_a_place():
    gate = LargeBodies(10, at_once=1, wait_seconds=0.01)
    with gate.admit(10):
        with gate.admit(9):
            pass
        with pytest.raises(Busy), gate.admit(None):
            pass
    with gate.admit(None):
        pass
