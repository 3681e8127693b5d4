"""The tables of looks."""

from __future__ import annotations

import sqlalchemy as sa

metadata = sa.MetaData()

looks = sa.Table(
    "looks",
    metadata,
    sa.Column("lineage", sa.Text, primary_key=True),
    sa.Column("symbol", sa.Text, primary_key=True),
    sa.Column("data_hash", sa.Text, primary_key=True),
    sa.Column("window_start", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("window_end", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("agent_hash", sa.Text, primary_key=True),
    sa.Column("count", sa.BigInteger, nullable=False),
)

look_keys = sa.Table("look_keys", metadata, sa.Column("key", sa.Text, primary_key=True))
"""Names of looks that are counted once, however often they are asked for."""
