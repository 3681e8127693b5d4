"""Reading a chat completion: what it cost, and the scores or why there are none."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import from_json

from model_service.sentiment.engine import Score

SUM_TOLERANCE: Final = 0.05
"""How far three rounded probabilities may be from 1 together; within it they are normalised."""

_Probability = Annotated[float, Field(ge=0.0, le=1.0, allow_inf_nan=False)]


class MalformedAnswer(Exception):
    """An answer that holds no scores; its text says why, without a word of the answer."""


class Usage(BaseModel):
    """Tokens that the endpoint charges for."""

    model_config = ConfigDict(strict=True)

    prompt_tokens: int = Field(ge=0)
    completion_tokens: int = Field(ge=0)


class _Message(BaseModel):
    content: str | None = None
    refusal: str | None = None


class _Choice(BaseModel):
    message: _Message
    finish_reason: str | None = None


class _Completion(BaseModel):
    choices: list[_Choice] = Field(min_length=1)


class _Entry(BaseModel):
    model_config = ConfigDict(strict=True)

    index: int
    positive: _Probability
    negative: _Probability
    neutral: _Probability


class _Answer(BaseModel):
    scores: list[_Entry]


def read_usage(body: bytes) -> Usage | None:
    """The tokens that a completion says it used; None if it does not say so clearly."""
    try:
        completion = from_json(body)
        return Usage.model_validate(completion["usage"])
    except (ValueError, TypeError, KeyError):
        return None


def read_scores(body: bytes, count: int) -> list[Score]:
    """The scores in the body of a completion.

    Parameters
    ----------
    body : bytes
        As the endpoint sent it.
    count : int
        Texts that were asked about.

    Returns
    -------
    list of Score
        Of length `count`, in the order of the texts, normalised to 1.

    Raises
    ------
    MalformedAnswer
        If the model refused, or its answer is not one valid entry for each text.
    """
    try:
        choice = _Completion.model_validate_json(body).choices[0]
    except ValidationError:
        raise MalformedAnswer("the answer is not a chat completion") from None
    if choice.message.refusal or choice.finish_reason == "content_filter":
        raise MalformedAnswer("the model refused to rate the texts")
    if choice.finish_reason == "length":
        raise MalformedAnswer("the answer was cut at its limit of tokens")
    try:
        entries = _Answer.model_validate_json(choice.message.content or "").scores
    except ValidationError:
        raise MalformedAnswer("the answer is not the JSON that was asked for") from None
    if sorted(entry.index for entry in entries) != list(range(count)):
        raise MalformedAnswer("the answer does not have one entry for each text")
    return [_normalise(entry) for entry in sorted(entries, key=lambda entry: entry.index)]


def _normalise(entry: _Entry) -> Score:
    total = entry.positive + entry.negative + entry.neutral
    if abs(total - 1.0) > SUM_TOLERANCE:
        raise MalformedAnswer("the probabilities of a text do not add up to 1")
    return Score(entry.positive / total, entry.negative / total, entry.neutral / total)
