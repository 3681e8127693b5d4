"""``python -m backend_service.migrate`` brings the database to the newest schema, and ends.

For what starts before the gateway does, such as a job of a cluster. The gateway does the same by
itself when it starts; any number of processes may do it at once.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from typing import TYPE_CHECKING, Final

import structlog
from sqlalchemy.exc import InterfaceError, OperationalError, SQLAlchemyError

from backend_service.db import Database
from backend_service.migrations import migrate
from backend_service.settings import Settings, read_settings
from backend_service.settings_refusals import refusing_to_start
from backend_service.telemetry.log_output import configure_logging

if TYPE_CHECKING:
    from collections.abc import Sequence

WAIT_SECONDS: Final = 60.0
_FIRST_PAUSE_SECONDS: Final = 0.1
_LONGEST_PAUSE_SECONDS: Final = 5.0
_LOST: Final = (OSError, TimeoutError, OperationalError, InterfaceError)
"""How a server is lost in the middle."""

_log = structlog.get_logger(__name__)


async def migrate_patiently(settings: Settings, wait_seconds: float) -> str:
    """Bring the database to the newest schema; which that is.

    Raises
    ------
    OSError, TimeoutError, SQLAlchemyError
        If it is away for longer than `wait_seconds`, or for what waiting does not mend.
    """
    database = Database(settings.database_url)
    deadline = time.monotonic() + wait_seconds
    pause = _FIRST_PAUSE_SECONDS
    try:
        while True:
            connected = False
            try:
                await database.ping()
                connected = True
                return await migrate(database, settings.migrations_dir)
            except (*_LOST, SQLAlchemyError) as error:
                # Whatever a connection is refused for may pass: a server that starts, a database
                # or a role that somebody else is about to make.
                passes = not connected or isinstance(error, _LOST)
                if not passes or time.monotonic() + pause > deadline:
                    raise
                _log.warning("database_is_away", reason=_first_line(error), again_in=pause)
            await asyncio.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)
    finally:
        await database.close()


def main(arguments: Sequence[str] | None = None) -> int:
    """0 once the database has the newest schema, 1 with a line that says why it has not."""
    parser = argparse.ArgumentParser(prog="backend_service.migrate", description=__doc__)
    parser.add_argument(
        "--wait-seconds",
        type=float,
        default=WAIT_SECONDS,
        help="how long the database may be away (default: %(default)s)",
    )
    wait_seconds: float = parser.parse_args(arguments).wait_seconds
    with refusing_to_start():
        settings = read_settings()
    output = configure_logging(settings)
    try:
        revision = asyncio.run(migrate_patiently(settings, wait_seconds))
    except (*_LOST, SQLAlchemyError) as error:
        reason = _first_line(error)
        print(f"The gateway's database was not migrated: {reason}.", file=sys.stderr)
        return 1
    finally:
        output.close()
    print(f"The gateway's database is at the newest schema: {revision}.")
    return 0


def _first_line(error: BaseException) -> str:
    text = str(getattr(error, "orig", None) or error).strip()
    return text.splitlines()[0].rstrip(".") if text else type(error).__name__


if __name__ == "__main__":
    sys.exit(main())
