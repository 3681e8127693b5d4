"""Addresses and URLs among the settings."""

from __future__ import annotations

import pytest

from model_service.errors import UnusableSettings
from model_service.setting_urls import check_http_url, passwords_of, read_address
from model_service.settings import Settings, read_settings


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("logstash:50000", ("logstash", 50_000)),
        ("10.0.0.7:1", ("10.0.0.7", 1)),
        ("[::1]:65535", ("::1", 65_535)),
        ("a.b-c_d:5", ("a.b-c_d", 5)),
    ],
)
def test_an_address_is_host_and_port(text: str, address: tuple[str, int]) -> None:
    assert read_address(text) == address
    assert Settings(logstash_host=text).logstash_address == address


@pytest.mark.parametrize(
    "text",
    ["logstash", "logstash:", ":50000", "h:0", "h:65536", "::1:5", "tcp://h:5", "h:5/", "h :5"],
)
def test_anything_else_is_refused_in_one_sentence(
    text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ValueError, match="host:port"):
        read_address(text)
    monkeypatch.setenv("LOGSTASH_HOST", text)
    read_settings.cache_clear()
    with pytest.raises(UnusableSettings) as refusal:
        read_settings()
    assert refusal.value.detail == "LOGSTASH_HOST cannot be used: it has to be host:port."
    read_settings.cache_clear()


@pytest.mark.parametrize(
    "url", ["http://collector:4318", "https://u:p@host/base/", "http://[::1]:1"]
)
def test_a_collector_is_named_by_a_url(url: str) -> None:
    check_http_url(url)
    assert Settings(otlp_endpoint=url).otlp_endpoint == url


@pytest.mark.parametrize(
    "url", ["collector:4318", "grpc://c:4317", "http://", "http://h:x", "ftp://h"]
)
def test_another_url_is_refused_without_being_shown(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", url)
    read_settings.cache_clear()
    with pytest.raises(UnusableSettings) as refusal:
        read_settings()
    assert refusal.value.detail == (
        "OTEL_EXPORTER_OTLP_ENDPOINT cannot be used: it has to begin with http:// or https:// and "
        "name a host."
    )
    read_settings.cache_clear()


def test_passwords_are_found_in_urls() -> None:
    assert set(
        passwords_of(
            None,
            "sqlite:///x",
            "postgresql://u:a%2Fb@h/d",
            "postgresql://u@h/d?password=c&sslpassword=e&user=f",
        )
    ) == {"a%2Fb", "a/b", "c", "e"}


def test_all_secrets_of_the_settings_are_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "s3-secret")
    settings = Settings(
        service_token="the-token",  # noqa: S106 - it is looked for
        openai_api_key="the-key",
        database_url="postgresql://u:the-password@h/d",
        otlp_endpoint="http://u:other-password@h",
    )
    assert settings.secrets() >= {
        "the-token",
        "the-key",
        "the-password",
        "other-password",
        "s3-secret",
    }


def test_folders_that_grow_are_those_on_disks_here() -> None:
    assert set(Settings(artefacts_url="s3://bucket").kept_folders) == {"state", "dataset"}
    assert str(Settings(artefacts_url="file:///a/b").kept_folders["artefacts"]) == "/a/b"
