"""/healthz, /readyz and /metrics."""

from __future__ import annotations

import threading

import pytest

import model_service
from model_service.app import create_app
from model_service.artefacts.agents import AgentStore
from model_service.errors import NotReady
from model_service.evaluation.sealed import open_looks
from model_service.http.readiness import Readiness


def test_alive_without_any_agent(settings, tmp_path, fake_engines):
    looks = open_looks(f"sqlite:///{tmp_path / 'looks.sqlite3'}")
    client = create_app(
        settings, agents=AgentStore([]), looks=looks, engines=fake_engines()
    ).test_client()
    version = f"{model_service.__version__}+abc1234"
    assert client.get("/healthz").get_json() == {"status": "ok", "version": version}
    looks.close()


def test_not_ready_without_the_default_agent_and_says_why(
    settings, tmp_path, problem_of, fake_engines
):
    looks = open_looks(f"sqlite:///{tmp_path / 'looks.sqlite3'}")
    client = create_app(
        settings, agents=AgentStore([]), looks=looks, engines=fake_engines()
    ).test_client()
    problem_of(client.get("/readyz"), 503, "not-ready")
    looks.close()


def test_ready_after_a_prediction(client):
    client.application.extensions["services"].readiness.start().join(60.0)
    assert client.get("/readyz").status_code == 200


def test_readiness_waits_for_the_first_prediction(tiny_agent):
    may_load = threading.Event()

    def load():
        assert may_load.wait(30)
        return tiny_agent

    readiness = Readiness(load, wait_seconds=0.01)
    with pytest.raises(NotReady, match="still running"):
        readiness.check()
    may_load.set()
    Readiness(load, wait_seconds=30).check()


def test_failed_warm_up_is_tried_again(tiny_agent):
    outcomes = iter([RuntimeError("secret"), tiny_agent])

    def load():
        outcome = next(outcomes)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    readiness = Readiness(load, wait_seconds=30)
    with pytest.raises(NotReady, match="log has the cause") as refusal:
        readiness.check()
    assert "secret" not in refusal.value.detail
    readiness.check()


def test_readiness_counts_no_look(client, ask, random_candles):
    client.get("/readyz")
    assert ask(random_candles(300)).get_json()["looks"]["total"] == 0


def test_metrics_tell_requests_decisions_and_caches(client, ask, random_candles):
    for _ in range(2):
        ask(random_candles(300))
    client.get("/nowhere/secret-name")
    client.open("/healthz", method="BREW")
    answer = client.get("/metrics")
    assert answer.content_type.startswith("text/plain")
    lines = answer.text.splitlines()

    def value(prefix):
        return float(next(line for line in lines if line.startswith(prefix)).rsplit(" ", 1)[1])

    requests = "http_server_request_duration_seconds_count"
    assert value(requests + '{method="POST",route="/predict",status="200"}') == 2
    assert value(requests + '{method="GET",route="unmatched",status="404"}') == 1
    assert value(requests + '{method="other",route="unmatched",status="405"}') == 1
    assert value('bellwether_predictions_total{form="inline"}') == 2
    decisions = sum(
        value(f'bellwether_decisions_total{{action="{action}"}}')
        for action in ("buy", "hold", "sell")
    )
    assert decisions == 600
    assert value('bellwether_cache_requests_total{cache="q_tables",result="hit"}') == 1
    assert value('bellwether_cache_requests_total{cache="q_tables",result="miss"}') == 1
    assert value('bellwether_cache_entries{cache="agents"}') == 1
    assert "secret-name" not in answer.text


def test_metrics_tell_version_memory_log_lines_disks_and_verdicts(client, settings):
    found = {
        name: float(value)
        for name, value in (
            line.rsplit(" ", 1)
            for line in client.get("/metrics").text.splitlines()
            if not line.startswith("#")
        )
    }
    version = f"{model_service.__version__}+abc1234"
    assert found[f'bellwether_build_info{{version="{version}"}}'] == 1
    assert found["process_resident_memory_bytes"] > 1e6
    assert found['bellwether_log_lines_dropped_total{sink="logstash"}'] == 0
    assert found['bellwether_log_lines_waiting{sink="logstash"}'] == 0
    for folder in ("state", "dataset", "artefacts"):
        available = found[f'bellwether_disk_available_bytes{{folder="{folder}"}}']
        assert 0 < available < found[f'bellwether_disk_size_bytes{{folder="{folder}"}}']
    verdicts = ("beats", "indistinguishable", "loses")
    counts = [found[f'bellwether_verdicts{{verdict="{one}"}}'] for one in verdicts]
    # Those of the report that ships with the package.
    assert sum(counts) >= 1
