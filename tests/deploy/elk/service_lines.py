"""Log lines of the three services, written by what writes them: ours by their own formatters in a
process of its own each, the page's server's by its template."""

from __future__ import annotations

import re
import subprocess
import sys

from tests.deploy.elk.parts import ROOT

WRITE_SECONDS = 60

BACKEND = """
import structlog
from backend_service.settings import Settings
from backend_service.telemetry.log_output import configure_logging
output = configure_logging(Settings())
log = structlog.get_logger("backend_service.test")
log.info("candles_fetched", symbol="NHPC", rows=3, failed=False, share=0.5, kinds=["a", "b"])
try:
    int("x")
except ValueError:
    log.exception("not_a_number", experiment_id="e-1")
access = {
    "event.dataset": "backend_service.access", "event.duration": 1234567,
    "http.request.method": "GET", "http.response.status_code": 200, "http.route": "/api/symbols",
    "url.path": "/api/symbols", "url.query": "query=N", "span.id": "1" * 16,
}
structlog.get_logger("backend_service.access").info("GET /api/symbols 200", **access)
output.close()
"""

MODEL = """
import structlog
from model_service.settings import Settings
from model_service.telemetry.log_lines import configure_logging
configure_logging(Settings(), "worker")
log = structlog.get_logger("model_service.test")
log.info("unit finished", experiment_id="e-1", unit=3, seconds=1.5, failed=False, reason=None)
try:
    int("x")
except ValueError as error:
    log.exception("unit failed", experiment_id="e-1", exc_info=error)
access = {
    "event.dataset": "model_service.access", "event.duration": 1234567,
    "http.request.method": "POST", "http.response.status_code": 503, "http.route": "/predict",
    "url.path": "/predict", "url.query": "x=1", "http.request.id": "r-1", "trace.id": "1" * 32,
}
structlog.get_logger("model_service.access").info("POST /predict 503", **access)
"""

_VALUES = {
    "log_time": "2026-11-30T10:00:00.123Z",
    "log_level": "info",
    "duration_nanoseconds": "1234567",
    "log_status": "200",
    "body_bytes_sent": "512",
}


def written_by(program: str) -> list[str]:
    """Lines that a program wrote to standard output."""
    said = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=WRITE_SECONDS,
    )
    assert said.returncode == 0, said.stderr
    return said.stdout.splitlines()


def written_by_nginx() -> list[str]:
    """Lines of the page's server: its formats, with values in the place of its variables."""
    template = (ROOT / "frontend/nginx/nginx.conf.template").read_text()
    formats = re.findall(r"log_format \w+ escape=json((?:\s+'[^']*')+);", template)
    lines = ["".join(re.findall(r"'([^']*)'", one)) for one in formats]
    return [re.sub(r"\$(\w+)", lambda found: _VALUES.get(found[1], "x"), line) for line in lines]
