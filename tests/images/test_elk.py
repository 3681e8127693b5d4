"""The profile elk under podman-compose, with stand-ins in the place of Elastic's images.

What is shown is what surrounds them: order, volumes and their owners, files, variables, health
checks, and the set-up's two scripts in containers of their own. Not what Elastic's programs do.
"""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from scripts.images.local_bases import BASE, make_bases
from tests.images.engine import build_flags, engine_environment, inspect, podman
from tests.images.platform import COMPOSE, ROOT, free_port

SERVICES = ("elk-certificates", "elasticsearch", "elk-setup", "kibana", "logstash")
STANDINS = ("elasticsearch", "kibana", "logstash")
NAMESPACE = "localhost/bellwether-elk"
RELEASE = "9.0.0"
UP_SECONDS = 300.0
READY_SECONDS = 60.0
OF_THE_PLATFORM = (
    *("MODEL_SERVICE_TOKEN", "POSTGRES_PASSWORD"),
    *("BACKEND_DB_PASSWORD", "MODEL_DB_PASSWORD"),
)
PASSWORDS = ("ELASTIC", "KIBANA_SYSTEM", "LOGSTASH_WRITER", "LOG_READER")


class Profile:
    """The containers of the profile."""

    def __init__(self, folder: Path) -> None:
        self.project = f"bellwether-elk-{os.getpid()}"
        self.passwords = {f"{name}_PASSWORD": secrets.token_hex(12) for name in PASSWORDS}
        ports = ("ELASTICSEARCH", "KIBANA", "LOGSTASH_TCP", "LOGSTASH_BEATS")
        values = {
            **self.passwords,
            "KIBANA_ENCRYPTION_KEY": secrets.token_hex(16),
            "BELLWETHER_ENVIRONMENT": "production",
            "ELASTIC_REGISTRY": NAMESPACE,
            "ELASTIC_VERSION": RELEASE,
            "ELK_WAIT_SECONDS": "30",
            "LOG_DRIVER": "k8s-file",
            **{f"{name}_PORT": str(free_port()) for name in ports},
            # The platform's own are not started, but the file is read as a whole.
            **dict.fromkeys(OF_THE_PLATFORM, "unused"),
        }
        self._settings = folder / "settings.env"
        self._settings.write_text("".join(f"{name}={value}\n" for name, value in values.items()))

    def compose(self, *arguments: str) -> None:
        command = [str(COMPOSE), "--project-name", self.project, "--env-file", str(self._settings)]
        subprocess.run(
            [*command, "--profile", "elk", "--file", str(ROOT / "docker-compose.yml"), *arguments],
            check=True,
            timeout=UP_SECONDS,
        )

    def container(self, service: str) -> str:
        return f"{self.project}_{service}_1"

    def run_check(self, service: str) -> bool:
        """Whether the health check of the file succeeds in the time that the file gives it.

        That is the engine's to do; podman runs none without systemd.
        """
        compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
        check = compose["services"][service]["healthcheck"]
        kind, *command = check["test"]
        if kind == "CMD-SHELL":
            command = ["sh", "-c", *command]
        try:
            said = subprocess.run(
                ["podman", "exec", self.container(service), *command],
                capture_output=True,
                timeout=float(check["timeout"].removesuffix("s")),
            )
        except subprocess.TimeoutExpired:
            return False
        return said.returncode == 0

    def asks(self, path: str) -> object:
        """What Elasticsearch answers the superuser, asked from its own container."""
        user = f"elastic:{self.passwords['ELASTIC_PASSWORD']}"
        authority = "config/certificates/ca.crt"
        said = podman(
            *("exec", self.container("elasticsearch"), "curl", "--silent", "--fail"),
            *("--cacert", authority, "--user", user, f"https://localhost:9200{path}"),
        )
        return json.loads(said)

    def set_up_again(self) -> str:
        """What elk-setup says at its end, started once more."""
        before = podman("logs", self.container("elk-setup")).count("\n")
        podman("start", self.container("elk-setup"))
        podman("wait", self.container("elk-setup"))
        lines = podman("logs", self.container("elk-setup")).splitlines()
        return "\n".join(lines[before:])


@pytest.fixture(scope="module")
def profile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Profile]:
    flags = build_flags(tmp_path_factory.mktemp("build"))
    os.environ.update(engine_environment(tmp_path_factory.mktemp("engine")))
    make_bases()
    for name in STANDINS:
        podman(
            *("build", *flags, "--quiet", "--target", name, "--build-arg", f"BASE_IMAGE={BASE}"),
            *("--file", str(ROOT / "tests/images/elk/Dockerfile")),
            *("--tag", f"{NAMESPACE}/{name}/{name}:{RELEASE}", str(ROOT / "tests")),
            timeout=UP_SECONDS,
        )
    running = Profile(tmp_path_factory.mktemp("elk"))
    try:
        running.compose("up", "--detach", "--no-build", *SERVICES)
        # podman 4.3's name service may end with the first container that ends, and comes back with
        # the next one that starts: the set-up then has to be started once more.
        for _ in range(3):
            if "are ready" in running.set_up_again():
                break
        yield running
    finally:
        running.compose("down", "--volumes")


def test_all_come_up_and_their_health_checks_succeed(profile: Profile) -> None:
    end = time.monotonic() + READY_SECONDS
    waiting = {"elasticsearch", "kibana", "logstash"}
    while waiting and time.monotonic() < end:
        waiting -= {name for name in waiting if profile.run_check(name)}
        time.sleep(1)
    assert not waiting


def test_health_checks_fail_where_nothing_answers(profile: Profile) -> None:
    podman("stop", "--time", "10", profile.container("kibana"))
    assert not profile.run_check("kibana")
    podman("start", profile.container("kibana"))


def test_set_up_made_everything_and_changes_nothing_again(profile: Profile) -> None:
    before = profile.asks("/_test/state")
    assert isinstance(before, dict)
    assert "/_data_stream/logstash-bellwether" in before["stored"]
    assert "/_security/user/logstash_writer" in before["changes"]
    assert "are ready" in profile.set_up_again()
    assert profile.asks("/_test/state") == before


def test_nobody_is_root_and_the_key_stays_where_it_is_shown(profile: Profile) -> None:
    for name in ("elasticsearch", "kibana", "logstash"):
        assert podman("exec", profile.container(name), "id", "-u").strip() == "1000"
        state = inspect("container", profile.container(name))
        assert not state["EffectiveCaps"]
    found = "find /usr/share -name '*.key' -o -name ca.crt | sort"
    seen = {
        name: podman("exec", profile.container(name), "sh", "-c", found).split()
        for name in ("elasticsearch", "kibana", "logstash")
    }
    assert [path.rsplit("/", 1)[1] for path in seen["elasticsearch"]] == [
        "ca.crt",
        "elasticsearch.key",
    ]
    for name in ("kibana", "logstash"):
        assert [path.rsplit("/", 1)[1] for path in seen[name]] == ["ca.crt"]


def test_the_page_is_reached_on_this_machine_alone(profile: Profile) -> None:
    for name in ("elasticsearch", "kibana", "logstash"):
        bindings = inspect("container", profile.container(name))["HostConfig"]["PortBindings"]
        addresses = {one["HostIp"] for each in bindings.values() for one in each}
        assert addresses == {"127.0.0.1"}
