"""Sessions on the server, the one that opened a launch, and links of mails by their digest."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "person_session",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", BIG_ID, nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("previous", sa.LargeBinary(length=32), nullable=True),
        sa.Column("rotated", MOMENT, nullable=True),
        sa.Column("stale", sa.Boolean(), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("agent", sa.Text(), nullable=False),
        sa.Column("network", sa.Text(), nullable=False),
        sa.Column("created", MOMENT, nullable=False),
        sa.Column("last_seen", MOMENT, nullable=False),
        sa.Column("ended", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_person_session_person_id_person"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_session")),
        sa.UniqueConstraint("digest", name=op.f("uq_person_session_digest")),
        sa.UniqueConstraint("public_id", name=op.f("uq_person_session_public_id")),
    )
    op.create_index(op.f("ix_person_session_person_id"), "person_session", ["person_id"])
    op.create_index(op.f("ix_person_session_previous"), "person_session", ["previous"])
    op.create_table(
        "mailed_link",
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("person_id", BIG_ID, nullable=False),
        sa.Column("purpose", sa.String(length=10), nullable=False),
        sa.Column("until", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_mailed_link_person_id_person"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_mailed_link")),
        sa.UniqueConstraint("person_id", "purpose", name=op.f("uq_mailed_link_person_id_purpose")),
    )
    op.drop_column("person", "session_epoch")
    with op.batch_alter_table("launch") as batch_op:
        batch_op.add_column(sa.Column("opened_in_id", BIG_ID, nullable=True))
        batch_op.create_index(batch_op.f("ix_launch_opened_in_id"), ["opened_in_id"])
        batch_op.create_foreign_key(
            batch_op.f("fk_launch_opened_in_id_person_session"),
            "person_session",
            ["opened_in_id"],
            ["id"],
            ondelete="SET NULL",
        )


def downgrade() -> None:
    with op.batch_alter_table("launch") as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_launch_opened_in_id_person_session"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_launch_opened_in_id"))
        batch_op.drop_column("opened_in_id")
    op.add_column("person", sa.Column("session_epoch", sa.Integer(), nullable=False, server_default="0"))
    op.drop_table("mailed_link")
    op.drop_table("person_session")
