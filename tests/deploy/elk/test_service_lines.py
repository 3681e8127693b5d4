"""What the services really write finds its place in the index."""

from __future__ import annotations

import json

import pytest

from tests.deploy.elk.lines import through
from tests.deploy.elk.parts import Elk, Json, read
from tests.deploy.elk.service_lines import BACKEND, MODEL, written_by, written_by_nginx
from tests.deploy.elk.test_lines import flat

SOURCES = {
    "backend_service": lambda: written_by(BACKEND),
    "worker": lambda: written_by(MODEL),
    "frontend": written_by_nginx,
}


def misplaced(elk: Elk, event: Json) -> list[str]:
    """Fields of an event that the template does not know, or knows as something else."""
    types = {"keyword": str, "text": str, "date": str, "long": int, "flattened": dict}
    fields = elk.fields()
    return [
        f"{name} is {value!r}, a {fields.get(name)}"
        for name, value in flat(event).items()
        if name != "tags" and not isinstance(value, types.get(fields.get(name, ""), ()))
    ]


@pytest.mark.parametrize("service", SOURCES)
def test_lines_of_a_service_fit_the_index(service: str) -> None:
    elk, lines = read(), SOURCES[service]()
    assert len(lines) >= 2
    made = through(elk, "beats" if service == "frontend" else "tcp", *lines)
    for event in made:
        event.get("event", {}).pop("original", None)
        assert misplaced(elk, event) == []
        assert "tags" not in event
        assert event["service"]["name"] == service
        assert event["log"]["level"] in ("info", "error")
        assert "unplaced" not in event.get("bellwether", {})
    # What the charts draw.
    drawn = [event for event in made if "http" in event]
    assert drawn
    for name in ("event.duration", "http.response.status_code", "url.path", "event.dataset"):
        assert all(name in flat(event) for event in drawn), name
    if service != "frontend":
        assert all("http.route" in flat(event) for event in drawn)
        assert any(flat(event).get("error.type", "").endswith("ValueError") for event in made)
        assert any(event.get("bellwether", {}).get("experiment_id") == "e-1" for event in made)


def test_mistake_of_a_field_that_is_not_in_the_template() -> None:
    elk = read()
    del elk.template["template"]["mappings"]["properties"]["trace"]
    (event,) = through(elk, "tcp", json.dumps({"trace.id": "1", "event": {"duration": "5"}}))
    assert misplaced(elk, event) == ["event.duration is '5', a long", "trace.id is '1', a None"]
