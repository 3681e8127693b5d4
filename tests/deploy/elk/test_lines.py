"""What becomes of lines: those of the services, of the original's file, and what cannot be read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.deploy.elk.lines import ecs, grok, through
from tests.deploy.elk.parts import ELK, LOG_FIELDS, Elk, Json, read

ACCESS: Json = {
    "@timestamp": "2026-11-30T10:00:00.123Z",
    "log.level": "info",
    "message": "GET /api/candles/NHPC 200",
    "ecs.version": "1.6.0",
    "log": {"logger": "backend_service.access"},
    "service": {"name": "backend_service", "version": "1.0.0", "environment": "production"},
    "host": {"name": "backend-7d9"},
    "http.request.id": "0af7651916cd43dd8448eb211c80319c",
    "http": {"request": {"method": "GET"}, "response": {"status_code": 200}},
    "http.route": "/api/candles/{symbol}",
    "trace.id": "0af7651916cd43dd8448eb211c80319c",
    "event": {"dataset": "backend_service.access", "duration": 1_234_567},
    "url": {"path": "/api/candles/NHPC"},
    "bellwether.experiment_id": "e-1",
    "bellwether.rows": 3,
}


@pytest.fixture(scope="module")
def elk() -> Elk:
    return read()


def flat(event: Json, above: str = "") -> Json:
    """Dotted names and values of what is stored."""
    found: Json = {}
    for name, value in event.items():
        if name == "@metadata":
            continue
        if isinstance(value, dict) and f"{above}{name}" != "bellwether":
            found |= flat(value, f"{above}{name}.")
        else:
            found[f"{above}{name}"] = value
    return found


def test_a_line_of_a_service_is_nested_and_otherwise_left_alone(elk: Elk) -> None:
    (made,) = through(elk, "tcp", json.dumps(ACCESS))
    assert made["log"] == {"level": "info", "logger": "backend_service.access"}
    assert made["http"] == {
        "request": {"id": "0af7651916cd43dd8448eb211c80319c", "method": "GET"},
        "response": {"status_code": 200},
        "route": "/api/candles/{symbol}",
    }
    assert made["bellwether"] == {"experiment_id": "e-1", "rows": 3}
    assert made["@timestamp"] == ACCESS["@timestamp"]
    assert "tags" not in made
    assert set(flat(made)) <= set(LOG_FIELDS)
    assert not [name for name in made if "." in name]


def test_a_line_by_beats_is_read_as_one_by_tcp(elk: Elk) -> None:
    (by_tcp,), (by_beats,) = (through(elk, way, json.dumps(ACCESS)) for way in ("tcp", "beats"))
    by_beats["event"].pop("original", None)
    assert flat(by_beats) == flat(by_tcp)


def test_what_is_not_json_is_kept_and_tagged(elk: Elk) -> None:
    lines = ('{"message": "half', "Listening on 3000", "12", "[1, 2]", "")
    for way in ("tcp", "beats", "app_log"):
        for line, made in zip(lines, through(elk, way, *lines), strict=True):
            assert made["message"] == line
            assert "_not_json" in made["tags"], (way, line)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (
            "GET /read-csv 200 12.5 ms",
            {
                "http.request.method": "GET",
                "url.path": "/read-csv",
                "http.response.status_code": 200,
                "event.duration": 12_500_000,
                "log.level": "info",
                "message": "GET /read-csv 200",
                "event.dataset": "app.access",
                "service.name": "app",
            },
        ),
        (
            "POST /sample?days=7 503 0.25 ms - 1234",
            {
                "url.path": "/sample",
                "url.query": "days=7",
                "http.response.status_code": 503,
                "event.duration": 250_000,
                "log.level": "error",
                "message": "POST /sample 503",
            },
        ),
        (
            "2026-11-30T09:59:59.5Z WARN: DELETE /x 404 3ms",
            {"log.level": "warn", "event.duration": 3_000_000, "url.path": "/x"},
        ),
        ("2026-11-30 09:59:59 info HEAD / 304 - ms", {"url.path": "/", "log.level": "info"}),
        ("PUT /y 201", {"http.response.status_code": 201, "message": "PUT /y 201"}),
        (
            "GET /news?apiKey=abc&days=7&my_token=x 200 1 ms",
            {"url.query": "apiKey=REDACTED&days=7&my_token=REDACTED"},
        ),
        (
            json.dumps(
                {
                    "level": "INFO",
                    "message": "GET /news?password=abc",
                    "timestamp": "2026-11-30T09:59:59.000Z",
                    "method": "GET",
                    "url": "/news?password=abc&q=1",
                    "status": "200",
                    "responseTime": "7.5ms",
                }
            ),
            {
                "log.level": "info",
                "url.path": "/news",
                "url.query": "password=REDACTED&q=1",
                "http.request.method": "GET",
                "http.response.status_code": 200,
                "event.duration": 7_500_000,
                "message": "GET /news 200",
            },
        ),
        (
            json.dumps({"level": "error", "message": "no such file", "statusCode": 500}),
            {"log.level": "error", "message": "no such file", "service.name": "app"},
        ),
    ],
)
def test_lines_of_the_originals_file_become_ecs(elk: Elk, line: str, expected: Json) -> None:
    (made,) = through(elk, "app_log", line)
    assert {name: flat(made).get(name) for name in expected} == expected
    assert "tags" not in made
    made["event"].pop("original", None)
    assert "abc" not in json.dumps(made)
    unknown = set(flat(made)) - set(elk.fields())
    assert not unknown


def test_the_time_of_a_line_is_handed_to_the_date_filter(elk: Elk) -> None:
    lines = (
        "2026-11-30T09:59:59.5Z GET /x 200 1 ms",
        json.dumps({"timestamp": "2026-11-30T09:59:59.5Z", "message": "x"}),
    )
    for made in through(elk, "app_log", *lines):
        assert made["@metadata"]["time"] == "2026-11-30T09:59:59.5Z"
        assert "timestamp" not in made
    assert elk.plugin("filter", "date")["match"] == ["[@metadata][time]", "ISO8601"]


@pytest.mark.parametrize(
    "line",
    [
        "GET read-csv 200 1 ms",
        "FETCH /x 200 1 ms",
        "GET /x 700 1 ms",
        "GET /x OK 1 ms",
        "see GET /x 200 1 ms",
        "GET /x 200 1 s",
    ],
)
def test_other_lines_do_not_pass_for_requests(elk: Elk, line: str) -> None:
    assert grok(elk, line) is None


@pytest.mark.parametrize(
    ("line", "expected", "unplaced"),
    [
        ({"host": "web-1"}, {"host.name": "web-1"}, None),
        (
            {"service": "app", "service.version": "2"},
            {"service.name": "app", "service.version": "2"},
            None,
        ),
        ({"host": "a", "host.name": "b"}, {"host.name": "b"}, {"host.name": "a"}),
        ({"error": "boom"}, {"error.message": "boom"}, None),
        ({"log": "x", "log.level": "INFO"}, {"log.level": "info"}, {"log": "x"}),
        ({"http": 5}, {}, {"http": "5"}),
        (
            {"http.request": "GET /", "http.route": "/"},
            {"http.route": "/"},
            {"http.request": "GET /"},
        ),
        ({"x.y": "1", "x": "2"}, {"x": "2"}, {"x.y": "1"}),
        ({"bellwether": "x"}, {}, {"bellwether": "x"}),
        ({"bellwether": ["x"], "trace": True}, {}, {"bellwether": '["x"]', "trace": "true"}),
        ({"a.b": 1, "a": {"c": 2}}, {"a.b": 1, "a.c": 2}, None),
        ({"a..b": 1, "[x].y": 2, ".": 3}, {"a..b": 1, "[x].y": 2, ".": 3}, None),
    ],
)
def test_plain_values_in_the_way_are_kept_elsewhere(
    line: Json, expected: Json, unplaced: Json | None
) -> None:
    (made,) = ecs([{**line, "@metadata": {"from": "tcp"}}])
    assert "tags" not in made
    kept = made.get("bellwether", {}).get("unplaced")
    assert kept == unplaced
    assert {name: flat(made).get(name) for name in expected} == expected


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        ("  nest(event)\n", ""),
        ("  place_plain_values(event, @meant.keys + @objects)\n", ""),
        ("  place_plain_values(event, @objects_within)\n", ""),
        ("hide_secrets(event)\n  describe", "describe"),
        ("(milliseconds * @nanoseconds_of_a_millisecond)", "milliseconds"),
        ('event.tag("_not_json")', 'event.tag("_bad")'),
        ("level.downcase", "level"),
        ("above.all? {", "[].all? {"),
    ],
)
def test_mistakes_of_the_script_are_seen(elk: Elk, tmp_path: Path, good: str, bad: str) -> None:
    text = (ELK / "pipeline/ecs.rb").read_text()
    assert good in text
    (tmp_path / "ecs.rb").write_text(text.replace(good, bad))
    request = grok(elk, "INFO: GET /x?key=abc 200 2 ms")
    assert request is not None
    request["@metadata"]["from"] = "app_log"
    events: list[Json] = [
        request,
        {**ACCESS, "@metadata": {"from": "tcp"}},
        {"http": 5, "@metadata": {"from": "tcp"}},
        {"x": "1", "x.y": "2", "@metadata": {"from": "tcp"}},
        {"http.request": "x", "@metadata": {"from": "tcp"}},
        {"log.level": "INFO", "@metadata": {"from": "tcp"}},
        {"message": "x", "tags": ["_jsonparsefailure"], "@metadata": {"from": "tcp"}},
    ]
    assert ecs(events, tmp_path / "ecs.rb") != ecs(events)
