"""How the containers of the platform are confined, and that they come back."""

from __future__ import annotations

import json
import secrets
import time

import httpx
import pytest

from tests.figures import Record
from tests.images.engine import inspect, podman
from tests.images.memory import memory_of
from tests.images.platform import SERVICES, Platform

OURS = ("client", "server", "model", "worker")
MEMORY_MIB = {"client": 128, "server": 1024, "model": 1024, "worker": 2048, "postgres": 512}
BACK_SECONDS = 60.0
LINE_SECONDS = 10.0


@pytest.mark.parametrize("service", OURS)
def test_a_container_can_do_nothing_but_its_work(platform: Platform, service: str) -> None:
    assert platform.execute(service, "id", "-u").strip() == "10001"
    status = platform.execute(service, "cat", "/proc/1/status")
    fields = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
    assert int(fields["CapEff"], 16) == 0
    assert int(fields["CapBnd"], 16) == 0
    assert fields["NoNewPrivs"] == "1"
    for place in ("/", "/etc", "/usr", "/opt/bellwether", "/usr/share/bellwether"):
        script = f"[ ! -d {place} ] || ! touch {place}/written 2>/dev/null"
        platform.execute(service, "sh", "-c", script)
    platform.execute(service, "sh", "-c", "touch /tmp/written && rm /tmp/written")


@pytest.mark.parametrize("service", OURS)
def test_the_root_is_read_only_for_root_as_well(platform: Platform, service: str) -> None:
    name = platform.container(service)
    said = podman("exec", "--user", "0", name, "sh", "-c", "touch /written 2>&1 || true")
    assert "Read-only file system" in said


@pytest.mark.parametrize("service", SERVICES)
def test_memory_is_limited(platform: Platform, figures: Record, service: str) -> None:
    memory = memory_of(platform.container(service))
    figures(**memory.figures())
    assert memory.limit == MEMORY_MIB[service]
    assert memory.kills == 0


def test_no_secret_is_in_a_log(platform: Platform) -> None:
    for service in SERVICES:
        log = podman("logs", platform.container(service))
        for secret in (*platform.secrets, platform.token):
            assert secret not in log, f"{service} logs a secret"


def test_the_page_server_tells_its_numbers_within_the_network_alone(platform: Platform) -> None:
    code = (
        "import urllib.request as r; print(r.urlopen('http://client:5174/metrics').read().decode())"
    )
    assert "nginx_connections_active " in platform.execute("server", "python", "-c", code)
    published = inspect("container", platform.container("client"))["NetworkSettings"]["Ports"]
    assert [port for port, at in published.items() if at] == ["5173/tcp"]


def test_the_page_server_logs_in_the_fields_of_ecs(platform: Platform) -> None:
    trace = secrets.token_hex(16)
    headers = {"traceparent": f"00-{trace}-{trace[:16]}-01"}
    assert httpx.get(f"{platform.page_url}/api/agents", headers=headers, timeout=30).is_success
    deadline = time.monotonic() + LINE_SECONDS
    while f'"trace":{{"id":"{trace}"}}' not in (
        log := podman("logs", platform.container("client"))
    ):
        assert time.monotonic() < deadline, f"no line of the trace: {log[-2000:]}"
        time.sleep(0.1)
    (line,) = [json.loads(one) for one in log.splitlines() if trace in one]
    assert line["message"] == "GET /api/agents 200"
    # What the image and docker-compose.yml say, and nothing that was left to be filled in.
    assert line["service"] == {
        "name": "frontend",
        "version": "0.1.0",
        "environment": "production",
    }


@pytest.mark.parametrize("service", SERVICES)
def test_a_container_that_is_killed_comes_back(
    platform: Platform, figures: Record, service: str
) -> None:
    before = platform.kill(service)
    deadline = time.monotonic() + BACK_SECONDS
    while platform.process(service) in (0, before):
        assert time.monotonic() < deadline, f"{service} was not started again"
        time.sleep(0.1)
    figures(all_ready_again_seconds=round(platform.wait_until_ready(BACK_SECONDS), 1))
