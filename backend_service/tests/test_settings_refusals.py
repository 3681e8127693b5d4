"""Settings as files, and the one line that a process ends with where they cannot be used."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from backend_service.settings import Settings, read_settings
from backend_service.settings_refusals import UnusableSettings

TOKEN = "t0ken-" * 4
HIDDEN = "s3cret-that-nobody-sees"

Write = Callable[..., Path]


@pytest.fixture(autouse=True)
def _fresh(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    for name in list(os.environ):
        if name.startswith(
            ("BACKEND_", "MODEL_", "DATABASE_", "NEWSAPI_", "BELLWETHER_E", "LOGSTASH", "OTEL_")
        ):
            monkeypatch.delenv(name)
    monkeypatch.setenv("SECRETS_DIR", str(tmp_path / "secrets"))
    read_settings.cache_clear()
    yield
    read_settings.cache_clear()


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """``write(backend_port="4")``: a folder of secrets with these files."""

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
    return str(refusal.value)


def test_a_folder_that_is_missing_gives_no_setting() -> None:
    assert read_settings().model_service_token is None


def test_every_setting_may_be_a_file_called_like_its_variable(write: Write) -> None:
    write(
        model_service_token=f"{TOKEN}\n",
        backend_port=" 5\r\n",
        newsapi_key=HIDDEN,
        database_url="postgresql://u:p@h/d\n",
        backend_news_feeds='["https://a.b/{symbol}"]',
        bellwether_environment="production",
        somebody_elses="x",
    )
    settings = read_settings()
    assert settings.model_service_token is not None
    assert settings.model_service_token.get_secret_value() == TOKEN
    assert settings.newsapi_key is not None
    assert settings.newsapi_key.get_secret_value() == HIDDEN
    assert (settings.port, settings.environment) == (5, "production")
    assert settings.database_url == "postgresql://u:p@h/d"
    assert settings.news_feeds == ("https://a.b/{symbol}",)


def test_the_environment_wins_unless_it_is_empty(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(backend_port="5", backend_log_level="ERROR", database_url="sqlite:///x.db")
    monkeypatch.setenv("BACKEND_PORT", "6")
    monkeypatch.setenv("DATABASE_URL", "")
    settings = read_settings()
    assert (settings.port, settings.log_level) == (6, "ERROR")
    assert settings.database_url == "sqlite:///x.db"


def test_an_empty_file_is_none(write: Write) -> None:
    write(backend_port="", model_service_token="\n")  # noqa: S106
    assert read_settings().model_service_token is None
    assert read_settings().port == 3000


def test_files_that_a_cluster_mounts_are_links(write: Write) -> None:
    folder = write()
    (folder / "..data").mkdir()
    (folder / "..data" / "backend_port").write_text("7")
    (folder / "backend_port").symlink_to("..data/backend_port")
    assert read_settings().port == 7


def test_what_cannot_be_read_is_named(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write()
    (folder / "newsapi_key").mkdir()
    sentence = refuse()
    assert f"{folder}/newsapi_key" in sentence
    assert sentence.endswith("cannot be read: Is a directory.")

    (folder / "newsapi_key").rmdir()
    (folder / "newsapi_key").write_bytes(HIDDEN.encode() + b"\xff")
    assert refuse().endswith("cannot be read: it is not UTF-8.")

    monkeypatch.setenv("SECRETS_DIR", __file__)
    assert refuse().endswith("(SECRETS_DIR), cannot be read: Not a directory.")


def test_a_folder_without_permission_is_named(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write(newsapi_key=HIDDEN)

    def forbid(path: Path, **_: object) -> str:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "read_text", forbid)
    assert refuse() == (
        f"{folder}/newsapi_key, where secrets are looked for (SECRETS_DIR), cannot be read: "
        "Permission denied."
    )


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("BACKEND_PORT", HIDDEN),
        ("BACKEND_LOG_LEVEL", HIDDEN),
        ("BACKEND_MODEL_URL", f"ftp://{HIDDEN}"),
        ("BACKEND_YAHOO_ENABLED", HIDDEN),
        ("BACKEND_NEWS_FEEDS", f"https://a.b/{{symbol}},https://a.b/{HIDDEN}"),
        ("BACKEND_NEWS_FEEDS", f"[{HIDDEN}"),
        ("DATABASE_URL", f"mysql://u:{HIDDEN}@h/d"),
        ("DATABASE_URL", f"postgresql://u:{HIDDEN}@h:port/d"),
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
        ("NEWSAPI_KEY", "key-CHANGEME"),
        ("DATABASE_URL", "postgresql://u:changeme@h/d"),
        ("DATABASE_URL", "postgresql://u:change%6De@h/d"),
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
    monkeypatch.setenv("DATABASE_URL", f"postgresql://u:{HIDDEN}@h/d")
    assert HIDDEN not in repr(read_settings())


def test_the_process_ends_with_one_line(tmp_path: Path) -> None:
    environment = {
        **os.environ,
        "BELLWETHER_ENVIRONMENT": "production",
        "DATABASE_URL": "postgresql://u:changeme@h/d",
    }
    ended = subprocess.run(
        [sys.executable, "-m", "backend_service"],
        env=environment,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert ended.returncode == 2
    (line,) = ended.stderr.splitlines()
    assert line.startswith("Not started: DATABASE_URL holds the placeholder")
    assert ended.stdout == ""
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "wrong",
    [
        "logstash",
        "logstash:",
        ":50000",
        "logstash:0",
        "logstash:65536",
        "logstash:port",
        "tcp://logstash:50000",
        "me:s3cret@logstash:50000",
        "a b:1",
        "::1:50000",
    ],
)
def test_an_address_of_logstash_that_is_none_is_refused_in_one_sentence(
    wrong: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOGSTASH_HOST", wrong)
    assert refuse() == (
        "LOGSTASH_HOST cannot be used: it has to be host:port, such as logstash:50000."
    )


def test_addresses_of_logstash_and_of_a_collector(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read_settings().logstash_address is None
    assert read_settings().otlp_endpoint is None
    for text, address in (
        ("logstash:50000", ("logstash", 50_000)),
        ("10.0.0.1:1", ("10.0.0.1", 1)),
        ("[::1]:65535", ("::1", 65_535)),
    ):
        monkeypatch.setenv("LOGSTASH_HOST", text)
        read_settings.cache_clear()
        assert read_settings().logstash_address == address
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4318")
    read_settings.cache_clear()
    assert refuse().startswith("OTEL_EXPORTER_OTLP_ENDPOINT cannot be used: ")
