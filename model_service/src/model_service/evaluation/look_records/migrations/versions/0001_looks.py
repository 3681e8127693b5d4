"""Looks and their names; an SQLite file of an earlier release has both already."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    there = sa.inspect(op.get_bind()).get_table_names()
    if "looks" not in there:
        op.create_table(
            "looks",
            sa.Column("lineage", sa.Text, nullable=False),
            sa.Column("symbol", sa.Text, nullable=False),
            sa.Column("data_hash", sa.Text, nullable=False),
            sa.Column("window_start", sa.BigInteger, nullable=False, autoincrement=False),
            sa.Column("window_end", sa.BigInteger, nullable=False, autoincrement=False),
            sa.Column("agent_hash", sa.Text, nullable=False),
            sa.Column("count", sa.BigInteger, nullable=False),
            sa.PrimaryKeyConstraint(
                "lineage", "symbol", "data_hash", "window_start", "window_end", "agent_hash"
            ),
        )
    if "keys" in there and op.get_bind().dialect.name == "sqlite":
        op.rename_table("keys", "look_keys")
    else:
        op.create_table("look_keys", sa.Column("key", sa.Text, primary_key=True))


def downgrade() -> None:
    op.drop_table("look_keys")
    op.drop_table("looks")
