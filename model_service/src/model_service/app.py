"""The web process: ``python -m model_service.app`` serves the contract with gunicorn.

One worker process with threads: TensorFlow, NumPy and numba compute outside the interpreter's lock,
and agents and Q tables are in memory once. TensorFlow is imported in the worker alone: requests
hang for ever where it was used before the fork.
"""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING, Any

from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger

from model_service.allocator import use_few_arenas
from model_service.settings import Settings, read_settings
from model_service.settings_refusals import refusing_to_start
from model_service.telemetry.log_lines import configure_logging

if TYPE_CHECKING:
    from types import FrameType

    from flask import Flask

    from model_service.artefacts.agents import AgentStore
    from model_service.evaluation.sealed import LookCounter
    from model_service.http.services import Services
    from model_service.sentiment.engines import Engines
    from model_service.telemetry.spans import Spans

GRACEFUL_SECONDS = 8
"""How long requests may go on after SIGTERM."""


def create_app(
    settings: Settings,
    *,
    agents: AgentStore | None = None,
    looks: LookCounter | None = None,
    engines: Engines | None = None,
) -> Flask:
    """The application.

    Parameters
    ----------
    settings : Settings
    agents : AgentStore, optional
        By default that of the settings' folders and artefact store.
    looks : LookCounter, optional
        By default that of the settings' database.
    engines : Engines, optional
        By default those that come with the package.
    """
    # Imported here because main() must not bring TensorFlow into the process that forks, and what
    # it imports is in memory twice.
    from model_service.artefacts.agents import AgentStore
    from model_service.artefacts.store import ArtefactStore
    from model_service.evaluation.sealed import open_looks
    from model_service.http.application import make_application
    from model_service.http.services import wire_services
    from model_service.sentiment.installed import install_engines

    artefacts = ArtefactStore(
        settings.artefacts_url, timeout_seconds=settings.artefacts_timeout_seconds
    )
    store = AgentStore(settings.agent_folders, artefacts) if agents is None else agents
    counter = (
        open_looks(settings.looks_url, settings.earlier_looks_file) if looks is None else looks
    )
    scoring = install_engines(settings.sentiment) if engines is None else engines
    services = wire_services(settings, artefacts, store, counter, scoring)
    app = make_application(services)
    app.extensions["services"] = services
    return app


class _StructuredLogger(Logger):  # type: ignore[misc]
    """gunicorn's own messages among the service's JSON lines; requests are logged by the app."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        for log in (self.error_log, self.access_log):
            log.handlers.clear()
            log.propagate = True


class _Server(BaseApplication):  # type: ignore[misc]
    """gunicorn with its configuration from the settings, and nothing from files or arguments."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._spans: Spans | None = None
        super().__init__()

    def load_config(self) -> None:
        settings, host = self._settings, self._settings.host
        options = {
            "bind": f"[{host}]:{settings.port}" if ":" in host else f"{host}:{settings.port}",
            "workers": 1,
            "worker_class": "model_service.draining_worker.DrainingWorker",
            "threads": settings.threads,
            "timeout": settings.request_timeout_seconds,
            "graceful_timeout": GRACEFUL_SECONDS,
            "keepalive": 15,
            "logger_class": _StructuredLogger,
            "control_socket_disable": True,
            "proc_name": "model_service",
            "worker_exit": lambda _server, _worker: self._close(),
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        """The application of a worker; its warm-up and the loading of engines begin at once."""
        # A worker that is still importing has nothing to finish and ends at once on SIGTERM.
        handler = signal.signal(signal.SIGTERM, signal.SIG_DFL)
        app = create_app(self._settings)
        services: Services = app.extensions["services"]
        self._spans = services.spans

        def end(number: int, frame: FrameType | None) -> None:
            # Who waits for an engine to be loaded would be cut off instead of being answered.
            services.engines.stop()
            if callable(handler):
                handler(number, frame)

        signal.signal(signal.SIGTERM, end)
        services.readiness.start()
        services.engines.start()
        return _with_socket_timeout(app, self._settings.body_timeout_seconds)

    def _close(self) -> None:
        if self._spans is not None:
            self._spans.close()


def _with_socket_timeout(app: Flask, seconds: float) -> Any:
    """Bound each wait for a client, so that a slow one cannot keep a thread."""

    def serve(environ: dict[str, Any], start_response: Any) -> Any:
        environ["gunicorn.socket"].settimeout(seconds)
        return app(environ, start_response)

    return serve


def main() -> None:
    """Serve until SIGTERM or SIGINT."""
    with refusing_to_start():
        settings = read_settings()
        settings.require_service_token()
    configure_logging(settings, "model_service")
    use_few_arenas()
    _Server(settings).run()


if __name__ == "__main__":
    main()
