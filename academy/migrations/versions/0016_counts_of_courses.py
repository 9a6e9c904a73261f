"""Indexes by which the totals of a report are counted course by course, each no longer than its count."""

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

TABLE = "course_progress"


def upgrade() -> None:
    op.create_index("ix_course_progress_course_id_completion", TABLE, ["course_id", "completion"])
    op.create_index("ix_course_progress_course_id_started", TABLE, ["course_id", "started"])
    op.drop_index("ix_course_progress_totals", TABLE)
    op.drop_index("ix_course_progress_course_id", TABLE)


def downgrade() -> None:
    op.create_index("ix_course_progress_course_id", TABLE, ["course_id"])
    op.create_index(
        "ix_course_progress_totals", TABLE, ["course_id", "completion", "started", "registration"]
    )
    op.drop_index("ix_course_progress_course_id_started", TABLE)
    op.drop_index("ix_course_progress_course_id_completion", TABLE)
