"""An experiment that is asked for, on the wire."""

from __future__ import annotations

from typing import Annotated, Any

import orjson
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, WithJsonSchema

from backend_service.agents.question import AgentText
from backend_service.experiments.question import ExperimentKind
from backend_service.market_data.schemas import SymbolText

SYMBOLS = 100
"""Most symbols of one experiment."""


def _require_json(value: dict[str, Any]) -> dict[str, Any]:
    """Refuse what Python's reader takes for JSON but cannot be written again: NaN among others."""
    try:
        written = orjson.loads(orjson.dumps(value))
    except orjson.JSONEncodeError as error:
        raise ValueError(f"it cannot be passed on as JSON ({error})") from error
    if written != value:
        raise ValueError("it holds a number that JSON does not have")
    return value


DateText = Annotated[
    str,
    Field(pattern="^[0-9]{4}-[0-9]{2}-[0-9]{2}$"),
    WithJsonSchema({"type": "string", "format": "date"}),
]


class NewExperiment(BaseModel):
    """What to train or evaluate, and on which candles."""

    model_config = ConfigDict(extra="forbid", strict=True, use_attribute_docstrings=True)

    kind: ExperimentKind
    symbols: Annotated[
        list[SymbolText],
        Field(min_length=1, max_length=SYMBOLS, json_schema_extra={"uniqueItems": True}),
    ]
    """Each once; all candles that are stored of it, or that its source has."""
    seeds: Annotated[
        list[Annotated[int, Field(ge=0, le=2_147_483_647)]], Field(min_length=1, max_length=100)
    ] = [0]
    steps: Annotated[int, Field(ge=1, le=100_000_000)] | None = None
    """Training steps of every unit."""
    budget_seconds: Annotated[float, Field(ge=1, le=604_800, allow_inf_nan=False)] | None = None
    """Instead of steps: time for all units together, turned into a number of steps at the start."""
    start: DateText | None = None
    """First day (UTC) whose candles are used; all if left out."""
    end: DateText | None = None
    """Last day (UTC) whose candles are used, inclusive; all if left out."""
    config: Annotated[dict[str, Any], AfterValidator(_require_json)] = {}
    """What differs from the default configuration: `features`, `network`, `learning`, `ladder`,
    `costs`, `fill`, `members`, `split`, `windows`. Where `features.news_spans` is not empty, the
    scored headlines of the symbols are used too."""
    name: Annotated[str, Field(min_length=1, max_length=100)] | None = None
    """For people; no part of what is done."""
    agent: AgentText | None = None
    """Of an evaluation."""
    grid: (
        Annotated[
            dict[str, Annotated[list[Any], Field(min_length=1, max_length=1_000)]],
            AfterValidator(_require_json),
        ]
        | None
    ) = None
    """Of a sweep: dotted names of the configuration, each with the values to try; every
    combination with every seed is a unit."""
    idempotency_key: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    """The same key names the same experiment."""
