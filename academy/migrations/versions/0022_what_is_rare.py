"""Indexes of what is rare and counted on many pages: who waits for a decision, certificates not valid."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

WAITING = sa.text(
    "state_code IS NOT NULL AND state_confirmed IS NULL"
    " OR organisation_id IS NOT NULL AND organisation_confirmed IS NULL"
)
NOT_VALID = sa.text("status <> 'valid'")


def upgrade() -> None:
    op.create_index(
        "ix_person_waiting", "person", ["email_confirmed"], sqlite_where=WAITING, postgresql_where=WAITING
    )
    op.create_index(
        "ix_certificate_not_valid",
        "certificate",
        ["status"],
        sqlite_where=NOT_VALID,
        postgresql_where=NOT_VALID,
    )


def downgrade() -> None:
    op.drop_index("ix_certificate_not_valid", "certificate")
    op.drop_index("ix_person_waiting", "person")
