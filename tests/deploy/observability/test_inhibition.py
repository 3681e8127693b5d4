"""A real Alertmanager, as Debian has it: what explains an alert keeps that alert quiet."""

from __future__ import annotations

import contextlib
import shutil
import time
from collections.abc import Callable, Iterator
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


def wait(arrived: Callable[[], bool], what: str) -> None:
    """Until it is so; whoever does not answer yet is asked again."""
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        with contextlib.suppress(httpx.HTTPError):
            if arrived():
                return
        time.sleep(0.1)
    pytest.fail(f"{what} did not come within {SECONDS} s")


def states(client: httpx.Client, alerts: list[dict[str, str]]) -> dict[str, str]:
    """What Alertmanager makes of alerts: ``active`` or ``suppressed``, by name and job."""
    body = [{"labels": labels} for labels in alerts]
    client.post("/api/v2/alerts", json=body).raise_for_status()
    found: dict[str, str] = {}

    def look() -> bool:
        for one in client.get("/api/v2/alerts").json():
            name = f"{one['labels']['alertname']} {one['labels'].get('job', '')}".strip()
            found[name] = one["status"]["state"]
        return len(found) == len(alerts) and "unprocessed" not in found.values()

    wait(look, "a state of each alert")
    return found


ALERTS = [
    {"alertname": "BellwetherTargetDown", "job": "model", "severity": "critical"},
    {"alertname": "BellwetherModelServiceUnreachable", "job": "backend", "severity": "critical"},
    {"alertname": "BellwetherNoWorker", "severity": "critical"},
    {"alertname": "BellwetherErrorBudgetBurnsFast", "job": "backend", "severity": "critical"},
    {"alertname": "BellwetherErrorBudgetBurnsSlowly", "job": "backend", "severity": "warning"},
    {"alertname": "BellwetherErrorBudgetBurnsSlowly", "job": "model", "severity": "warning"},
]


def test_what_is_explained_is_quiet(tmp_path: Path) -> None:
    with alertmanager(CONFIGURATION, tmp_path) as client:
        assert states(client, ALERTS) == {
            "BellwetherTargetDown model": "active",
            "BellwetherModelServiceUnreachable backend": "suppressed",
            # The model service explains nothing about workers.
            "BellwetherNoWorker": "active",
            "BellwetherErrorBudgetBurnsFast backend": "active",
            "BellwetherErrorBudgetBurnsSlowly backend": "suppressed",
            "BellwetherErrorBudgetBurnsSlowly model": "active",
        }


def test_rule_that_is_planted_wrong_is_seen(tmp_path: Path) -> None:
    text = CONFIGURATION.read_text()
    good = """'job="model"']\n    target"""
    assert good in text
    planted = tmp_path / "alertmanager.yml"
    planted.write_text(text.replace(good, """'job="frontend"']\n    target"""))
    with alertmanager(planted, tmp_path) as client:
        assert states(client, ALERTS)["BellwetherModelServiceUnreachable backend"] == "active"
