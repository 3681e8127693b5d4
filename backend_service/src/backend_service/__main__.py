"""Serve the gateway: ``python -m backend_service``."""

from __future__ import annotations

import uvicorn

from backend_service.app import create_app
from backend_service.settings import read_settings
from backend_service.telemetry import configure_logging


def main() -> None:
    settings = read_settings()
    configure_logging(settings.log_level)
    uvicorn.run(
        create_app(settings),
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=settings.shutdown_seconds,
    )


if __name__ == "__main__":
    main()
