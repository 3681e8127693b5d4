"""Prices that nobody told are never guessed too low."""

from __future__ import annotations

import pytest
from pydantic import SecretStr

from model_service.errors import SentimentUnavailable
from model_service.sentiment.openai_engine.answers import Usage
from model_service.sentiment.openai_engine.books import FileBook
from model_service.sentiment.openai_engine.config import OpenAIConfig, read_address
from model_service.sentiment.openai_engine.prices import Prices, read_prices


@pytest.fixture
def prices_of(tmp_path):
    def read(model, base_url=None, told_input=None, told_output=None):
        config = OpenAIConfig(
            SecretStr("key"), base_url, model, 1.0, 1.0, told_input, told_output, FileBook(tmp_path)
        )
        return read_prices(config, read_address(base_url), model)

    return read


def test_cost_is_that_of_tokens_in_and_out():
    usage = Usage(prompt_tokens=2_000_000, completion_tokens=500_000)
    assert Prices(0.5, 3.0).cost_usd(usage) == pytest.approx(2.5)


def test_told_prices_are_taken(prices_of):
    assert prices_of("any", told_input=0.0, told_output=2.0) == Prices(0.0, 2.0)


@pytest.mark.parametrize("base_url", [None, "https://api.openai.com/v1/"])
def test_default_model_at_openai_has_its_price(prices_of, base_url):
    assert prices_of("gpt-4o-mini", base_url) == Prices(0.15, 0.60)


@pytest.mark.parametrize(
    ("model", "base_url"), [("other", None), ("gpt-4o-mini", "https://example.com/v1")]
)
def test_other_models_are_taken_as_dear(prices_of, model, base_url):
    prices = prices_of(model, base_url)
    assert prices.assumed
    assert prices.input_usd >= 15.0
    assert prices.output_usd >= 60.0
    assert prices_of(model, base_url, told_input=1.0).output_usd == prices.output_usd


def test_refusal_by_assumed_prices_says_so(make_engine, endpoint):
    engine = make_engine(
        daily_budget_usd=0.01, price_per_million_input_usd=None, price_per_million_output_usd=None
    )
    with pytest.raises(SentimentUnavailable, match="MODEL_OPENAI_PRICE_PER_MILLION_INPUT_USD"):
        engine.score(["Profit rises"])
    assert endpoint.requests == []
