"""A unit as a task of Ray: what runs on a node of the cluster.

Nodes import this module by its name, so that they need the same code as the worker. What is read
from the environment, such as the keys of S3, is read from that of the node.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from functools import cache
from typing import Any

from model_service.experiments.compute.child_processes import UNITS_OF_A_CHILD
from model_service.experiments.compute.messages import Alive, Logged, Message, encode_message
from model_service.experiments.compute.signs_of_life import with_signs_of_life
from model_service.experiments.compute.unit_child import ONE_THREAD

TASK_OPTIONS: dict[str, Any] = {
    "num_cpus": 1,
    "num_returns": "streaming",
    # The queue begins units anew, and knows of it.
    "max_retries": 0,
    # Compiled graphs stay in a process's memory: after so many units it makes place for a new one.
    "max_calls": UNITS_OF_A_CHILD,
    # Ray's processes load NumPy before they are given a task: it must find these at their start.
    "runtime_env": {"env_vars": ONE_THREAD},
}
"""Options of `ray.remote` for `make_on_node`."""


_lines: deque[str] = deque(maxlen=10_000)
"""Log lines of this process that are not on their way to the worker yet."""


def make_on_node(order: bytes) -> Iterator[bytes]:
    """Make a unit in this process and tell of it, in encoded messages.

    The first is a sign of life: by it the worker knows that the task waits for a CPU no more.

    Parameters
    ----------
    order : bytes
        An encoded `UnitOrder`.
    """
    yield encode_message(Alive())
    for message in with_signs_of_life(lambda: _make(order)):
        # What was logged on the way; a silent unit gives a sign of life each second.
        while _lines:
            yield encode_message(Logged(_lines.popleft()))
        yield encode_message(message)


def _make(order: bytes) -> Iterator[Message]:
    _prepare()
    # Imported here: they need TensorFlow, and that should be loaded quietly first.
    from model_service.experiments.compute.orders import UnitOrder
    from model_service.experiments.compute.tasks import make_unit

    yield from make_unit(UnitOrder.decode(order))


@cache
def _prepare() -> None:
    """Once a process: settings of the log, and TensorFlow with one thread."""
    from model_service.quiet_tensorflow import load_tensorflow
    from model_service.settings import read_settings
    from model_service.telemetry.log_lines import configure_logging

    configure_logging(read_settings(), "worker", pass_on=_lines.append)
    load_tensorflow(one_thread=True)
