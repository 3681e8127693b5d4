"""Whether the gateway can do its work."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

import structlog
from sqlalchemy.exc import SQLAlchemyError

from backend_service.errors import ModelServiceError, NotReady

if TYPE_CHECKING:
    from backend_service.db import Database
    from backend_service.model_client.service import ModelService

_DATABASE_SECONDS: Final = 2.0
_log = structlog.get_logger(__name__)


class ReadinessService:
    """Asks everything that an answer depends on."""

    def __init__(self, database: Database, model: ModelService) -> None:
        self._database = database
        self._model = model

    async def check(self) -> dict[str, str]:
        """``ok`` for each dependency.

        Raises
        ------
        NotReady
            Some do not answer; it says which and why.
        """
        database, model = await asyncio.gather(self._check_database(), self._check_model())
        checks = {"database": database, "model_service": model}
        broken = [f"{name}: {state}" for name, state in checks.items() if state != "ok"]
        if broken:
            raise NotReady(" ".join(broken), checks)
        return checks

    async def _check_database(self) -> str:
        try:
            async with asyncio.timeout(_DATABASE_SECONDS):
                await self._database.ping()
        except (SQLAlchemyError, OSError, TimeoutError) as error:
            _log.warning("database_unreachable", exc_info=error)
            return "The database does not answer."
        return "ok"

    async def _check_model(self) -> str:
        try:
            await self._model.check_health()
        except ModelServiceError as error:
            return error.detail
        return "ok"
