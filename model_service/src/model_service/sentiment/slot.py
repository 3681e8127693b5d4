"""One engine of a process: loaded in the background, with a state that can be read at any time."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from model_service.errors import SentimentUnavailable
from model_service.sentiment.engine import EngineName, SentimentEngine
from model_service.sentiment.refusals import EngineAbsent

State = Literal["ready", "loading", "absent", "failed"]
Tell = Callable[[str], None]
Loader = Callable[[Tell], SentimentEngine]
"""Makes the engine; tells in a sentence what it is doing once that takes long.

It raises `EngineAbsent` where the machine lacks something, another `SentimentUnavailable` where
loading failed.
"""

_log = logging.getLogger(__name__)

_NOT_ASKED = "It is loaded when it is asked for."
_LOADED = "It is loaded."
_MAX_RETRY_SECONDS = 86_400.0


@dataclass(frozen=True, slots=True)
class EngineState:
    """How it stands with an engine.

    Attributes
    ----------
    engine : EngineName
    state : State
    version : str or None
        Of the engine, once it is ready.
    reason : str
        One sentence.
    """

    engine: EngineName
    state: State
    version: str | None
    reason: str


class EngineSlot:
    """Loads an engine in a thread of its own, at most once at a time.

    Parameters
    ----------
    name : EngineName
    load : callable
        See `Loader`.
    retry_seconds : float, optional
        How long after it was found absent or failed it is tried again; every failure doubles it.
        Without, it is tried once.
    """

    def __init__(
        self, name: EngineName, load: Loader, *, retry_seconds: float | None = None
    ) -> None:
        self._load = load
        self._retry_seconds = retry_seconds
        self._changed = threading.Condition()
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None
        self._state = EngineState(name, "absent", None, _NOT_ASKED)
        self._engine: SentimentEngine | None = None

    @property
    def state(self) -> EngineState:
        """As it stands now."""
        return self._state

    @property
    def engine(self) -> SentimentEngine | None:
        """The engine, once it is ready."""
        return self._engine

    def start(self) -> None:
        """Begin to load, unless that was begun before."""
        with self._changed:
            if self._thread is None and not self._stopped.is_set():
                name = self._state.engine
                self._state = EngineState(name, "loading", None, f"{name} is being loaded.")
                # A daemon: neither a download nor a wait may hold up the end of the process.
                self._thread = threading.Thread(target=self._run, name=f"load-{name}", daemon=True)
                self._thread.start()

    def wait(self, seconds: float) -> EngineState:
        """The state once nothing is being loaded, or after that time."""
        end = time.monotonic() + seconds
        with self._changed:
            self._changed.wait_for(
                lambda: self._state.state != "loading" or self._stopped.is_set(),
                max(0.0, end - time.monotonic()),
            )
            return self._state

    def stop(self) -> None:
        """Wake those who wait, and try no more."""
        with self._changed:
            self._stopped.set()
            self._changed.notify_all()

    def _run(self) -> None:
        delay = self._retry_seconds
        while True:
            state = self._try()
            if state == "ready" or delay is None or self._stopped.wait(delay):
                return
            if state == "failed":
                delay = min(2.0 * delay, _MAX_RETRY_SECONDS)

    def _try(self) -> State:
        try:
            engine = self._load(self._tell)
        except EngineAbsent as error:
            return self._become("absent", error.detail)
        except SentimentUnavailable as error:
            _log.warning("sentiment engine %s: %s", self._state.engine, error.detail)
            return self._become("failed", error.detail)
        except ImportError as error:
            return self._become("absent", f"The package {error.name} is not installed.")
        except Exception:
            _log.exception("sentiment engine %s could not be loaded", self._state.engine)
            return self._become("failed", "It could not be loaded; the log has the cause.")
        self._engine = engine
        return self._become("ready", _LOADED, engine.version)

    def _tell(self, sentence: str) -> None:
        self._become("loading", sentence)

    def _become(self, state: State, reason: str, version: str | None = None) -> State:
        with self._changed:
            self._state = EngineState(self._state.engine, state, version, reason)
            self._changed.notify_all()
        return state
