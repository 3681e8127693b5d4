"""Remember which copies of a headline were counted, so that none is counted twice."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "news_items", sa.Column("copies", sa.JSON(), nullable=False, server_default="[]")
    )


def downgrade() -> None:
    with op.batch_alter_table("news_items") as table:
        table.drop_column("copies")
