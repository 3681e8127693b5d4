"""Which request an experiment was made by; unknown of those that were there before."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_COLUMNS = ("request_id", "trace_id", "span_id")


def upgrade() -> None:
    for name in _COLUMNS:
        op.add_column("experiments", sa.Column(name, sa.Text))


def downgrade() -> None:
    for name in _COLUMNS:
        op.drop_column("experiments", name)
