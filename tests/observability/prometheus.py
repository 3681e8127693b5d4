"""Debian's Prometheus, with the configuration of compose, on the services of a trial."""

from __future__ import annotations

import contextlib
import os
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from scripts.prometheus_programs import serving

FOLDER = Path(__file__).resolve().parents[2] / "observability/prometheus"
SCRAPE_SECONDS = 1
_WAIT_SECONDS = 20.0


class QueryFailed(Exception):
    """Prometheus cannot answer a question; why."""


@dataclass(frozen=True)
class Prometheus:
    """A running Prometheus, by its HTTP API."""

    url: str

    def targets(self) -> dict[str, str]:
        """Whether each job could be read the last time: ``up``, or what was wrong."""
        return {
            one["labels"]["job"]: one["lastError"] or one["health"]
            for one in self._get("targets", state="active")["activeTargets"]
        }

    def query(self, expression: str) -> list[dict[str, Any]]:
        """Series that an expression has now.

        Raises
        ------
        QueryFailed
        """
        found: list[dict[str, Any]] = self._get("query", query=expression)["result"]
        return found

    def names(self) -> set[str]:
        """Metrics that the services name, also those that have no label yet and so no series."""
        series = {one["metric"]["__name__"] for one in self.query('{job!=""}')}
        told = self._get("metadata").items()
        return series | {
            f"{name.removesuffix('_total')}_total"
            if "counter" in {one["type"] for one in kinds}
            else name
            for name, kinds in told
        }

    def alerts(self) -> list[str]:
        """Alerts whose condition holds, also those that are not long enough so to fire."""
        alerts = self._get("alerts")["alerts"]
        return sorted(f"{one['labels']['alertname']} is {one['state']}" for one in alerts)

    def has_judged(self) -> bool:
        """Whether all targets were read, and each rule was judged without an error."""
        rules = [rule for group in self._get("rules")["groups"] for rule in group["rules"]]
        return (
            set(self.targets().values()) == {"up"}
            and bool(rules)
            and all(rule["health"] == "ok" for rule in rules)
        )

    def wait_for(self, done: Callable[[], bool]) -> None:
        """Wait until something is so."""
        deadline = time.monotonic() + _WAIT_SECONDS
        while not done():
            assert time.monotonic() < deadline, f"not so: {self.targets()}, {self.alerts()}"
            time.sleep(0.2)

    def _get(self, what: str, **parameters: str) -> dict[str, Any]:
        answer = httpx.get(f"{self.url}/api/v1/{what}", params=parameters, timeout=30).json()
        if answer["status"] != "success":
            raise QueryFailed(answer["error"])
        data: dict[str, Any] = answer["data"]
        return data


@contextlib.contextmanager
def running_prometheus(
    folder: Path, ports: Mapping[str, int], more_rules: Mapping[str, Any] | None = None
) -> Iterator[Prometheus]:
    """Read the services at `ports`, which are given by job, and judge the repository's rules.

    `more_rules` is a file of rules besides those. Skipped where Prometheus is missing, but not
    where everything is meant to be there.
    """
    program = shutil.which("prometheus")
    if program is None:
        if os.environ.get("CI"):
            pytest.fail("prometheus is missing (Debian: prometheus)")
        pytest.skip("prometheus is missing (Debian: prometheus)")
    rules = {one.name: yaml.safe_load(one.read_text()) for one in FOLDER.glob("rules/*.yml")}
    (folder / "rules").mkdir()
    for name, content in {**rules, "more.yml": more_rules or {"groups": []}}.items():
        for group in content["groups"]:
            group.pop("interval", None)
        (folder / "rules" / name).write_text(yaml.safe_dump(content))
    (folder / "prometheus.yml").write_text(yaml.safe_dump(_configuration(folder, ports)))
    arguments = [f"--config.file={folder}/prometheus.yml", f"--storage.tsdb.path={folder}/data"]
    with serving(program, arguments, folder / "log") as url:
        yield Prometheus(url)


def _configuration(folder: Path, ports: Mapping[str, int]) -> dict[str, Any]:
    """That of compose, with other addresses and less patience."""
    content: dict[str, Any] = yaml.safe_load((FOLDER / "prometheus.yml").read_text())
    content["global"] |= {
        "scrape_interval": f"{SCRAPE_SECONDS}s",
        "scrape_timeout": f"{SCRAPE_SECONDS}s",
        "evaluation_interval": f"{SCRAPE_SECONDS}s",
    }
    content["rule_files"] = [f"{folder}/rules/*.yml"]
    del content["alerting"]
    jobs = {job["job_name"]: job for job in content["scrape_configs"]}
    missing = set(ports) - set(jobs)
    assert not missing, f"prometheus.yml has no job {missing}"
    content["scrape_configs"] = [jobs[name] for name in ports]
    for name, port in ports.items():
        jobs[name]["static_configs"] = [{"targets": [f"127.0.0.1:{port}"]}]
        if "authorization" in jobs[name]:
            token = folder / "token"
            token.write_text("nobody asks for it here")
            jobs[name]["authorization"]["credentials_file"] = str(token)
    return content
