"""Runs migrations on the connection that `schema_upgrades` hands over."""

from __future__ import annotations

from alembic import context

from model_service.sentiment.openai_engine.database_book import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table="spending_version",
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
