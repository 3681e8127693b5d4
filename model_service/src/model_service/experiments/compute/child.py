"""A process that makes units one after another; started by `child_processes`.

Orders come in on standard input and messages go out on standard output, one line of JSON each. It
ends with its standard input, and with the process that started it.
"""

from __future__ import annotations

import os
import sys
import threading
from typing import BinaryIO

from model_service.experiments.child_process import die_with, ignore_interrupts
from model_service.experiments.compute.messages import Alive, Logged, Message, encode_message
from model_service.experiments.compute.orders import UnitOrder
from model_service.experiments.compute.signs_of_life import ALIVE_SECONDS
from model_service.quiet_tensorflow import load_tensorflow
from model_service.settings import read_settings
from model_service.telemetry.log_lines import configure_logging


class _Voice:
    """Writes messages, and a sign of life where nothing else is said."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._lock = threading.Lock()
        self._silent = threading.Event()
        threading.Thread(target=self._keep_alive, name="alive", daemon=True).start()

    def say(self, message: Message) -> None:
        with self._lock:
            self._stream.write(encode_message(message) + b"\n")
            self._stream.flush()

    def _keep_alive(self) -> None:
        while not self._silent.wait(ALIVE_SECONDS):
            self.say(Alive())


def main() -> None:
    """Make units until standard input ends."""
    parent = int(sys.argv[1])
    ignore_interrupts()
    die_with(parent)
    # Whatever a library prints must not get between the messages.
    messages = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    voice = _Voice(messages)
    # Through the worker: what was said before this process ends, or is killed, is there.
    configure_logging(read_settings(), "worker", pass_on=lambda line: voice.say(Logged(line)))
    load_tensorflow(one_thread=True)
    # Imported here: it needs TensorFlow, and that should be loaded quietly first.
    from model_service.experiments.compute.tasks import make_unit

    for line in sys.stdin.buffer:
        for message in make_unit(UnitOrder.decode(line)):
            voice.say(message)


if __name__ == "__main__":
    main()
