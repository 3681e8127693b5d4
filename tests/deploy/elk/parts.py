"""All files of the profile elk, read once, and what they are held against."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from logstash_pipeline_parser import Pipeline

ROOT = Path(__file__).resolve().parents[3]
ELK = ROOT / "observability/elk"

Json = dict[str, Any]

SERVICES = ("elk-certificates", "elasticsearch", "elk-setup", "kibana", "logstash")

LOG_FIELDS = {
    "@timestamp": "date",
    "message": "text",
    "log.level": "keyword",
    "log.logger": "keyword",
    "ecs.version": "keyword",
    "service.name": "keyword",
    "service.version": "keyword",
    "service.environment": "keyword",
    "host.name": "keyword",
    "trace.id": "keyword",
    "span.id": "keyword",
    "event.dataset": "keyword",
    "event.duration": "long",
    "http.request.id": "keyword",
    "http.request.method": "keyword",
    "http.response.status_code": "long",
    "http.response.body.bytes": "long",
    "http.route": "keyword",
    "url.path": "keyword",
    "url.query": "keyword",
    "error.type": "keyword",
    "error.message": "text",
    "error.stack_trace": "text",
    "bellwether": "flattened",
}
"""What a line of our services may hold, and as what it has to be found."""

KINDS = {"match_only_text": "text", "wildcard": "keyword", "constant_keyword": "keyword"}


@dataclass
class Elk:
    """The files' contents.

    Attributes
    ----------
    pipeline : dict
        From a file's name to the text of that part of Logstash's pipeline.
    scripts : dict
        From a file's name to the text of a script of the set-up.
    ruby : str
        The script of the pipeline's ruby filter.
    """

    compose: Json
    template: Json
    lifecycle: Json
    writer: Json
    objects: list[Json]
    pipeline: dict[str, str]
    pipelines: list[Json]
    logstash: Json
    elasticsearch: Json
    kibana: Json
    scripts: dict[str, str]
    ruby: str

    def copy(self) -> Elk:
        return copy.deepcopy(self)

    def service(self, name: str) -> Json:
        return dict(self.compose["services"][name])

    def setting(self, name: str) -> str:
        """A constant of ``setup.sh``."""
        found = re.search(rf"^{name}=(\S+)$", self.scripts["setup.sh"], re.MULTILINE)
        return found[1] if found else ""

    def fields(self) -> dict[str, str]:
        """From the name of a field of the index to its type, fields of fields among them."""
        return dict(_fields("", self.template["template"]["mappings"]["properties"]))

    def settings(self) -> Json:
        return dict(self.template["template"]["settings"]["index"])

    def saved(self, kind: str) -> list[Json]:
        return [one for one in self.objects if one["type"] == kind]

    def sections(self) -> list[tuple[str, list[Any]]]:
        """Inputs, filters and outputs of all files, in the order Logstash takes them."""
        return [
            (kind, plugins)
            for name in sorted(self.pipeline)
            for kind, plugins in Pipeline(self.pipeline[name]).parse()
        ]

    def plugins(self, kind: str) -> list[tuple[str, Json]]:
        """Names and options of all inputs, filters or outputs, those within conditions too."""
        return [
            found
            for name, plugins in self.sections()
            if name == kind
            for found in _plugins(plugins)
        ]

    def plugin(self, kind: str, name: str) -> Json:
        return next((options for one, options in self.plugins(kind) if one == name), {})


def read() -> Elk:
    index = {name: json.loads((ELK / f"index/{name}.json").read_text()) for name in _INDEX}
    return Elk(
        compose=_yaml(ROOT / "docker-compose.yml"),
        **index,
        objects=[
            json.loads(line) for line in (ELK / "kibana/objects.ndjson").read_text().splitlines()
        ],
        pipeline={one.name: one.read_text() for one in (ELK / "pipeline").glob("*.conf")},
        pipelines=_yaml(ELK / "pipelines.yml"),
        logstash=_yaml(ELK / "logstash.yml"),
        elasticsearch=_yaml(ELK / "elasticsearch.yml"),
        kibana=_yaml(ELK / "kibana.yml"),
        scripts={one.name: one.read_text() for one in (ELK / "setup").glob("*.sh")},
        ruby=(ELK / "pipeline/ecs.rb").read_text(),
    )


_INDEX = ("template", "lifecycle", "writer")


def _yaml(path: Path) -> Any:
    # Through text once more, so that nothing is shared between what anchors repeat.
    return json.loads(json.dumps(yaml.safe_load(path.read_text())))


def _fields(above: str, properties: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, content in properties.items():
        path = f"{above}{name}"
        if "type" in content:
            yield path, KINDS.get(content["type"], content["type"])
        yield from _fields(f"{path}.", content.get("fields", {}))
        yield from _fields(f"{path}.", content.get("properties", {}))


def _plugins(plugins: list[Any]) -> Iterator[tuple[str, Json]]:
    for name, content in plugins:
        if name in ("if", "else if"):
            yield from _plugins(content[1][0])
        elif name == "else":
            yield from _plugins(content[0])
        else:
            yield name, {option: _value(value) for option, value in content}


def _value(value: list[Any]) -> Any:
    """An option's value: the parser wraps each in a list, and writes hashes as pairs."""
    inner = value[0] if len(value) == 1 else value
    if isinstance(inner, list) and inner and all(_is_pair(one) for one in inner):
        return {name: _value(content) for name, content in inner}
    if isinstance(inner, list) and _is_pair(inner):
        return {
            inner[0]: {option: _value(one) for option, one in inner[1] if _is_pair([option, one])}
        }
    return inner


def _is_pair(value: Any) -> bool:
    return (
        isinstance(value, list)
        and len(value) == 2
        and isinstance(value[0], str)
        and isinstance(value[1], list)
    )
