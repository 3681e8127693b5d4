"""``python -m model_service.migrate`` brings the databases to the newest schema, and ends.

For what starts before the service does, such as a job of a cluster. The service and its workers do
the same by themselves when they start; any number of them may do it at once.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from sqlalchemy.exc import SQLAlchemyError

from model_service.database import Database
from model_service.errors import BellwetherError
from model_service.evaluation.look_records.schema import LOOKS, migrate_looks
from model_service.experiments.queue.durable_queue import migrate_queue
from model_service.experiments.records.migrate import EXPERIMENTS, migrate
from model_service.schema_upgrades import current_revision, upgrade
from model_service.sentiment.openai_engine.database_book import SPENDING
from model_service.settings import Settings, read_settings
from model_service.settings_refusals import refusing_to_start
from model_service.telemetry.log_lines import configure_logging

WAIT_SECONDS = 60.0


def migrate_all(settings: Settings, wait_seconds: float) -> str:
    """Bring experiments, their queue, looks and spending to the newest schema; which these are.

    Raises
    ------
    ExperimentsUnavailable
        If a database is away for longer than `wait_seconds`.
    SQLAlchemyError
        For what waiting does not mend.
    """
    experiments = Database(settings.full_database_url, patience_seconds=wait_seconds)
    looks = Database(settings.looks_url, patience_seconds=0.0)

    def work() -> str:
        migrate(experiments)
        migrate_queue(settings.full_database_url)
        migrate_looks(looks, settings.earlier_looks_file)
        done = [
            f"experiments {current_revision(experiments, EXPERIMENTS)}",
            f"looks {current_revision(looks, LOOKS)}",
        ]
        if settings.database_url is not None:
            upgrade(experiments, SPENDING)
            done.append(f"spending {current_revision(experiments, SPENDING)}")
        return ", ".join(done)

    try:
        return experiments.run(work)
    finally:
        experiments.close()
        looks.close()


def main(arguments: Sequence[str] | None = None) -> int:
    """0 once the databases have the newest schema, 1 with a line that says why they have not."""
    parser = argparse.ArgumentParser(prog="model_service.migrate", description=__doc__)
    parser.add_argument(
        "--wait-seconds",
        type=float,
        default=WAIT_SECONDS,
        help="how long a database may be away (default: %(default)s)",
    )
    wait_seconds: float = parser.parse_args(arguments).wait_seconds
    with refusing_to_start():
        settings = read_settings()
    configure_logging(settings, "model_service")
    try:
        schemas = migrate_all(settings, wait_seconds)
    except BellwetherError as error:
        return _fail(error.detail)
    except (SQLAlchemyError, OSError) as error:
        return _fail(f"{str(getattr(error, 'orig', None) or error).strip().splitlines()[0]}.")
    print(f"The model service's databases are at the newest schema: {schemas}.")
    return 0


def _fail(reason: str) -> int:
    print(f"The model service's databases were not migrated: {reason}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
