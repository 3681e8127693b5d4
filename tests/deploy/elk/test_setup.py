"""``setup.sh`` runs for real against stand-ins: once, twice, and against what goes wrong."""

from __future__ import annotations

import json
import shutil
import socket
from pathlib import Path

import pytest

from tests.deploy.elk.conftest import ELK, PASSWORDS, Certificates, Stack

OBJECTS = [json.loads(line) for line in (ELK / "kibana/objects.ndjson").read_text().splitlines()]


def test_set_up_makes_all_that_the_files_describe(stack: Stack) -> None:
    said = stack.set_up()
    assert said.returncode == 0, said.stderr
    stored = stack.state.stored
    for name, path in (
        ("lifecycle", "/_ilm/policy/bellwether-logs"),
        ("template", "/_index_template/bellwether-logs"),
        ("writer", "/_security/role/logstash_writer"),
    ):
        assert stored[path] == json.loads((ELK / f"index/{name}.json").read_text())
    assert "/_data_stream/logstash-bellwether" in stored
    assert stack.state.users == {
        "elastic": (PASSWORDS["ELASTIC_PASSWORD"], "superuser"),
        "kibana_system": (PASSWORDS["KIBANA_SYSTEM_PASSWORD"], "kibana_system"),
        "logstash_writer": (PASSWORDS["LOGSTASH_WRITER_PASSWORD"], "logstash_writer"),
        "log_reader": (PASSWORDS["LOG_READER_PASSWORD"], "viewer"),
    }
    assert {path for path in stored if path.startswith("/saved/")} == {
        f"/saved/{one['type']}/{one['id']}" for one in OBJECTS
    }
    assert stored["/default"] == "bellwether-logs"


def test_set_up_run_again_changes_nothing(stack: Stack) -> None:
    assert stack.set_up().returncode == 0
    assert stack.state.changes
    stack.state.changes.clear()
    said = stack.set_up()
    assert said.returncode == 0, said.stderr
    assert stack.state.changes == []


def test_set_up_takes_up_what_was_left_half_done(stack: Stack) -> None:
    stack.state.refusals["PUT /_security/user/log_reader"] = (503, {"error": {"reason": "busy"}})
    assert stack.set_up().returncode == 1
    stack.state.refusals.clear()
    stack.state.changes.clear()
    assert stack.set_up().returncode == 0
    assert stack.state.changes[0] == "/_security/user/log_reader"


def test_new_passwords_are_taken_over(stack: Stack) -> None:
    assert stack.set_up().returncode == 0
    stack.state.changes.clear()
    new = {"KIBANA_SYSTEM_PASSWORD": "another-one", "LOGSTASH_WRITER_PASSWORD": "another-two"}
    assert stack.set_up(**new).returncode == 0
    assert stack.state.changes == [
        "/_security/user/kibana_system",
        "/_security/user/logstash_writer",
    ]
    assert stack.state.users["logstash_writer"] == ("another-two", "logstash_writer")


def test_a_new_version_of_the_template_begins_a_new_index(stack: Stack, tmp_path: Path) -> None:
    assert stack.set_up().returncode == 0
    shutil.copytree(ELK / "index", tmp_path / "index")
    template = json.loads((ELK / "index/template.json").read_text())
    template["version"] = template["template"]["mappings"]["_meta"]["version"] = 12
    (tmp_path / "index/template.json").write_text(json.dumps(template))
    # Also where the run before it ended between the template and the index.
    stack.state.refusals["POST /logstash-bellwether/_rollover"] = (503, {})
    assert "new index" in sentence(stack.set_up(INDEX=str(tmp_path / "index")))
    stack.state.refusals.clear()
    for _ in range(2):
        said = stack.set_up(INDEX=str(tmp_path / "index"))
        assert said.returncode == 0, said.stderr
    assert stack.state.stored["/_data_stream/logstash-bellwether"] == [1, 12]


def test_a_default_data_view_of_the_users_own_is_left_alone(stack: Stack) -> None:
    stack.state.stored["/default"] = "my-own"
    assert stack.set_up().returncode == 0
    assert stack.state.stored["/default"] == "my-own"


def sentence(said: object) -> str:
    """What was said of a failure: one sentence, and a code that is no success."""
    lines = str(said.stderr).splitlines()  # type: ignore[attr-defined]
    assert said.returncode == 1, said  # type: ignore[attr-defined]
    assert len(lines) == 1, lines
    assert lines[0].startswith(("elk-setup: ", "elk-certificates: "))
    assert lines[0].endswith(".")
    return lines[0]


def test_elasticsearch_that_never_comes_up(stack: Stack) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        address = f"https://127.0.0.1:{taken.getsockname()[1]}"
        said = stack.set_up(ELASTICSEARCH=address, ELK_WAIT_SECONDS="1")
    assert "Elasticsearch was not ready within 1 s" in sentence(said)
    assert address in said.stderr


def test_an_authority_that_never_comes(stack: Stack, tmp_path: Path) -> None:
    said = stack.set_up(AUTHORITY=str(tmp_path / "ca.crt"), ELK_WAIT_SECONDS="1")
    assert "ca.crt did not come within 1 s: look at elk-certificates" in sentence(said)
    assert stack.state.requests == []


def test_elasticsearch_that_stays_red(stack: Stack) -> None:
    stack.state.health = (408, {"status": "red", "timed_out": True})
    said = stack.set_up(ELK_WAIT_SECONDS="1")
    assert "was not ready within 1 s" in sentence(said)
    assert "status 408" in said.stderr


def test_kibana_that_never_comes_up(stack: Stack) -> None:
    stack.state.kibana_polls = 10**6
    said = stack.set_up(ELK_WAIT_SECONDS="1")
    assert "Kibana was not ready within 1 s" in sentence(said)


def test_a_wrong_password_is_not_waited_for(stack: Stack) -> None:
    wrong = {"ELASTIC_PASSWORD": "another-one"}
    said = stack.set_up(**wrong, ELK_WAIT_SECONDS="50")
    assert "ELASTIC_PASSWORD is not the one" in sentence(said)
    assert stack.state.requests == ["GET /_cluster/health"]


def test_a_certificate_of_somebody_else_is_refused(stack: Stack, tmp_path: Path) -> None:
    stranger = Certificates(tmp_path)
    assert stranger.make().returncode == 0
    said = stack.set_up(AUTHORITY=str(stranger.authority), ELK_WAIT_SECONDS="50")
    assert "does not vouch for" in sentence(said)
    # The password never went to whoever it was.
    assert stack.state.requests == []


@pytest.mark.parametrize(
    ("request_line", "status", "answer", "says"),
    [
        (
            "PUT /_ilm/policy",
            400,
            {"error": {"reason": "Unknown phase"}},
            "lifecycle (status 400, Unknown phase)",
        ),
        ("PUT /_index_template", 400, {"error": {"reason": "bad mapping"}}, "bad mapping"),
        ("PUT /_data_stream", 500, {}, "data stream (status 500)"),
        ("GET /_data_stream", 500, {}, "whether there is the data stream (status 500)"),
        ("POST /_security/user/kibana_system", 403, {}, "password of kibana_system"),
        ("PUT /_security/role", 403, {}, "role of Logstash"),
        ("PUT /_security/user/logstash_writer", 400, {}, "user logstash_writer"),
        (
            "POST /api/saved_objects",
            413,
            {"message": "Payload is too large"},
            "dashboard (status 413, Payload is too large)",
        ),
        ("POST /api/data_views", 404, {}, "default data view"),
    ],
)
def test_refusals_are_told(
    stack: Stack, request_line: str, status: int, answer: dict[str, object], says: str
) -> None:
    stack.state.refusals[request_line] = (status, answer)
    assert says in sentence(stack.set_up())


def test_an_import_that_leaves_objects_out_is_a_failure(stack: Stack, tmp_path: Path) -> None:
    short = tmp_path / "objects.ndjson"
    short.write_text("".join(f"{json.dumps(one)}\n" for one in OBJECTS[1:]))
    said = stack.set_up(OBJECTS=str(short))
    assert "did not take all of the dashboard" in sentence(said)


@pytest.mark.parametrize(
    ("variable", "value", "says"),
    [
        ("ELASTIC_PASSWORD", "", "ELASTIC_PASSWORD is not set"),
        ("LOG_READER_PASSWORD", "short", "less than 6 characters"),
        ("LOGSTASH_WRITER_PASSWORD", 'with"quote', "letters, digits"),
        ("KIBANA_ENCRYPTION_KEY", "a-key-of-31-characters-is-short", "less than the 32"),
    ],
)
@pytest.mark.parametrize("script", ["setup.sh", "certificates.sh"])
def test_passwords_are_looked_at_before_anything_is_done(
    stack: Stack, tmp_path: Path, script: str, variable: str, value: str, says: str
) -> None:
    given = {variable: value}
    said = stack.set_up(**given) if script == "setup.sh" else Certificates(tmp_path).make(**given)
    assert says in sentence(said)
    assert stack.state.requests == []
    assert not (tmp_path / "authority/ca.crt").exists()


def test_production_refuses_the_examples_passwords(stack: Stack) -> None:
    example = {"LOG_READER_PASSWORD": "changeme-reader"}
    said = stack.set_up(BELLWETHER_ENVIRONMENT="production", **example)
    assert "LOG_READER_PASSWORD is still the example's" in sentence(said)
    assert stack.set_up(BELLWETHER_ENVIRONMENT="development", **example).returncode == 0


def test_no_password_is_on_a_command_line_or_in_the_output(stack: Stack, tmp_path: Path) -> None:
    curl = shutil.which("curl")
    (tmp_path / "curl").write_text(
        f'#!/bin/sh\nprintf "%s\\n" "$*" >>"{tmp_path}/lines"\nexec "{curl}" "$@"\n'
    )
    (tmp_path / "curl").chmod(0o755)
    path = f"{tmp_path}:{Path(str(curl)).parent}:/usr/bin:/bin"
    said = stack.set_up(PATH=path)
    assert said.returncode == 0, said.stderr
    seen = (tmp_path / "lines").read_text() + said.stdout + said.stderr
    assert "--config" in seen
    assert not [password for password in PASSWORDS.values() if password in seen]


@pytest.mark.parametrize(
    ("good", "bad", "says"),
    [
        ("--header 'kbn-xsrf: elk-setup' ", "", "kbn-xsrf"),
        ("_import?overwrite=true", "_import", "all of the dashboard"),
        ("--config \"${work}/${user}\" ", "", "refuses the user elastic"),
        ("--header 'Content-Type: application/json' \\\n        --data-binary \"@$2\"",
         "--data-binary \"@$2\"", "Content-Type"),
        ('put "/_ilm/policy/${POLICY}"', "true", "there is no lifecycle"),
        ('put "/_index_template/${POLICY}"', "true", "no matching index template"),
        ("put /_security/role/logstash_writer", "true", "there is no role"),
        ('if [ "${broken}:${status}" = 0:404 ]; then', "if true; then", "already exists"),
        ("--form \"file=@${OBJECTS}\"", "--data-binary \"@${OBJECTS}\"", "Unsupported Media Type"),
    ],
)  # fmt: skip
def test_mistakes_of_the_script_are_seen(
    stack: Stack, tmp_path: Path, good: str, bad: str, says: str
) -> None:
    shutil.copytree(ELK / "setup", tmp_path / "setup")
    script = tmp_path / "setup/setup.sh"
    text = script.read_text()
    assert good in text
    script.write_text(text.replace(good, bad))
    # A mistake may show at the second run only.
    runs = [stack.set_up(script=str(script)) for _ in range(2)]
    failed = [one for one in runs if one.returncode != 0]
    assert failed
    assert says in failed[0].stderr
