"""What a log line has to be, by the index that takes it and by what every line has."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from tests.log_sink import Line

TEMPLATE = Path(__file__).resolve().parents[2] / "observability/elk/index/template.json"

REQUIRED = (
    *("@timestamp", "log.level", "message", "log.logger", "ecs.version"),
    *("service.name", "service.version", "service.environment", "host.name"),
)
ACCESS = (
    *("event.duration", "http.request.id", "http.request.method", "http.response.status_code"),
    *("http.route", "trace.id", "url.path"),
)
"""Of a line that tells of an answered request, besides the others."""

SERVICES = ("backend_service", "frontend", "model_service", "worker")
LEVELS = ("debug", "info", "warning", "error", "critical")
OWN = "bellwether"
"""What an event adds of its own is below it, and of any type."""

_HEX_32 = re.compile(r"(?!0{32})[0-9a-f]{32}")
_REQUEST_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_FITS: Mapping[str, Callable[[Any], bool]] = {
    "date": lambda value: isinstance(value, str) and _is_time(value),
    "keyword": lambda value: isinstance(value, str),
    "match_only_text": lambda value: isinstance(value, str),
    "long": lambda value: isinstance(value, int) and not isinstance(value, bool),
}


def flatten(line: Mapping[str, Any], above: str = "") -> dict[str, Any]:
    """Values by their dotted names; those below `OWN` as one."""
    flat: dict[str, Any] = {}
    for name, value in line.items():
        path = f"{above}{name}"
        if isinstance(value, Mapping) and path != OWN:
            flat |= flatten(value, f"{path}.")
        else:
            flat[path] = value
    return flat


def problems_of(line: Line) -> list[str]:
    """Sentences about what is wrong with a line."""
    flat, types = flatten(line), index_types()
    found = [f"{name} is missing." for name in REQUIRED if name not in flat]
    dataset = flat.get("event.dataset")
    if dataset is not None:
        found += [f"{name} is missing in an access line." for name in ACCESS if name not in flat]
        if dataset != f"{flat.get('service.name')}.access":
            found.append(f"event.dataset is {dataset}.")
        said = [flat.get(f"{name}") for name in ACCESS[2:4]]
        if flat.get("message") != f"{said[0]} {flat.get('url.path')} {said[1]}":
            found.append(f"The message is {flat.get('message')!r}.")
    for name, value in flat.items():
        if name.split(".")[0] == OWN:
            continue
        if name not in types:
            found.append(f"The index does not know {name}.")
        elif not _FITS[types[name]](value):
            found.append(f"{name} is {value!r}, which is no {types[name]}.")
    allowed = {"service.name": SERVICES, "log.level": LEVELS}
    found += [
        f"{name} is {flat[name]!r}."
        for name, values in allowed.items()
        if name in flat and flat[name] not in values
    ]
    for name, shape in (("trace.id", _HEX_32), ("http.request.id", _REQUEST_ID)):
        if name in flat and not shape.fullmatch(str(flat[name])):
            found.append(f"{name} is {flat[name]!r}.")
    return found


def index_types() -> dict[str, str]:
    """Types of the fields that the index template names."""
    content = json.loads(TEMPLATE.read_text())
    return dict(_types(content["template"]["mappings"]["properties"], ""))


def _types(properties: Mapping[str, Any], above: str) -> Iterator[tuple[str, str]]:
    for name, field in properties.items():
        if "properties" in field:
            yield from _types(field["properties"], f"{above}{name}.")
        elif field["type"] in _FITS:
            yield f"{above}{name}", field["type"]


def _is_time(value: str) -> bool:
    try:
        return datetime.fromisoformat(value).utcoffset() is not None
    except ValueError:
        return False
