"""Passwords, certificates and the two servers that the set-up talks to."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.deploy.elk.fake import elasticsearch, kibana
from tests.deploy.elk.fake.http import Server
from tests.deploy.elk.fake.state import State

ROOT = Path(__file__).resolve().parents[3]
ELK = ROOT / "observability/elk"
SETUP_SECONDS = 60

PASSWORDS = {
    "ELASTIC_PASSWORD": "elastic-of-a-test",
    "KIBANA_SYSTEM_PASSWORD": "kibana-of-a-test",
    "LOGSTASH_WRITER_PASSWORD": "logstash-of-a-test",
    "LOG_READER_PASSWORD": "reader-of-a-test",
    "KIBANA_ENCRYPTION_KEY": "a-key-of-a-test-with-32-characters",
}


def run(script: str, variables: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run a script of the set-up with these variables and the path alone."""
    return subprocess.run(
        ["bash", str(ELK / "setup" / script)],  # An absolute path is taken as it is.
        env={"PATH": os.environ["PATH"], **variables},
        capture_output=True,
        text=True,
        timeout=SETUP_SECONDS,
    )


@dataclass
class Certificates:
    """The two volumes, and how to fill them."""

    folder: Path
    variables: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in ("certificates", "authority"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        certutil = self.folder / "certutil"
        certutil.write_text(
            f'#!/bin/sh\nexec "{sys.executable}" -m tests.deploy.elk.fake.certutil "$@"\n'
        )
        certutil.chmod(0o755)
        self.variables = {
            **PASSWORDS,
            "PYTHONPATH": str(ROOT),
            "CERTUTIL": str(certutil),
            "CERTIFICATES": str(self.folder / "certificates"),
            "AUTHORITY": str(self.folder / "authority"),
        }

    def make(self, **others: str) -> subprocess.CompletedProcess[str]:
        return run("certificates.sh", {**self.variables, **others})

    @property
    def authority(self) -> Path:
        return self.folder / "authority/ca.crt"

    @property
    def pair(self) -> tuple[Path, Path]:
        place = self.folder / "certificates"
        return place / "elasticsearch.crt", place / "elasticsearch.key"


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    """What ``certificates.sh`` made, once for all tests of a process."""
    made = Certificates(tmp_path_factory.mktemp("certificates"))
    said = made.make()
    assert said.returncode == 0, said.stderr
    return made


@dataclass
class Stack:
    """Elasticsearch and Kibana of a test, and the set-up that talks to them."""

    state: State
    variables: dict[str, str]

    def set_up(self, script: str = "setup.sh", **others: str) -> subprocess.CompletedProcess[str]:
        return run(script, {**self.variables, **others})


@pytest.fixture
def stack(certificates: Certificates) -> Iterator[Stack]:
    state = State(PASSWORDS["ELASTIC_PASSWORD"])
    with (
        Server(state, elasticsearch.answer, certificates.pair) as logs,
        Server(state, kibana.answer) as charts,
    ):
        yield Stack(
            state,
            {
                **PASSWORDS,
                "ELASTICSEARCH": logs.address,
                "KIBANA": charts.address,
                "AUTHORITY": str(certificates.authority),
                "INDEX": str(ELK / "index"),
                "OBJECTS": str(ELK / "kibana/objects.ndjson"),
                "ELK_WAIT_SECONDS": "10",
                "ELK_PAUSE_SECONDS": "0.05",
            },
        )
