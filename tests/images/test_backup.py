"""A backup as docs/deploy.md makes it brings back what was lost."""

from __future__ import annotations

import subprocess
from http import HTTPStatus
from pathlib import Path

import httpx

from tests.images.engine import podman
from tests.images.platform import Platform

DATABASES = ("bellwether_backend", "bellwether_model")
WRITERS = ("client", "server", "worker", "model")
"""In the order in which they may be stopped; they begin in the other, each behind what it needs."""
SYMBOL = "BACKEDUP"
CANDLES = "Date,Open,High,Low,Close,Volume\n" + "".join(
    f"2015-01-{day:02d},{day},{day + 1},{day - 1},{day},1000\n" for day in range(5, 30)
)
COMMAND_SECONDS = 120.0


def run_in(platform: Platform, service: str, *command: str, given: bytes = b"") -> bytes:
    """What a command in a container wrote."""
    result = subprocess.run(
        ["podman", "exec", "--interactive", platform.container(service), *command],
        input=given,
        capture_output=True,
        timeout=COMMAND_SECONDS,
    )
    assert result.returncode == 0, result.stderr.decode()[-2000:]
    return result.stdout


def test_what_was_backed_up_comes_back(platform: Platform, tmp_path: Path) -> None:
    address = f"{platform.gateway_url}/api/candles/{SYMBOL}"
    files = {"file": (f"{SYMBOL}.csv", CANDLES, "text/csv")}
    uploaded = httpx.post(f"{platform.gateway_url}/api/datasets", files=files, timeout=60)
    assert uploaded.status_code == HTTPStatus.CREATED
    before = httpx.get(address, timeout=30).json()
    marker = "/var/lib/bellwether/artefacts/marker"
    run_in(platform, "worker", "sh", "-c", f"echo kept > {marker}")

    dumps = {
        name: run_in(platform, "postgres", "pg_dump", "-U", "postgres", "--format=custom", name)
        for name in DATABASES
    }
    folders = ("artefacts", "agents", "evaluations")
    artefacts = run_in(platform, "worker", "tar", "-C", "/var/lib/bellwether", "-cf", "-", *folders)

    run_in(platform, "worker", "rm", marker)
    lost = (
        "psql",
        "-U",
        "postgres",
        "--quiet",
        "-d",
        DATABASES[0],
        "-c",
        "TRUNCATE series CASCADE",
    )
    run_in(platform, "postgres", *lost)
    for service in WRITERS:
        podman("stop", "--time", "30", platform.container(service))
    for name, dump in dumps.items():
        restore = ("pg_restore", "-U", "postgres", "--clean", "--if-exists", "-d", name)
        run_in(platform, "postgres", *restore, given=dump)
    for service in reversed(WRITERS):
        podman("start", platform.container(service))
    platform.wait_until_ready()
    run_in(platform, "worker", "tar", "-C", "/var/lib/bellwether", "-xf", "-", given=artefacts)

    after = httpx.get(address, timeout=30).json()
    assert after["candles"] == before["candles"]
    assert after["data_hash"] == before["data_hash"]
    assert run_in(platform, "worker", "cat", marker) == b"kept\n"
