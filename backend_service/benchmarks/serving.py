"""Apps served in child processes of their own, as benchmarks ask them."""

from __future__ import annotations

import multiprocessing
from typing import TYPE_CHECKING, Any

import uvicorn

if TYPE_CHECKING:
    from contextlib import ExitStack
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess

    from fastapi import FastAPI

START_SECONDS = 30


def serve(app: FastAPI, ready: Connection) -> None:
    """Run `app` on a free port and say which."""

    class Server(uvicorn.Server):
        async def startup(self, sockets: Any = None) -> None:
            await super().startup(sockets)
            ready.send(self.servers[0].sockets[0].getsockname()[1])

    config = uvicorn.Config(app, port=0, log_level="error", access_log=False)
    Server(config).run()


def start(stack: ExitStack, target: Any, *arguments: Any) -> int:
    """Start a child that serves; its port."""
    return start_child(stack, target, *arguments)[0]


def start_child(stack: ExitStack, target: Any, *arguments: Any) -> tuple[int, int]:
    """Start a child that serves; its port and the number of its process."""
    context = multiprocessing.get_context("spawn")
    receiving, sending = context.Pipe(duplex=False)
    child: BaseProcess = context.Process(target=target, args=(sending, *arguments), daemon=True)
    child.start()
    stack.callback(stop, child)
    if not receiving.poll(START_SECONDS):
        raise TimeoutError("a server did not start")
    return int(receiving.recv()), child.pid or 0


def stop(child: BaseProcess) -> None:
    child.terminate()
    child.join(10)
    if child.is_alive():
        child.kill()
