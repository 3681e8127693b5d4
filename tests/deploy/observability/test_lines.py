"""What Alloy and Grafana find in log lines as the services write them."""

from __future__ import annotations

import json
import re
from typing import Any

import jmespath
import pytest
import yaml

from tests.deploy.observability.sources import OBSERVABILITY

GATEWAY = (
    '{"@timestamp":"2026-11-30T23:03:47.010Z","log.level":"info","message":"GET /api/candles 503",'
    '"service":{"name":"backend_service","version":"0.1.0","environment":"development"},'
    '"host":{"name":"pod-1"},"log":{"logger":"backend_service.access"},'
    '"http":{"request":{"method":"GET","id":"abc-1"},"response":{"status_code":503},'
    '"route":"/api/candles/{symbol}"},"trace":{"id":"add9db8283d66710233028b26fb65c9d"}}'
)
MODEL = (
    '{"log.level":"info","message":"POST /predict 200","ecs.version":"1.6.0",'
    '"host":{"name":"pod-1"},"http":{"request":{"id":"abc-1","method":"POST"},'
    '"response":{"status_code":200}},"service":{"environment":"development",'
    '"name":"model_service","version":"0.1.0"},"trace":{"id":"fcd82c23cc2ccc8e2455b4dc57089fcc"}}'
)
WITH_DOTS = (
    '{"log.level":"error","message":"x","service.name":"worker","host.name":"pod-1",'
    '"http.request.id":"abc-1"}'
)
FOREIGN = '{"level":"info","msg":"not of ours","id":"abc-1"}'
LINES = {"gateway": GATEWAY, "model": MODEL, "dots": WITH_DOTS}


def data_source(name: str) -> dict[str, Any]:
    content = yaml.safe_load(
        (OBSERVABILITY / "grafana/provisioning/datasources/bellwether.yaml").read_text()
    )
    (found,) = [one for one in content["datasources"] if one["name"] == name]
    return dict(found)


@pytest.mark.parametrize("line", LINES.values(), ids=LINES)
def test_a_line_leads_to_its_request(line: str) -> None:
    (field,) = data_source("Loki")["jsonData"]["derivedFields"]
    found = re.search(field["matcherRegex"], line)
    assert found is not None
    assert found[1] == "abc-1"
    assert field["url"].startswith("/d/bellwether-logs?var-request_id=")


def test_a_line_without_a_request_leads_nowhere() -> None:
    (field,) = data_source("Loki")["jsonData"]["derivedFields"]
    assert re.search(field["matcherRegex"], FOREIGN) is None
    assert re.search(field["matcherRegex"], GATEWAY.replace('"id":"abc-1"', '"url":"/"')) is None


def test_the_cluster_has_the_same_source() -> None:
    values = yaml.safe_load((OBSERVABILITY / "helm/kube-prometheus-stack.values.yaml").read_text())
    (loki,) = values["grafana"]["additionalDataSources"]
    here = data_source("Loki")
    assert loki["uid"] == here["uid"]
    assert loki["jsonData"] == here["jsonData"]


def extracted(line: str) -> dict[str, Any]:
    """What the stage `json` of compose's Alloy takes from a line; its expressions are JMESPath."""
    text = (OBSERVABILITY / "loki/compose.alloy").read_text()
    block = text[text.index("expressions = {") : text.index("}", text.index("expressions = {"))]
    pairs = re.findall(r'(\w+)\s*=\s*("(?:[^"\\]|\\.)*")', block)
    assert len(pairs) == 4
    return {name: jmespath.search(json.loads(path), json.loads(line)) for name, path in pairs}


@pytest.mark.parametrize(
    ("line", "service"),
    [
        (GATEWAY, "backend_service"),
        (MODEL, "model_service"),
        (WITH_DOTS, "worker"),
        (FOREIGN, None),
    ],
    ids=[*LINES, "foreign"],
)
def test_alloy_finds_service_and_host(line: str, service: str | None) -> None:
    found = extracted(line)
    assert (found["dotted_service"] or found["nested_service"]) == service
    assert (found["dotted_host"] or found["nested_host"]) == (service and "pod-1")
