"""An index of the launches that are open, which monitors count and the sweep of abandoned ones walks.

It leaves out when a launch was last heard of, which each commit of content changes.
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

OPEN = sa.text("closed IS NULL")


def upgrade() -> None:
    op.create_index("ix_launch_open", "launch", ["superseded"], sqlite_where=OPEN, postgresql_where=OPEN)


def downgrade() -> None:
    op.drop_index("ix_launch_open", "launch")
