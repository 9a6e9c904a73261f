"""Where registrations stand in sequenced courses, and what courses of a person share."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "activity_tree",
        sa.Column("id", BIG_ID, primary_key=True),
        sa.Column("public_id", sa.Uuid, nullable=False, unique=True),
        sa.Column("enrolment_id", BIG_ID, sa.ForeignKey("enrolment.id"), nullable=False),
        sa.Column("version_id", BIG_ID, sa.ForeignKey("package_version.id"), nullable=False, index=True),
        *(sa.Column(name, sa.JSON, nullable=False) for name in ("state", "objectives", "data")),
        sa.UniqueConstraint("enrolment_id", "version_id"),
    )
    op.create_table(
        "shared_value",
        sa.Column("person_id", BIG_ID, sa.ForeignKey("person.id"), primary_key=True),
        sa.Column("kind", sa.String(10), primary_key=True),
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("value", sa.JSON, nullable=False),
        sa.CheckConstraint("kind IN ('objective', 'data')", name=op.f("ck_shared_value_kind_is_known")),
    )


def downgrade() -> None:
    op.drop_table("shared_value")
    op.drop_table("activity_tree")
