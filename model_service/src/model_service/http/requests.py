"""Requests checked against the contract; a refusal names the field and says what is wrong in one
sentence."""

from __future__ import annotations

import re
from typing import Any, TypeVar

import orjson
from flask import Request, request
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from werkzeug.datastructures import MultiDict

from model_service.errors import InvalidRequest, UnsupportedMediaType
from model_service.http.problems import MalformedJson

Model = TypeVar("Model", bound=BaseModel)

_LIMITS = ("le", "lt", "ge", "gt", "max_length", "min_length")
_SUBJECT = re.compile(r"^(Input|String|List|Value|Number|Date)\b")


def read_json_object() -> dict[str, Any]:
    """The body of this request.

    Raises
    ------
    UnsupportedMediaType
        If it is not said to be JSON.
    MalformedJson
        If it is not JSON.
    InvalidRequest
        If it is not an object.
    """
    if request.mimetype != "application/json":
        raise UnsupportedMediaType("The body has to be application/json.", field="Content-Type")
    try:
        body = orjson.loads(request.get_data(cache=False))
    except orjson.JSONDecodeError as error:
        raise MalformedJson(
            f"The body is not JSON: {error.msg} (line {error.lineno}, column {error.colno})."
        ) from None
    if not isinstance(body, dict):
        raise InvalidRequest("The body has to be a JSON object.", field="body")
    return body


def prefers_html(asked: Request) -> bool:
    """Whether `Accept` wants a page rather than JSON, which is the answer where it does not say."""
    offered = ["application/json", "text/html"]
    return asked.accept_mimetypes.best_match(offered) == "text/html"


def read_body(media_type: str) -> bytes:
    """The body of this request, as bytes.

    Raises
    ------
    UnsupportedMediaType
        If it is said to be anything else.
    """
    if request.mimetype != media_type:
        raise UnsupportedMediaType(f"The body has to be {media_type}.", field="Content-Type")
    return request.get_data(cache=False)


def read_query(model: type[Model], query: MultiDict[str, str]) -> Model:
    """The query of a request.

    Raises
    ------
    InvalidRequest
        If a parameter is unknown, given twice or not what the contract says.
    """
    for name, values in query.lists():
        if len(values) > 1:
            raise InvalidRequest(f"`{name}` is given {len(values)} times.", field=name)
    return validate(model, query.to_dict(), strict=False)


def validate(model: type[Model], values: dict[str, Any], *, strict: bool = True) -> Model:
    """Values as a model of the contract.

    Parameters
    ----------
    strict : bool
        Whether text that looks like a number is refused as one: yes in JSON, no in a query.

    Raises
    ------
    InvalidRequest
        With the first field that is wrong, as a dotted path.
    """
    try:
        return model.model_validate(values, strict=strict)
    except ValidationError as error:
        raise _refusal(error.errors(include_url=False, include_input=False)[0]) from None


def _refusal(error: ErrorDetails) -> InvalidRequest:
    field = ".".join(str(part) for part in error["loc"]) or "body"
    if error["type"] == "missing":
        return InvalidRequest(f"`{field}` is missing.", field=field)
    if error["type"] == "extra_forbidden":
        return InvalidRequest(f"`{field}` is not known here.", field=field)
    context = error.get("ctx", {})
    limit = next((context[name] for name in _LIMITS if name in context), None)
    sentence = _SUBJECT.sub(f"`{field}`", error["msg"])
    if not sentence.startswith("`"):
        sentence = f"`{field}`: {sentence}"
    return InvalidRequest(
        f"{sentence}.", field=field, limit=limit if isinstance(limit, int | float) else None
    )
