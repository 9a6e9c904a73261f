"""Credentials of the record store that reach one learner in one registration only."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

WHOLE = "(agent IS NULL) = (registration IS NULL) AND (agent IS NULL OR expires IS NOT NULL)"


def upgrade() -> None:
    with op.batch_alter_table("xapi_credential") as table:
        table.add_column(sa.Column("agent", sa.Text))
        table.add_column(sa.Column("registration", sa.Uuid))
        table.create_check_constraint(op.f("ck_xapi_credential_narrow_ones_are_whole_and_end"), WHOLE)


def downgrade() -> None:
    op.execute("DELETE FROM xapi_credential WHERE agent IS NOT NULL")  # they would reach everything
    with op.batch_alter_table("xapi_credential") as table:
        table.drop_constraint(op.f("ck_xapi_credential_narrow_ones_are_whole_and_end"), type_="check")
        for name in ("registration", "agent"):
            table.drop_column(name)
