"""Serve the gateway: ``python -m backend_service``."""

from __future__ import annotations

import contextlib
import sys
from typing import Final

import uvicorn

from backend_service.app import create_app
from backend_service.server import GatewayServer
from backend_service.settings import read_settings
from backend_service.settings_refusals import refusing_to_start
from backend_service.telemetry.log_output import configure_logging
from backend_service.telemetry.spans import close_spans, configure_spans

_NOT_STARTED: Final = 3
"""The exit status of uvicorn itself for a port in use and the like."""


def main() -> int:
    with refusing_to_start():
        settings = read_settings()
        settings.require_service_token()
    output = configure_logging(settings)
    configure_spans(settings)
    app = create_app(settings)
    config = uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=settings.shutdown_seconds,
    )
    server = GatewayServer(config, app.state.end_streams)
    try:
        with contextlib.suppress(KeyboardInterrupt):
            server.run()
    finally:
        close_spans()
        output.close()
    return 0 if server.started else _NOT_STARTED


if __name__ == "__main__":
    sys.exit(main())
