"""Add news: symbols, headlines, scores, states of sources."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "news_symbols",
        sa.Column("owner_id", sa.String(64), nullable=False),
        sa.Column("symbol", sa.String(32), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("owner_id", "symbol", name=op.f("pk_news_symbols")),
    )
    op.create_table(
        "news_items",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("schema_version", sa.Integer(), nullable=False),
        sa.Column("owner_id", sa.String(64), nullable=False),
        sa.Column("symbol", sa.String(32), nullable=False),
        sa.Column("headline", sa.Text(), nullable=False),
        sa.Column("text_key", sa.String(32), nullable=False),
        sa.Column("provider", sa.String(16), nullable=False),
        sa.Column("source", sa.String(255), nullable=False),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("precision", sa.String(4), nullable=False),
        sa.Column("duplicates", sa.Integer(), nullable=False),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_news_items")),
    )
    op.create_index("ix_news_items_symbol", "news_items", ["owner_id", "symbol", "published_at"])
    op.create_index("ix_news_items_text_key", "news_items", ["owner_id", "text_key"])
    op.create_index("ix_news_items_published_at", "news_items", ["owner_id", "published_at"])
    op.create_table(
        "news_scores",
        sa.Column("owner_id", sa.String(64), nullable=False),
        sa.Column("text_key", sa.String(32), nullable=False),
        sa.Column("engine", sa.String(64), nullable=False),
        sa.Column("engine_version", sa.String(200), nullable=False),
        sa.Column("label", sa.String(8), nullable=False),
        sa.Column("positive", sa.Float(53), nullable=False),
        sa.Column("negative", sa.Float(53), nullable=False),
        sa.Column("neutral", sa.Float(53), nullable=False),
        sa.Column("score", sa.Float(53), nullable=False),
        sa.Column("scored_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint(
            "owner_id", "text_key", "engine", "engine_version", name=op.f("pk_news_scores")
        ),
    )
    op.create_table(
        "news_sources",
        sa.Column("owner_id", sa.String(64), nullable=False),
        sa.Column("symbol", sa.String(32), nullable=False),
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("provider", sa.String(16), nullable=False),
        sa.Column("etag", sa.Text(), nullable=True),
        sa.Column("last_modified", sa.Text(), nullable=True),
        sa.Column("refreshed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("owner_id", "symbol", "name", name=op.f("pk_news_sources")),
    )


def downgrade() -> None:
    for table in ("news_sources", "news_scores", "news_items", "news_symbols"):
        op.drop_table(table)
