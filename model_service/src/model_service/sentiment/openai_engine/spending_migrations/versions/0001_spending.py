"""What each day has cost."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "openai_spending",
        sa.Column("day", sa.Text, primary_key=True),
        sa.Column("spent_usd", sa.Double, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("openai_spending")
