"""What limits a credential of the record store beyond its scopes, and when it was last used."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("xapi_credential") as table:
        table.add_column(sa.Column("expires", sa.DateTime(timezone=True)))
        table.add_column(sa.Column("used", sa.DateTime(timezone=True)))
        table.add_column(sa.Column("per_minute", sa.Integer))
        # those that exist could void, and go on to
        table.add_column(sa.Column("may_void", sa.Boolean, nullable=False, server_default=sa.true()))
    with op.batch_alter_table("xapi_credential") as table:
        table.alter_column("may_void", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("xapi_credential") as table:
        for name in ("may_void", "per_minute", "used", "expires"):
            table.drop_column(name)
