"""The engines that come with the package, on a machine that has nothing but the repository."""

from __future__ import annotations

import pytest
from pydantic import SecretStr

from model_service.errors import SentimentUnavailable
from model_service.sentiment.installed import install_engines
from model_service.settings import Settings


@pytest.fixture
def install(tmp_path):
    """``install(engine="auto")``: the engines of a process with these settings."""

    def make(**settings):
        chosen = {
            "sentiment_engine": "auto",
            "sentiment_export": False,
            "sentiment_dir": tmp_path / "exports",
            "state_dir": tmp_path / "state",
            "finbert_model": str(tmp_path / "no-such-model"),
            "openai_api_key": None,
            **settings,
        }
        return install_engines(Settings(**chosen).sentiment)

    return make


def test_lite_scores_and_the_reason_names_what_is_missing(install) -> None:
    picked = install().pick("auto", while_loading="wait")
    assert picked.scorer.name == "lite"
    assert picked.reason.startswith("lite: FinBERT (no-such-model) is not exported")
    rose, fell = picked.scorer.score(
        ["Operating profit rose to EUR 13 mn from EUR 9 mn", "Net profit fell 40% on weak demand"]
    )
    assert (rose.label, fell.label) == ("positive", "negative")


def test_a_folder_without_a_model_is_absent_also_where_exporting_is_allowed(install) -> None:
    engines = install(sentiment_export=True)
    with pytest.raises(SentimentUnavailable, match="no-such-model"):
        engines.pick("finbert", while_loading="wait")


def test_openai_is_absent_without_a_key(install) -> None:
    with pytest.raises(SentimentUnavailable, match="OPENAI_API_KEY is not set"):
        install().pick("openai", while_loading="wait")


def test_openai_is_there_with_a_key_and_its_version_names_the_model(install) -> None:
    engines = install(openai_api_key=SecretStr("sk-test"), openai_model="some-model")
    scorer = engines.pick("openai", while_loading="wait").scorer
    assert scorer.name == "openai"
    assert "some-model" in scorer.version
    assert "sk-test" not in scorer.version
