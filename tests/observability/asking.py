"""Requests as the page makes them: through the page's server, each with a trace of its own."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass
from typing import Any

import httpx

from scripts.stack.trial import Trial

SYMBOL = "SIM-MIXED"
TRAINING = {"kind": "train", "symbols": [SYMBOL], "seeds": [0], "steps": 20}
_REQUEST_SECONDS = 60.0
_EXPERIMENT_SECONDS = 110.0
_LOOK_SECONDS = 0.2


@dataclass(frozen=True)
class Asked:
    """A request and its answer.

    Attributes
    ----------
    trace : str
        The id that the request brought; the request's own id is the same, since it brought none.
    """

    trace: str
    answer: httpx.Response


def ask(url: str, method: str = "GET", **options: Any) -> Asked:
    """Make a request with a new trace."""
    trace = secrets.token_hex(16)
    headers = {**options.pop("headers", {}), "traceparent": f"00-{trace}-{secrets.token_hex(8)}-01"}
    answer = httpx.request(method, url, headers=headers, timeout=_REQUEST_SECONDS, **options)
    return Asked(trace, answer)


def train(services: Trial, **headers: str) -> Asked:
    """Have an experiment made, and wait until it is done."""
    asked = ask(f"{services.page_url}/api/experiments", "POST", headers=headers, json=TRAINING)
    assert asked.answer.status_code == httpx.codes.ACCEPTED, asked.answer.text
    place = f"{services.gateway_url}/api/experiments/{asked.answer.json()['id']}"
    deadline = time.monotonic() + _EXPERIMENT_SECONDS
    while (state := httpx.get(place, timeout=_REQUEST_SECONDS).json()["state"]) != "done":
        assert state in ("queued", "running"), f"the experiment is {state}"
        assert time.monotonic() < deadline, "the experiment does not end"
        time.sleep(_LOOK_SECONDS)
    return asked


def read_metrics(url: str) -> dict[str, float]:
    """Samples of a ``/metrics`` by name and labels."""
    answer = httpx.get(f"{url}/metrics", timeout=_REQUEST_SECONDS).raise_for_status()
    samples = (line.rpartition(" ") for line in answer.text.splitlines() if line[:1] != "#")
    return {name: float(value) for name, _, value in samples}
