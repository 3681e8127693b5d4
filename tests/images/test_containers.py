"""How the containers of the platform are confined, and that they come back."""

from __future__ import annotations

import time

import pytest

from tests.figures import Record
from tests.images.engine import podman
from tests.images.memory import memory_of
from tests.images.platform import SERVICES, Platform

OURS = ("client", "server", "model", "worker")
MEMORY_MIB = {"client": 128, "server": 1024, "model": 1024, "worker": 2048, "postgres": 512}
BACK_SECONDS = 60.0


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
