"""A line's way through the pipeline, as far as it can be gone without Logstash.

Grok patterns are matched by pygrok, with Logstash's patterns as they come with it; ``ecs.rb`` is
run by Ruby with an event of the tests. The conditions between them are those of ``20-lines.conf``,
told here once more: which filter a line meets is therefore not shown, what the filter does is.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import warnings
from pathlib import Path
from typing import Any

import pytest

from tests.deploy.elk.parts import ELK, Elk, Json

with warnings.catch_warnings():
    # An escape in a string of the package that newer Pythons complain about.
    warnings.simplefilter("ignore")
    import pygrok

RUBY_SECONDS = 30
_NAMED = re.compile(r"%\{(\w+):((?:\[[@\w]+\])+)((?::\w+)?)\}")


def grok(elk: Elk, line: str) -> Json | None:
    """Fields that the pipeline's pattern finds in a line, nested; None where it does not match."""
    options = elk.plugin("filter", "grok")
    pattern = _NAMED.sub(
        lambda found: f"%{{{found[1]}:{_flat(found[2])}{found[3]}}}", options["match"]["message"]
    )
    found = pygrok.Grok(pattern, custom_patterns=options["pattern_definitions"]).match(line)
    if found is None:
        return None
    event: Json = {}
    for name, value in found.items():
        if value is not None:
            place = event
            *above, last = name.replace("AT", "@").split("__")
            for step in above:
                place = place.setdefault(step, {})
            place[last] = value
    return event


def _flat(reference: str) -> str:
    """A name that a group of a regular expression may have."""
    return "__".join(re.findall(r"[@\w]+", reference)).replace("@", "AT")


def ecs(events: list[Json], script: Path = ELK / "pipeline/ecs.rb") -> list[Json]:
    """What the ruby filter makes of events."""
    ruby = shutil.which("ruby")
    if ruby is None:
        pytest.fail("Ruby runs the pipeline's script in this test, and is not installed.")
    said = subprocess.run(
        [ruby, "-W1", str(Path(__file__).parent / "ruby/event.rb"), str(script)],
        input=json.dumps(events),
        capture_output=True,
        text=True,
        timeout=RUBY_SECONDS,
    )
    assert said.returncode == 0, said.stderr
    made: list[Json] = json.loads(said.stdout)
    assert len(made) == len(events)
    return made


def arrived(came_from: str, line: str) -> Json:
    """An event as the input made it, ECS mode on."""
    return {
        "@timestamp": "2026-11-30T10:00:00.000Z",
        "@metadata": {"from": came_from},
        "message": line,
        "event": {"original": line},
    }


def through(elk: Elk, came_from: str, *lines: str) -> list[Json]:
    """Events after all filters but the last two, which read the time and drop the original."""
    return ecs([_read(elk, came_from, line) for line in lines])


def _read(elk: Elk, came_from: str, line: str) -> Json:
    event = arrived(came_from, line)
    found: Any = None
    if line.lstrip().startswith("{") or came_from == "tcp":
        try:
            found = json.loads(line)
        except ValueError:
            found = None
        if not isinstance(found, dict):
            failed = "_jsonparsefailure" if came_from == "tcp" else "_not_json"
            return {**event, "tags": [failed]}
        return (
            {**event, **found} if came_from != "tcp" else {**found, "@metadata": event["@metadata"]}
        )
    found = grok(elk, line) if came_from == "app_log" else None
    if found is None:
        return {**event, "tags": ["_not_json"]}
    metadata = {**event["@metadata"], **found.pop("@metadata", {})}
    return {**event, **found, "@metadata": metadata}
