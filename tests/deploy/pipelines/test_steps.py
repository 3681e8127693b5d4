"""The steps' own programs: commits, pushes, digests, bills of materials, the smoke test."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from scripts.pipeline import candles, registry, smoke
from scripts.pipeline.digests import write_digests
from scripts.pipeline.materials import closure, without_development
from scripts.pipeline.registry import Engine, push_images
from scripts.pipeline.release import PushedImage, read_pushed, record_release
from scripts.pipeline.step import StepFailed, run_read

from .running import ROOT

PASSWORD = "of-the-registry-Vb6Nm2"  # noqa: S105 (only here)
DIGEST = f"sha256:{'a' * 64}"

ENGINE = """\
#!{python}
import json, os, sys
given = {{"argv": sys.argv[1:], "stdin": "" if sys.stdin.isatty() else sys.stdin.read(),
         "environment": dict(os.environ)}}
with open({calls!r}, "a") as calls:
    calls.write(json.dumps(given) + "\\n")
if sys.argv[1] == "push" and "--digestfile" in sys.argv:
    open(sys.argv[sys.argv.index("--digestfile") + 1], "w").write({digest!r})
if sys.argv[1:3] == ["image", "inspect"]:
    repository = sys.argv[-1].rpartition(":")[0]
    print("elsewhere.example.org/backend@sha256:" + "b" * 64)
    print(repository + "@" + {digest!r})
if sys.argv[1] in os.environ.get("REFUSES", "").split():
    sys.exit("refused")
"""


def git(folder: Path, *arguments: str) -> str:
    who = ("-c", "user.name=Tester", "-c", "user.email=tester@example.org")
    command = ["git", *who, *arguments]
    return subprocess.run(
        command, cwd=folder, check=True, capture_output=True, text=True, timeout=60
    ).stdout.strip()


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A clone whose HEAD is main."""
    origin, clone = tmp_path / "origin", tmp_path / "clone"
    origin.mkdir()
    git(origin, "init", "--quiet", "--initial-branch=main")
    git(origin, "commit", "--quiet", "--allow-empty", "--message", "first")
    git(tmp_path, "clone", "--quiet", str(origin), str(clone))
    return clone


@pytest.fixture(params=["docker", "podman"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A program in the place of docker or podman that writes down what it is given."""
    program = tmp_path / "bin" / str(request.param)
    program.parent.mkdir()
    calls = str(tmp_path / "calls")
    program.write_text(ENGINE.format(python=sys.executable, calls=calls, digest=DIGEST))
    program.chmod(0o755)
    return program


@pytest.fixture
def pushing(engine: Path, tmp_path: Path) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "CONTAINER": str(engine),
        "RESULTS": str(tmp_path / "results"),
        "REGISTRY": "registry.example.org/path",
        "NAMESPACE": "ours",
        "REGISTRY_USER": "pusher",
        "REGISTRY_PASSWORD": PASSWORD,
        "GIT_COMMIT": "abc",
    }


def calls(tmp_path: Path) -> list[dict[str, Any]]:
    file = tmp_path / "calls"
    return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []


def test_the_first_build_writes_the_commit_down(checkout: Path, tmp_path: Path) -> None:
    environment = {"RESULTS": str(tmp_path / "results"), "BRANCH": "main"}
    record_release(environment, checkout)
    release = tmp_path / "results/release"
    assert (release / "commit").read_text() == f"{git(checkout, 'rev-parse', 'HEAD')}\n"
    assert (release / "branch").read_text() == "main\n"
    record_release({**environment, "BRANCH": "another"}, checkout)
    assert (release / "branch").read_text() == "main\n"


def test_another_commit_is_refused(checkout: Path, tmp_path: Path) -> None:
    environment = {"RESULTS": str(tmp_path / "results")}
    record_release(environment, checkout)
    git(checkout, "commit", "--quiet", "--allow-empty", "--message", "second")
    with pytest.raises(StepFailed, match="the chain is about"):
        record_release(environment, checkout)
    (tmp_path / "results/release/commit").write_text("HEAD\n")
    with pytest.raises(StepFailed, match="holds no commit"):
        record_release(environment, checkout)


@pytest.mark.parametrize("branch", ["--upload-pack=x", "main main", "$(id)"])
def test_a_branch_is_a_name(branch: str, checkout: Path, tmp_path: Path) -> None:
    with pytest.raises(StepFailed, match="no name of a branch"):
        record_release({"RESULTS": str(tmp_path), "BRANCH": branch}, checkout)


def test_the_password_is_read_and_told_nobody(
    pushing: dict[str, str], checkout: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    push_images(["backend"], pushing, checkout)
    made = calls(tmp_path)
    login = made[0]
    assert login["argv"] == [
        "login",
        "--username",
        "pusher",
        "--password-stdin",
        "registry.example.org",
    ]
    assert login["stdin"] == PASSWORD
    assert all(PASSWORD not in str(call["argv"]) for call in made)
    assert all(PASSWORD not in str(call["environment"]) for call in made)
    assert all(call["stdin"] == "" for call in made[1:])
    assert PASSWORD not in "".join(capfd.readouterr())
    # What a log-in leaves is in a folder of the run, and gone with it.
    for call in made:
        folder = Path(call["environment"]["DOCKER_CONFIG"])
        assert folder != Path.home() / ".docker"
        assert not folder.exists()


def test_an_image_is_pushed_by_its_commit_and_noted_by_its_digest(
    pushing: dict[str, str], checkout: Path, tmp_path: Path
) -> None:
    tag = git(checkout, "rev-parse", "--short=12", "HEAD")
    push_images(["backend"], {**pushing, "EXTRA_TAGS": "v1.4.0"}, checkout)
    place = "registry.example.org/path/ours/backend"
    pushed = [call["argv"][-1] for call in calls(tmp_path) if call["argv"][0] == "push"]
    assert pushed == [f"{place}:{tag}", f"{place}:v1.4.0"]
    release = tmp_path / "results/release"
    assert read_pushed(release) == {"backend": PushedImage("backend", place, tag, DIGEST)}


def test_what_is_not_on_main_is_not_pushed(
    pushing: dict[str, str], checkout: Path, tmp_path: Path
) -> None:
    git(checkout, "commit", "--quiet", "--allow-empty", "--message", "not pushed yet")
    with pytest.raises(StepFailed, match="not on origin/main"):
        push_images(["backend"], pushing, checkout)
    assert calls(tmp_path) == []


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("REGISTRY_PASSWORD", "", "REGISTRY_PASSWORD has to be set"),
        ("REGISTRY", " ", "REGISTRY has to be set"),
        ("EXTRA_TAGS", "v1 -x", "is no tag"),
        ("REFUSES", "login", "login` failed: refused"),
        ("REFUSES", "push", "push` failed: refused"),
    ],
)
def test_what_is_missing_or_refused_is_told(
    name: str, value: str, told: str, pushing: dict[str, str], checkout: Path, tmp_path: Path
) -> None:
    with pytest.raises(StepFailed, match=told):
        push_images(["backend"], {**pushing, name: value}, checkout)
    assert not (tmp_path / "results/release/backend.json").exists()


def test_a_program_that_takes_too_long_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(StepFailed, match=r"`sleep 30 …` took longer than 1 s\."):
        run_read(["sleep", "30"], seconds=1)
    monkeypatch.setattr(registry, "PUSH_SECONDS", 1)
    with pytest.raises(StepFailed, match=r"`sleep 30 …` took longer than 1 s\."):
        Engine("sleep", tmp_path, os.environ).run(["30"])


def test_an_image_that_there_is_none_of_is_told(pushing: dict[str, str], checkout: Path) -> None:
    with pytest.raises(StepFailed, match="no image server"):
        push_images(["server"], pushing, checkout)


def release_of(folder: Path, tag: str, **others: Any) -> None:
    for name in ("model", "backend", "frontend"):
        given = {
            "name": name,
            "repository": f"r.example.org/ours/{name}",
            "tag": tag,
            "digest": DIGEST,
        }
        PushedImage(**{**given, **others.get(name, {})}).write(folder / "release")


def test_the_playbook_is_told_every_digest(checkout: Path, tmp_path: Path) -> None:
    release_of(tmp_path, git(checkout, "rev-parse", "--short=12", "HEAD"))
    write_digests({"RESULTS": str(tmp_path)}, checkout)
    assert json.loads((tmp_path / "images.yml").read_text()) == {
        "bellwether_registry": "r.example.org/ours",
        "bellwether_digests": dict.fromkeys(("backend", "frontend", "model"), DIGEST),
    }


@pytest.mark.parametrize(
    ("others", "told"),
    [
        ({"model": {"tag": "0123456789ab"}}, "model is of 0123456789ab"),
        ({"model": {"digest": "latest"}}, "model.json is no record"),
        ({"model": {"repository": "elsewhere.example.org/model"}}, "in several places"),
        ({"model": {"schema_version": 2}}, "model.json is no record"),
    ],
)
def test_images_that_do_not_belong_together_are_refused(
    others: dict[str, Any], told: str, checkout: Path, tmp_path: Path
) -> None:
    release_of(tmp_path, git(checkout, "rev-parse", "--short=12", "HEAD"), **others)
    with pytest.raises(StepFailed, match=told):
        write_digests({"RESULTS": str(tmp_path)}, checkout)


def test_an_image_that_nobody_pushed_is_not_deployed(checkout: Path, tmp_path: Path) -> None:
    release_of(tmp_path, git(checkout, "rev-parse", "--short=12", "HEAD"))
    (tmp_path / "release/frontend.json").unlink()
    with pytest.raises(StepFailed, match="No build of this commit pushed frontend"):
        write_digests({"RESULTS": str(tmp_path)}, checkout)


def test_a_bill_names_what_an_image_has_and_nothing_else() -> None:
    packages = closure(["bellwether-model-service[s3]"])
    assert {"bellwether-model-service", "numpy", "keras", "s3fs"} <= set(packages)
    assert not {"pytest", "torch", "ruff", "fastapi"} & set(packages)
    assert "s3fs" not in closure(["bellwether-model-service"])
    with pytest.raises(StepFailed, match="no-such-package is not installed"):
        closure(["no-such-package"])


def test_a_bill_of_the_page_has_no_development_packages() -> None:
    development = [{"name": "cdx:npm:package:development", "value": "true"}]
    bill = {
        "metadata": {"component": {"bom-ref": "page@1"}},
        "components": [{"bom-ref": "react@19"}, {"bom-ref": "vite@8", "properties": development}],
        "dependencies": [
            {"ref": "page@1", "dependsOn": ["react@19", "vite@8"]},
            {"ref": "vite@8", "dependsOn": []},
            {"ref": "react@19"},
        ],
    }
    assert without_development(bill) == {
        "metadata": {"component": {"bom-ref": "page@1"}},
        "components": [{"bom-ref": "react@19"}],
        "dependencies": [
            {"ref": "page@1", "dependsOn": ["react@19"]},
            {"ref": "react@19", "dependsOn": []},
        ],
    }


def test_a_dataset_is_a_file_a_folder_or_an_address(tmp_path: Path) -> None:
    for name in ("A.csv", "B_2020.csv.gz", "notes.txt"):
        (tmp_path / name).touch()
    names = [file.name for file in candles.find_files(str(tmp_path), tmp_path)]
    assert names == ["A.csv", "B_2020.csv.gz"]
    assert candles.find_files(str(tmp_path / "A.csv"), tmp_path) == [tmp_path / "A.csv"]
    for wrong in ("http://example.org/A.csv", "https://example.org/A.exe", "file:///A.csv"):
        with pytest.raises(StepFailed, match="an address is https"):
            candles.find_files(wrong, tmp_path)
    with pytest.raises(StepFailed, match="there is no file"):
        candles.find_files(str(tmp_path / "notes.txt"), tmp_path)


ANSWERS: dict[str, Any] = {
    "/": "<html><title>Bellwether</title></html>",
    "/api/candles/SIM-CALM": {"candles": {"time": [1, 2]}},
    "/api/signals/SIM-CALM": {
        "agent": "default",
        "ledger": {"time": [1, 2], "net_worth": [100_000.0, 100_010.0]},
    },
    "/api/sentiment/SIM-CALM": {"engine": "lite"},
}


@contextlib.contextmanager
def platform(answers: dict[str, Any]) -> Iterator[str]:
    """A page's server that gives these answers, by path."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer = answers.get(self.path)
            body = (answer if isinstance(answer, str) else json.dumps(answer)).encode()
            self.send_response(503 if answer is None else 200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments: object) -> None:
            """Nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def test_a_platform_that_works_passes(capsys: pytest.CaptureFixture[str]) -> None:
    with platform(ANSWERS) as origin:
        smoke.smoke_test({"SMOKE_URL": origin, "SMOKE_SECONDS": "0.1"})
    assert "net worth 100,010 in the end" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("path", "answer"),
    [
        ("/", "<title>Welcome to nginx</title>"),
        ("/api/candles/SIM-CALM", None),
        ("/api/candles/SIM-CALM", {"candles": {"time": []}}),
        ("/api/candles/SIM-CALM", "no JSON"),
        ("/api/signals/SIM-CALM", {"ledger": {"time": [1], "net_worth": [1.0]}}),
        ("/api/signals/SIM-CALM", {"ledger": {"time": [1, 2], "net_worth": [1.0, 0.0]}}),
        ("/api/signals/SIM-CALM", []),
        ("/api/signals/SIM-CALM", {"detail": "unavailable"}),
        ("/api/sentiment/SIM-CALM", None),
    ],
)
def test_a_platform_that_is_broken_does_not(path: str, answer: Any) -> None:
    with (
        platform({**ANSWERS, path: answer}) as origin,
        pytest.raises(StepFailed, match="does not answer as it should"),
    ):
        smoke.smoke_test({"SMOKE_URL": origin, "SMOKE_SECONDS": "0.1"})


def test_the_vaults_password_is_written_nowhere() -> None:
    script = ROOT / "deploy/ansible/vault-password-from-environment.sh"
    assert os.access(script, os.X_OK), "Ansible runs it only then, and else reads it as a password"
    said = subprocess.run(
        [str(script)], env={"VAULT_PASSWORD": "it"}, capture_output=True, text=True, timeout=30
    )
    assert (said.returncode, said.stdout) == (0, "it\n")
    assert subprocess.run([str(script)], env={}, capture_output=True, timeout=30).returncode != 0
