"""How many statements were stored on each day that is over."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "xapi_day",
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("statements", sa.BigInteger, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("xapi_day")
