"""``bellwether sentiment export-finbert``, as a person runs it."""

from __future__ import annotations

import socket
from pathlib import Path

from typer.testing import CliRunner

from model_service.cli.main import app

REFUSED = 2


def run(*arguments: str) -> tuple[int, str, str]:
    done = CliRunner().invoke(app, ["sentiment", "export-finbert", *arguments])
    return done.exit_code, done.stdout, " ".join(done.stderr.split())


def test_it_says_what_was_exported(small_bert: Path, exports: Path, export: Path) -> None:
    code, out, _ = run("--source", str(small_bert), "--out", str(exports))
    assert code == 0
    assert out.startswith("small-bert@sha256-")
    assert str(export) in out
    assert "differ from fp32 torch by at most" in out


def test_it_refuses_a_folder_without_a_model(tmp_path: Path) -> None:
    code, out, err = run("--source", str(tmp_path), "--out", str(tmp_path / "out"))
    assert code == REFUSED
    assert out == ""
    assert f"{tmp_path.name} holds no model" in err


def test_it_gives_up_in_time(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        endpoint = f"http://127.0.0.1:{silent.getsockname()[1]}"
        options = ("--out", str(tmp_path), "--endpoint", endpoint, "--timeout", "1")
        code, _, err = run("--source", "acme/finbert", *options)
    assert code == REFUSED
    assert "took too long" in err
    assert "Traceback" not in err
