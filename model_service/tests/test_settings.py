"""Settings from the environment: what concerns sentiment, and its names without a prefix."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from model_service.settings import Settings

NAMES = ("FINBERT_MODEL", "OPENAI_API_KEY", "OPENAI_BASE_URL", "OPENAI_MODEL", "RAY_ADDRESS")


@pytest.fixture
def environment(monkeypatch):
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


def test_defaults_score_without_a_key_and_without_a_network(environment) -> None:
    options = Settings().sentiment
    assert (options.engine, options.finbert_model) == ("auto", "ProsusAI/finbert")
    assert options.openai_api_key is None
    assert options.openai_base_url is None
    assert options.export_dir == Path("var/sentiment")


def test_names_that_other_programs_know_have_no_prefix(environment) -> None:
    environment.setenv("FINBERT_MODEL", "models/mine")
    environment.setenv("OPENAI_API_KEY", "sk-something")
    environment.setenv("OPENAI_BASE_URL", "https://localhost/v1")
    environment.setenv("OPENAI_MODEL", "small")
    environment.setenv("MODEL_OPENAI_DAILY_BUDGET_USD", "0.5")
    environment.setenv("MODEL_SENTIMENT_ENGINE", "openai")
    settings = Settings()
    options = settings.sentiment
    assert options.finbert_model == "models/mine"
    assert options.openai_api_key is not None
    assert options.openai_api_key.get_secret_value() == "sk-something"
    assert options.openai_base_url == "https://localhost/v1"
    assert (options.openai_model, options.openai_daily_budget_usd) == ("small", 0.5)
    assert options.engine == "openai"
    assert "sk-something" not in repr(settings) + repr(options)


def test_an_empty_key_or_address_is_none(environment) -> None:
    environment.setenv("OPENAI_API_KEY", "")
    environment.setenv("OPENAI_BASE_URL", "")
    assert Settings().sentiment.openai_api_key is None
    assert Settings().sentiment.openai_base_url is None


def test_an_engine_that_does_not_exist_is_refused(environment) -> None:
    environment.setenv("MODEL_SENTIMENT_ENGINE", "vader")
    with pytest.raises(ValidationError, match="sentiment_engine"):
        Settings()


def test_a_ray_cluster_is_named_as_ray_names_it(environment) -> None:
    assert Settings().ray_address is None
    environment.setenv("RAY_ADDRESS", "")
    assert Settings().ray_address is None
    environment.setenv("RAY_ADDRESS", "head:6379")
    environment.setenv("MODEL_RAY_SLOTS", "8")
    settings = Settings()
    assert (settings.ray_address, settings.ray_slots) == ("head:6379", 8)
