"""The original system's requests."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field


class ReadCsvRequest(BaseModel):
    """Name of a candle file, or of its results file, inside the dataset folder."""

    model_config = ConfigDict(extra="ignore")

    fileName: Annotated[str, Field(min_length=1, max_length=255)]  # noqa: N815 - the original's name


class SampleHeadline(BaseModel):
    """A headline and what it says, by probability; the names are the original's."""

    model_config = ConfigDict(extra="forbid")

    Headline: str
    Positive: Annotated[float, Field(ge=0, le=1)]
    Negative: Annotated[float, Field(ge=0, le=1)]
    Neutral: Annotated[float, Field(ge=0, le=1)]
