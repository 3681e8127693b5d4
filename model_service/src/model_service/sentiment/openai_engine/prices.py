"""What tokens cost, on the safe side where nobody said."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from model_service.sentiment.openai_engine.answers import Usage
from model_service.sentiment.openai_engine.config import DEFAULT_BASE_URL, Address, OpenAIConfig

_MILLION: Final = 1_000_000


@dataclass(frozen=True)
class Prices:
    """US dollars for a million tokens.

    Attributes
    ----------
    input_usd, output_usd : float
    assumed : bool
        Whether at least one of them is a guess that nobody vouches for.
    """

    input_usd: float
    output_usd: float
    assumed: bool = False

    def cost_usd(self, usage: Usage) -> float:
        """What so many tokens cost."""
        return (
            usage.prompt_tokens * self.input_usd + usage.completion_tokens * self.output_usd
        ) / _MILLION


_KNOWN: Final = {"gpt-4o-mini": Prices(0.15, 0.60)}
"""Of OpenAI's own endpoint, for the model that the settings start with."""

_DEAR: Final = Prices(15.0, 120.0, assumed=True)
"""For all others: few models cost more, and too high a guess only reaches the cap too early."""


def read_prices(config: OpenAIConfig, address: Address, model: str) -> Prices:
    """The prices of the configuration, and for those that it leaves open safe ones."""
    ours = address.url.rstrip("/") == DEFAULT_BASE_URL
    default = _KNOWN.get(model, _DEAR) if ours else _DEAR
    told_input = config.price_per_million_input_usd
    told_output = config.price_per_million_output_usd
    return Prices(
        default.input_usd if told_input is None else told_input,
        default.output_usd if told_output is None else told_output,
        assumed=default.assumed and (told_input is None or told_output is None),
    )
