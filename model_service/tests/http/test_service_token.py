"""Where the service has a token, only probes are answered to those who do not show it."""

from __future__ import annotations

import io
import json

import pytest
from pydantic import SecretStr
from structlog.testing import capture_logs

from model_service.app import create_app
from model_service.artefacts.agents import AgentStore
from model_service.artefacts.store import ArtefactStore

TOKEN = "t0ken/+=" * 3


@pytest.fixture
def guarded(settings, fake_engines):
    """A client of an application that has a token."""
    made = create_app(
        settings.model_copy(update={"service_token": SecretStr(TOKEN)}),
        agents=AgentStore([settings.agents_dir], ArtefactStore(settings.artefacts_url)),
        engines=fake_engines(),
    )
    made.extensions["services"].readiness.start().join(60)
    return made.test_client()


def bear(token, scheme="Bearer"):
    return {"Authorization": f"{scheme} {token}"}


class Body(io.BytesIO):
    """A body that remembers whether somebody looked into it."""

    touched = False

    def read(self, *_):
        self.touched = True
        return b""

    readline = readinto = readlines = read


def test_who_shows_the_token_is_answered(guarded):
    assert guarded.get("/agents", headers=bear(TOKEN)).status_code == 200
    assert guarded.get("/agents", headers=bear(TOKEN, "bearer")).status_code == 200
    assert guarded.get("/metrics", headers=bear(TOKEN)).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": ""},
        {"Authorization": TOKEN},
        {"Authorization": "Bearer"},
        bear(""),
        bear(TOKEN[:-1]),
        bear(TOKEN + "x"),
        bear(TOKEN.upper()),
        bear(TOKEN, "Basic"),
        bear("\xe9" * 24),
        {"X-Token": TOKEN},
    ],
)
def test_who_does_not_is_told_what_is_asked_for(guarded, problem_of, headers):
    for answer in (
        guarded.get("/agents", headers=headers),
        guarded.post("/predict", json={}, headers=headers),
        guarded.delete("/experiments/x", headers=headers),
    ):
        problem = problem_of(answer, 401, "token-refused")
        assert answer.headers["WWW-Authenticate"] == "Bearer"
        assert TOKEN not in json.dumps(problem)


def test_every_route_but_probes_is_guarded(guarded, problem_of):
    rules = list(guarded.application.url_map.iter_rules())
    assert len(rules) > 20
    for rule in rules:
        for method in rule.methods:
            path = rule.rule.replace("<", "").replace(">", "")
            status = guarded.open(path, method=method).status_code
            assert (status == 200) if rule.rule in ("/healthz", "/readyz") else (status == 401)
    for path in ("/", "/nowhere", "/healthz/", "//healthz", "/healthz/../agents", "/HEALTHZ"):
        assert guarded.get(path).status_code == 401


def test_a_wrong_token_is_refused_by_probes_too(guarded, problem_of):
    for path in ("/healthz", "/readyz"):
        assert guarded.get(path, headers=bear(TOKEN)).status_code == 200
        problem_of(guarded.get(path, headers=bear("other")), 401, "token-refused")


@pytest.mark.parametrize(
    ("path", "media_type"),
    [
        ("/predict", "application/json"),
        ("/preprocess?file_name=x.csv", "application/octet-stream"),
        ("/sentiment", "application/json"),
    ],
)
def test_nothing_of_the_body_is_read_before(guarded, path, media_type):
    kind = {"Content-Type": media_type}
    body = Body(b"x" * 100)
    assert guarded.post(path, input_stream=body, headers=kind).status_code == 401
    assert not body.touched
    guarded.post(path, input_stream=body, headers={**kind, **bear(TOKEN)})
    assert body.touched


def test_no_token_is_logged(guarded):
    with capture_logs() as logs:
        guarded.get("/agents", headers=bear(TOKEN))
        guarded.get("/agents", headers=bear("some-other-token"))
    assert [line["event"] for line in logs] == ["GET /agents 200", "GET /agents 401"]
    assert TOKEN not in str(logs)
    assert "some-other-token" not in str(logs)


def test_without_a_token_nothing_is_asked_for(client):
    assert client.get("/agents").status_code == 200
    assert client.get("/agents", headers=bear("any")).status_code == 200
