"""Which optional parameters an endpoint takes; compatible ones differ."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final, Self

from model_service.sentiment.openai_engine.prompt import ANSWER_SCHEMA

_SEED: Final = 0


@dataclass(frozen=True)
class Dialect:
    """Parameters to send beside model and messages. The first try has all of them.

    Attributes
    ----------
    temperature, seed : bool
        Whether they are sent, for answers that are as repeatable as the model allows; models that
        think at length refuse the temperature.
    limit_name : str
        What the limit of output tokens is called; older endpoints know ``max_tokens`` alone.
    schema : bool
        Whether the form of the answer is given as a schema, or as "JSON" and in words.
    """

    temperature: bool = True
    seed: bool = True
    limit_name: str = "max_completion_tokens"
    schema: bool = True

    def parameters(self, output_tokens: int) -> dict[str, object]:
        """The parameters of a request whose answer may have so many tokens."""
        parameters: dict[str, object] = {
            self.limit_name: output_tokens,
            "response_format": {
                "type": "json_schema",
                "json_schema": {"name": "sentiment", "strict": True, "schema": ANSWER_SCHEMA},
            }
            if self.schema
            else {"type": "json_object"},
        }
        if self.temperature:
            parameters["temperature"] = 0
        if self.seed:
            parameters["seed"] = _SEED
        return parameters

    def without_refused(self, error: object) -> Self | None:
        """The dialect for an endpoint that gave this body of an error as its answer.

        Parameters
        ----------
        error : object
            The decoded body (its ``error`` member, where it has one), or its text.

        Returns
        -------
        Dialect or None
            None if the error names no parameter that there is another way for.
        """
        named = error.get("param") if isinstance(error, Mapping) else None
        # `param` is exact; a message may name other parameters beside the one at fault.
        blamed = named if isinstance(named, str) and named else str(error)
        if self.temperature and "temperature" in blamed:
            return replace(self, temperature=False)
        if self.seed and "seed" in blamed:
            return replace(self, seed=False)
        if self.limit_name == "max_completion_tokens" and "max_completion_tokens" in blamed:
            return replace(self, limit_name="max_tokens")
        if self.schema and ("response_format" in blamed or "json_schema" in blamed):
            return replace(self, schema=False)
        return None
