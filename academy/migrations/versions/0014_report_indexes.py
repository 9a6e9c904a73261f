"""Indexes that hold all that the totals of a report count, so that no row has to be read for them."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

LEFT = sa.text("withdrawn IS NOT NULL")


def upgrade() -> None:
    op.create_index("ix_enrolment_course_id_withdrawn", "enrolment", ["course_id", "withdrawn"])
    op.create_index(
        "ix_enrolment_left", "enrolment", ["registration"], sqlite_where=LEFT, postgresql_where=LEFT
    )
    op.create_index(
        "ix_course_progress_totals",
        "course_progress",
        ["course_id", "completion", "started", "registration"],
    )
    op.create_index("ix_certificate_totals", "certificate", ["course_id", "status", "registration"])


def downgrade() -> None:
    op.drop_index("ix_certificate_totals", "certificate")
    op.drop_index("ix_course_progress_totals", "course_progress")
    op.drop_index("ix_enrolment_left", "enrolment")
    op.drop_index("ix_enrolment_course_id_withdrawn", "enrolment")
