"""Indexes by which reports walk people in the order of their names, and count seats and certificates."""

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

TOTALS = ["course_id", "status", "registration"]


def upgrade() -> None:
    op.create_index("ix_person_sort_latin_id", "person", ["sort_latin", "id"])
    op.create_index("ix_person_sort_cyrillic_id", "person", ["sort_cyrillic", "id"])
    op.create_index("ix_person_state_code_erased", "person", ["state_code", "erased"])
    op.drop_index("ix_person_state_code", "person")
    op.create_index("ix_enrolment_person_id_withdrawn", "enrolment", ["person_id", "withdrawn"])
    op.drop_index("ix_enrolment_person_id", "enrolment")
    op.drop_index("ix_certificate_totals", "certificate")
    op.create_index("ix_certificate_totals", "certificate", [*TOTALS, "serial"])


def downgrade() -> None:
    op.drop_index("ix_certificate_totals", "certificate")
    op.create_index("ix_certificate_totals", "certificate", TOTALS)
    op.create_index("ix_enrolment_person_id", "enrolment", ["person_id"])
    op.drop_index("ix_enrolment_person_id_withdrawn", "enrolment")
    op.create_index("ix_person_state_code", "person", ["state_code"])
    op.drop_index("ix_person_state_code_erased", "person")
    op.drop_index("ix_person_sort_cyrillic_id", "person")
    op.drop_index("ix_person_sort_latin_id", "person")
