"""Runs migrations on the connection that the gateway hands over (backend_service.migrations)."""

from __future__ import annotations

from alembic import context

from backend_service.db import Base
from backend_service.market_data import tables  # noqa: F401 - registers its tables
from backend_service.news import tables as news_tables  # noqa: F401 - as above

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
