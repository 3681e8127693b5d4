"""The process that speaks to a Ray cluster for a worker; started by `ray_process`.

Ray may take the process that uses it down: when its node or the head of the cluster is lost, for
one. So it is a process of its own, which ends with its standard input and with its parent, and all
units of a worker go through it. Ray ends its tasks when it ends.
"""

from __future__ import annotations

import asyncio
import os
import sys
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from typing import Any, BinaryIO

import ray
from ray.exceptions import RayError, RayTaskError, RuntimeEnvSetupError, TaskCancelledError

from model_service.experiments.child_process import die_with, ignore_interrupts
from model_service.experiments.compute.messages import Hindered, encode_message
from model_service.experiments.compute.ray_lines import (
    Away,
    Cancel,
    Cluster,
    Died,
    Ended,
    FromDriver,
    Line,
    Make,
    Said,
    decode_line,
    encode_line,
)
from model_service.experiments.compute.ray_unit import TASK_OPTIONS, make_on_node

CLUSTER_SECONDS = 2.0
"""Between two looks at the cluster, each of which is a sign of life."""

_CANCEL_AGAIN_SECONDS = 1.0

_MAX_REASON_CHARACTERS = 500

Say = Callable[[FromDriver], None]


class _Units:
    """The units under way, by their keys; all on one event loop."""

    def __init__(self, say: Say) -> None:
        self._say = say
        self._task: Any = ray.remote(**TASK_OPTIONS)(make_on_node)
        self._streams: dict[int, Any] = {}
        self._under_way: set[asyncio.Task[None]] = set()

    def take(self, line: Line) -> None:
        match line:
            case Make(key, order):
                self._streams[key] = self._task.remote(order.encode())
                self._begin(self._follow(key, self._streams[key]))
            case Cancel(key) if key in self._streams:
                self._begin(self._cancel(key))
            case _:
                pass

    def _begin(self, work: Any) -> None:
        # The loop itself keeps no hold of its tasks.
        task = asyncio.get_running_loop().create_task(work)
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _follow(self, key: int, stream: AsyncIterator[Awaitable[bytes]]) -> None:
        try:
            async for message in stream:
                self._say(Said(key, (await message).decode()))
            self._say(Ended(key))
        except TaskCancelledError:
            self._say(Ended(key))
        except (RayTaskError, RuntimeEnvSetupError) as error:
            # A task raises nothing of its own: the node does not have what it needs.
            reason = f"A node of the Ray cluster cannot make units: {_last_line(error)}"
            self._say(Said(key, encode_message(Hindered(reason)).decode()))
            self._say(Ended(key))
        except Exception as error:
            self._say(Died(key, f"Its Ray task was lost: {_last_line(error)}"))
        finally:
            del self._streams[key]

    async def _cancel(self, key: int) -> None:
        """Have the process of a unit killed, and again where the first try met it on its way."""
        while (stream := self._streams.get(key)) is not None:
            with suppress(RayError):
                ray.cancel(stream, force=True)
            await asyncio.sleep(_CANCEL_AGAIN_SECONDS)


def _count_cpus() -> int:
    return int(sum(n["Resources"].get("CPU", 0) for n in ray.nodes() if n["Alive"]))


async def _look_at_cluster(say: Say) -> None:
    """Tell of the cluster for ever; while it does not answer this is silent, and so noticed."""
    while True:
        say(Cluster(await asyncio.to_thread(_count_cpus)))
        await asyncio.sleep(CLUSTER_SECONDS)


async def _serve(say: Say) -> None:
    loop = asyncio.get_running_loop()
    units = _Units(say)

    def read() -> None:
        for line in sys.stdin.buffer:
            loop.call_soon_threadsafe(units.take, decode_line(line))
        # At once: the loop's threads may be waiting for a cluster that is no more.
        os._exit(0)

    threading.Thread(target=read, name="read-worker", daemon=True).start()
    await _look_at_cluster(say)


def _last_line(error: BaseException) -> str:
    """Of Ray's errors the first line is a heading, or the last is the cause of a traceback."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    said = lines[-1 if isinstance(error, RayTaskError) else 0] if lines else ""
    return f"{type(error).__name__}: {said}"[:_MAX_REASON_CHARACTERS]


def main() -> None:
    """Speak to the cluster until standard input ends."""
    parent, address = int(sys.argv[1]), sys.argv[2]
    ignore_interrupts()
    die_with(parent)
    # Whatever a library prints must not get between the lines.
    stream: BinaryIO = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)

    def say(line: FromDriver) -> None:
        stream.write(encode_line(line))
        stream.flush()

    try:
        ray.init(address=address, log_to_driver=False, configure_logging=False)
        asyncio.run(_serve(say))
    except (Exception, SystemExit) as error:
        say(Away(_last_line(error)))
    os._exit(1)


if __name__ == "__main__":
    main()
