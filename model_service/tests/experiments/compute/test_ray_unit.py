"""What a node of a cluster sends back beside the messages of its unit."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator

import pytest

from model_service.experiments.compute import ray_unit
from model_service.experiments.compute.messages import Alive, Logged, Refused, decode_message
from model_service.experiments.compute.orders import UnitOrder


@pytest.fixture
def _as_it_was() -> Iterator[None]:
    """The node's process sets up the log and the threads of a process that is its own."""
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    raises = logging.raiseExceptions
    yield
    root.handlers, logging.raiseExceptions = handlers, raises
    root.setLevel(level)
    ray_unit._prepare.cache_clear()


@pytest.mark.usefixtures("_as_it_was")
def test_log_lines_of_a_unit_come_before_its_last_message(
    make_order: Callable[..., UnitOrder],
) -> None:
    order = make_order(seed=None, log_fields={"trace.id": "a" * 32})
    messages = [decode_message(one) for one in ray_unit.make_on_node(order.encode())]
    assert isinstance(messages[0], Alive)
    assert isinstance(messages[-1], Refused)
    lines = [json.loads(one.line) for one in messages if isinstance(one, Logged)]
    assert [line["message"] for line in lines] == ["making a unit", "a unit failed"]
    for line in lines:
        assert (line["service"]["name"], line["trace"]["id"]) == ("worker", "a" * 32)
        assert line["bellwether"].items() >= {"experiment_id": "train-1", "unit": 0}.items()
    assert lines[1]["error"]["type"]
