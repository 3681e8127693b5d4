"""The three real services, once for all tests that need them: those stay in one process."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from xdist.remote import Producer

from scripts.stack.trial import Trial, trial_stack
from tests.log_sink import LogSink
from tests.scheduling import Dealing, begin_with

LIVE = ("tests/contract/", "tests/observability/")
"""Folders whose tests ask the live services."""


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Dealing:
    return Dealing(config, log, together=[LIVE])


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if not item.nodeid.endswith(item.name):
            # Schemathesis names an operation's test, and leaves the operation out of its id.
            item._id = item.id.with_params(item.name.partition("[")[2].removesuffix("]"))
    begin_with(items, [*LIVE, "tests/stack/"])


@pytest.fixture(scope="session")
def log_sink() -> Iterator[LogSink]:
    """Where the live services send their log lines."""
    sink = LogSink()
    sink.start()
    yield sink
    sink.stop()


@pytest.fixture(scope="session")
def live_services(log_sink: LogSink, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trial]:
    """Model service, worker, gateway and page on free ports, with an empty folder of their own.

    Without Yahoo: a test must not depend on what a provider answers today.
    """
    folder = tmp_path_factory.mktemp("services")
    environment = {"BACKEND_YAHOO_ENABLED": "false", "LOGSTASH_HOST": log_sink.address}
    with trial_stack(folder, environment) as trial:
        yield trial
