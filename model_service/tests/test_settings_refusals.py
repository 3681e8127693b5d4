"""Settings as files, and the one line that a process ends with where they cannot be used."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from model_service.errors import UnusableSettings
from model_service.settings import Settings, read_settings

TOKEN = "t0ken-" * 4
HIDDEN = "s3cret-that-nobody-sees"

Write = Callable[..., Path]


@pytest.fixture(autouse=True)
def _fresh(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    for name in list(os.environ):
        if name.startswith(("MODEL_", "OPENAI_", "BELLWETHER_E", "AWS_", "LOGSTASH_", "OTEL_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("SECRETS_DIR", str(tmp_path / "secrets"))
    read_settings.cache_clear()
    yield
    read_settings.cache_clear()


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """``write(model_threads="4")``: a folder of secrets with these files."""

    def write_files(**contents: str) -> Path:
        folder = tmp_path / "secrets"
        folder.mkdir(exist_ok=True)
        for name, content in contents.items():
            (folder / name).write_text(content)
        return folder

    return write_files


def refuse() -> str:
    with pytest.raises(UnusableSettings) as refusal:
        read_settings()
    assert refusal.value.__cause__ is None
    assert refusal.value.__context__ is None
    return refusal.value.detail


def test_a_folder_that_is_missing_gives_no_setting() -> None:
    assert read_settings().service_token is None


def test_every_setting_may_be_a_file_called_like_its_variable(write: Write) -> None:
    write(
        model_service_token=f"{TOKEN}\n",
        model_threads=" 5\r\n",
        openai_api_key=HIDDEN,
        model_database_url="postgresql://u:p@h/d\n",
        ray_address="head:6379",
        bellwether_environment="production",
        somebody_elses="x",
    )
    settings = read_settings()
    assert settings.service_token is not None
    assert settings.service_token.get_secret_value() == TOKEN
    assert settings.openai_api_key is not None
    assert settings.openai_api_key.get_secret_value() == HIDDEN
    assert (settings.threads, settings.environment) == (5, "production")
    assert settings.full_database_url == "postgresql://u:p@h/d"
    assert settings.ray_address == "head:6379"


def test_the_environment_wins_unless_it_is_empty(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(model_threads="5", openai_model="in-the-file", model_port="4444")
    monkeypatch.setenv("MODEL_THREADS", "6")
    monkeypatch.setenv("OPENAI_MODEL", "")
    settings = read_settings()
    assert (settings.threads, settings.openai_model, settings.port) == (6, "in-the-file", 4444)


def test_an_empty_file_is_none(write: Write) -> None:
    write(model_threads="", model_service_token="\n")  # noqa: S106
    assert read_settings().service_token is None
    assert read_settings().threads == 8


def test_files_that_a_cluster_mounts_are_links(write: Write) -> None:
    folder = write()
    (folder / "..data").mkdir()
    (folder / "..data" / "model_threads").write_text("7")
    (folder / "model_threads").symlink_to("..data/model_threads")
    assert read_settings().threads == 7


def test_what_cannot_be_read_is_named(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write()
    (folder / "openai_api_key").mkdir()
    sentence = refuse()
    assert f"{folder}/openai_api_key" in sentence
    assert sentence.endswith("cannot be read: Is a directory.")

    (folder / "openai_api_key").rmdir()
    (folder / "openai_api_key").write_bytes(HIDDEN.encode() + b"\xff")
    assert refuse().endswith("cannot be read: it is not UTF-8.")

    monkeypatch.setenv("SECRETS_DIR", __file__)
    assert refuse().endswith("(SECRETS_DIR), cannot be read: Not a directory.")


def test_a_folder_without_permission_is_named(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write(openai_api_key=HIDDEN)

    def forbid(path: Path, **_: object) -> str:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "read_text", forbid)
    assert refuse() == (
        f"{folder}/openai_api_key, where secrets are looked for (SECRETS_DIR), cannot be read: "
        "Permission denied."
    )


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("MODEL_THREADS", f"{HIDDEN}"),
        ("MODEL_PORT", "0"),
        ("MODEL_LOG_LEVEL", HIDDEN),
        ("MODEL_WORKER_ID", f"{HIDDEN}/"),
        ("MODEL_SENTIMENT_ENGINE", HIDDEN),
        ("MODEL_DATABASE_URL", f"mysql://u:{HIDDEN}@h/d"),
        ("MODEL_DATABASE_URL", f"postgresql://u:{HIDDEN}@h:port/d"),
        ("MODEL_ARTEFACTS_URL", f"gs://{HIDDEN}"),
        ("MODEL_SERVICE_TOKEN", f"{HIDDEN} \N{SNOWMAN}"),
        ("BELLWETHER_ENVIRONMENT", HIDDEN),
    ],
)
def test_a_wrong_value_is_refused_by_its_variable_and_not_shown(
    variable: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, value)
    sentence = refuse()
    assert sentence.startswith(f"{variable} cannot be used: ")
    assert sentence.endswith(".")
    assert "\n" not in sentence
    assert HIDDEN not in sentence


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("MODEL_SERVICE_TOKEN", "ChangeMe-changeme-changeme"),
        ("OPENAI_API_KEY", "sk-CHANGEME"),
        ("MODEL_DATABASE_URL", "postgresql://u:changeme@h/d"),
        ("MODEL_DATABASE_URL", "postgresql://u:change%6De@h/d"),
        ("AWS_SECRET_ACCESS_KEY", "key-changeme"),
    ],
)
def test_a_placeholder_is_refused_outside_development(
    variable: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, value)
    read_settings()
    read_settings.cache_clear()
    monkeypatch.setenv("BELLWETHER_ENVIRONMENT", "production")
    sentence = refuse()
    assert sentence.startswith(f"{variable} holds the placeholder `changeme`")
    assert value not in sentence


def test_a_token_is_needed_and_long_outside_development(monkeypatch: pytest.MonkeyPatch) -> None:
    Settings().require_service_token()
    monkeypatch.setenv("MODEL_SERVICE_TOKEN", TOKEN[:23])
    Settings().require_service_token()
    monkeypatch.setenv("BELLWETHER_ENVIRONMENT", "production")
    sentence = refuse()
    assert sentence.startswith("MODEL_SERVICE_TOKEN has fewer than 24 characters")
    assert TOKEN[:23] not in sentence
    monkeypatch.setenv("MODEL_SERVICE_TOKEN", TOKEN)
    read_settings().require_service_token()
    monkeypatch.delenv("MODEL_SERVICE_TOKEN")
    with pytest.raises(UnusableSettings, match="MODEL_SERVICE_TOKEN is missing"):
        Settings().require_service_token()


def test_settings_show_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MODEL_SERVICE_TOKEN", HIDDEN)
    monkeypatch.setenv("MODEL_DATABASE_URL", f"postgresql://u:{HIDDEN}@h/d")
    assert HIDDEN not in repr(read_settings())


@pytest.mark.parametrize("module", ["model_service.app", "model_service.worker"])
def test_a_process_ends_with_one_line(module: str, tmp_path: Path) -> None:
    environment = {
        **os.environ,
        "BELLWETHER_ENVIRONMENT": "production",
        "MODEL_DATABASE_URL": "postgresql://u:changeme@h/d",
        "MODEL_STATE_DIR": str(tmp_path / "state"),
    }
    ended = subprocess.run(
        [sys.executable, "-m", module],
        env=environment,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert ended.returncode == 2
    (line,) = ended.stderr.splitlines()
    assert line.startswith("Not started: MODEL_DATABASE_URL holds the placeholder")
    assert ended.stdout == ""
    assert list(tmp_path.iterdir()) == []
