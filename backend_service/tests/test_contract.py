"""The app against its own contract: requests made up by schemathesis.

The app runs in this process, in a thread with an event loop of its own, because its database
connections belong to one loop.
"""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import httpx
import pytest
import schemathesis
import uvicorn
from gateway_fakes import FakeClock, FakeModelService, make_candles
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from schemathesis import GenerationMode
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import (
    negative_data_rejection,
    positive_data_acceptance,
)

from backend_service.app import create_app
from backend_service.export_openapi import CONTRACT
from backend_service.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastapi import FastAPI

EXAMPLES = 20
"""For each operation."""
START_SECONDS = 20
FORM = "multipart/form-data"


@contextmanager
def serve(app: FastAPI) -> Iterator[str]:
    """`app` on a free port of 127.0.0.1."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None, access_log=False))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + START_SECONDS
    while not server.started and time.monotonic() < deadline:
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(START_SECONDS)


def list_questions() -> Iterator[tuple[APIOperation, GenerationMode]]:
    """Every operation with good requests, and with bad ones where a request can be bad."""
    for found in schemathesis.openapi.from_path(CONTRACT).get_all_operations():
        operation = found.ok()
        yield operation, GenerationMode.POSITIVE
        if operation.path_parameters or operation.query or operation.body:
            yield operation, GenerationMode.NEGATIVE


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of an app on fakes that knows one uploaded symbol."""
    folder = tmp_path_factory.mktemp("contract")
    settings = Settings(
        database_url=f"sqlite:///{folder}/backend.db", dataset_dir=folder, yahoo_enabled=False
    )
    model = FakeModelService(upload=make_candles(50))
    with serve(create_app(settings, model=model, clock=FakeClock())) as address:
        upload = {"file": ("NHPC.csv", b"x")}
        httpx.post(f"{address}/api/datasets", files=upload).raise_for_status()
        yield address


@pytest.mark.parametrize(
    ("operation", "mode"),
    [pytest.param(*each, id=f"{each[0].label}-{each[1].value}") for each in list_questions()],
)
def test_every_answer_keeps_the_contract(
    operation: APIOperation, mode: GenerationMode, url: str
) -> None:
    @hypothesis_settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def ask(case: schemathesis.Case) -> None:
        # A symbol, range or file that has the right form need not exist. In a form every value is
        # text: a "wrong" null arrives as the word, which is a valid file.
        excluded = [positive_data_acceptance]
        if case.media_type == FORM:
            excluded.append(negative_data_rejection)
        case.call_and_validate(base_url=url, excluded_checks=excluded)

    ask()
