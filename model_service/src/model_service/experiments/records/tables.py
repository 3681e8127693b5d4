"""The tables of experiments; times are epoch seconds, documents are JSON as text."""

from __future__ import annotations

import sqlalchemy as sa

metadata = sa.MetaData()

experiments = sa.Table(
    "experiments",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("id", sa.Text, nullable=False, unique=True),
    sa.Column("owner_id", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("specification", sa.Text, nullable=False),
    sa.Column("specification_hash", sa.Text, nullable=False),
    sa.Column("code_version", sa.Text, nullable=False),
    sa.Column("idempotency_key", sa.Text, unique=True),
    sa.Column("steps", sa.Integer, comment="of every unit; null until a budget is turned into it"),
    sa.Column("stage", sa.Integer, nullable=False, comment="index into the plan's stages"),
    sa.Column(
        "looks", sa.Text, comment="the look at unseen candles that this experiment was given"
    ),
    sa.Column("result", sa.Text),
    sa.Column("reason", sa.Text),
    sa.Column("last_event", sa.Integer, nullable=False, server_default="0"),
    sa.Column("created_at", sa.Double, nullable=False),
    sa.Column("started_at", sa.Double),
    sa.Column("ended_at", sa.Double),
    sa.Column("request_id", sa.Text, comment="of the request that made it; null: none did"),
    sa.Column("trace_id", sa.Text, comment="null: it is from before traces were kept"),
    sa.Column("span_id", sa.Text, comment="of that request, where spans are made"),
    sa.Index("experiments_by_state", "state"),
    sa.Index("experiments_by_specification", "specification_hash"),
)

units = sa.Table(
    "units",
    metadata,
    sa.Column("experiment_id", sa.Text, primary_key=True),
    sa.Column("unit", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("stage", sa.Integer, nullable=False),
    sa.Column("task", sa.Text, nullable=False),
    sa.Column("seed", sa.Integer),
    sa.Column("fold", sa.Integer),
    sa.Column("point", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("fence", sa.Integer, nullable=False, server_default="0"),
    sa.Column("worker_id", sa.Text),
    sa.Column("crashes", sa.Integer, nullable=False, server_default="0"),
    sa.Column("step", sa.Integer, nullable=False, server_default="0"),
    sa.Column("total", sa.Integer, nullable=False, server_default="0"),
    sa.Column("steps_per_second", sa.Double),
    sa.Column("metrics", sa.Text, nullable=False, server_default="{}"),
    sa.Column("outcome", sa.Text),
    sa.Column("reason", sa.Text),
    sa.Column("started_at", sa.Double),
    sa.Column("seen_at", sa.Double),
    sa.Column("ended_at", sa.Double),
    sa.ForeignKeyConstraint(["experiment_id"], ["experiments.id"], ondelete="CASCADE"),
    sa.Index("units_by_state", "state", "experiment_id"),
)
"""`fence` counts how often a unit was begun: only who began it last may commit its outcome."""

events = sa.Table(
    "events",
    metadata,
    sa.Column("experiment_id", sa.Text, primary_key=True),
    sa.Column("event", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("at", sa.Double, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("unit", sa.Integer),
    sa.Column("body", sa.Text, nullable=False),
    sa.ForeignKeyConstraint(["experiment_id"], ["experiments.id"], ondelete="CASCADE"),
)

workers = sa.Table(
    "workers",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("incarnation", sa.Integer, nullable=False),
    sa.Column("beat", sa.Integer, nullable=False),
    sa.Column("gone", sa.Boolean, nullable=False),
    sa.Column("seen_at", sa.Double, nullable=False),
)
"""`beat` grows while a worker lives; who sees it stand still for a lease declares it gone."""
