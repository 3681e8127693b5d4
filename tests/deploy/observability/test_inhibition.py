"""A real Alertmanager, as Debian has it: what explains an alert keeps that alert quiet."""

from __future__ import annotations

import contextlib
import shutil
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import httpx
import pytest

from scripts.prometheus_programs import serving
from tests.deploy.observability.sources import OBSERVABILITY

CONFIGURATION = OBSERVABILITY / "prometheus/alertmanager.yml"
SECONDS = 20


@contextlib.contextmanager
def alertmanager(configuration: Path, folder: Path) -> Iterator[httpx.Client]:
    """One on a free port of 127.0.0.1, without a cluster."""
    program = shutil.which("prometheus-alertmanager")
    if program is None:
        pytest.fail("prometheus-alertmanager is missing: apt-get install prometheus-alertmanager")
    arguments = [
        f"--config.file={configuration}",
        f"--storage.path={folder}/data",
        "--cluster.listen-address=",
    ]
    with (
        serving(program, arguments, folder / "log") as address,
        httpx.Client(base_url=address, timeout=5) as client,
    ):
        yield client


def states(
    client: httpx.Client, alerts: list[dict[str, str]], expected: Mapping[str, str]
) -> dict[str, str]:
    """What Alertmanager makes of alerts: ``active`` or ``suppressed``, by name and job.

    It learns of each alert at a time of its own, and one is active until what explains it is known:
    so it is asked until it says what is expected, or for so long that it never will.
    """
    body = [{"labels": labels} for labels in alerts]
    client.post("/api/v2/alerts", json=body).raise_for_status()
    found: dict[str, str] = {}
    deadline = time.monotonic() + SECONDS
    while found != expected and time.monotonic() < deadline:
        for one in client.get("/api/v2/alerts").raise_for_status().json():
            name = f"{one['labels']['alertname']} {one['labels'].get('job', '')}".strip()
            found[name] = one["status"]["state"]
        time.sleep(0.1)
    return found


ALERTS = [
    {"alertname": "BellwetherTargetDown", "job": "model", "severity": "critical"},
    {"alertname": "BellwetherModelServiceUnreachable", "job": "backend", "severity": "critical"},
    {"alertname": "BellwetherNoWorker", "severity": "critical"},
    {"alertname": "BellwetherErrorBudgetBurnsFast", "job": "backend", "severity": "critical"},
    {"alertname": "BellwetherErrorBudgetBurnsSlowly", "job": "backend", "severity": "warning"},
    {"alertname": "BellwetherErrorBudgetBurnsSlowly", "job": "model", "severity": "warning"},
    {"alertname": "BellwetherContainerRestarts", "job": "model", "severity": "warning"},
    {"alertname": "BellwetherProcessRestarts", "job": "model", "severity": "warning"},
    {"alertname": "BellwetherProcessRestarts", "job": "worker", "severity": "warning"},
]


EXPLAINED = {
    "BellwetherTargetDown model": "active",
    "BellwetherModelServiceUnreachable backend": "suppressed",
    # The model service explains nothing about workers.
    "BellwetherNoWorker": "active",
    "BellwetherErrorBudgetBurnsFast backend": "active",
    "BellwetherErrorBudgetBurnsSlowly backend": "suppressed",
    "BellwetherErrorBudgetBurnsSlowly model": "active",
    "BellwetherContainerRestarts model": "active",
    "BellwetherProcessRestarts model": "suppressed",
    "BellwetherProcessRestarts worker": "active",
}


def test_what_is_explained_is_quiet(tmp_path: Path) -> None:
    with alertmanager(CONFIGURATION, tmp_path) as client:
        assert states(client, ALERTS, EXPLAINED) == EXPLAINED


def test_rule_that_is_planted_wrong_is_seen(tmp_path: Path) -> None:
    text = CONFIGURATION.read_text()
    good = """'job="model"']\n    target"""
    assert good in text
    planted = tmp_path / "alertmanager.yml"
    planted.write_text(text.replace(good, """'job="frontend"']\n    target"""))
    expected = EXPLAINED | {"BellwetherModelServiceUnreachable backend": "active"}
    with alertmanager(planted, tmp_path) as client:
        assert states(client, ALERTS, expected) == expected
