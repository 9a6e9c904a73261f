"""People whose data was erased, what people ask for, receipts of erasures, certificates that went."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
OPEN = sa.text("state IN ('waiting', 'confirmed')")


def upgrade() -> None:
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.add_column(sa.Column("erased", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "data_request",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", BIG_ID, nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("asked", MOMENT, nullable=False),
        sa.Column("decided", MOMENT, nullable=True),
        sa.Column("decided_by_id", BIG_ID, nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("ready", MOMENT, nullable=True),
        sa.Column("size", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("kind IN ('copy', 'erasure')", name=op.f("ck_data_request_kind_is_known")),
        sa.CheckConstraint(
            "state IN ('waiting', 'withdrawn', 'declined', 'confirmed', 'ready', 'expired')",
            name=op.f("ck_data_request_state_is_known"),
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["person.id"], name=op.f("fk_data_request_decided_by_id_person")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_data_request_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_request")),
        sa.UniqueConstraint("public_id", name=op.f("uq_data_request_public_id")),
    )
    op.create_index(op.f("ix_data_request_decided_by_id"), "data_request", ["decided_by_id"])
    op.create_index(op.f("ix_data_request_person_id"), "data_request", ["person_id"])
    op.create_index("ix_data_request_state", "data_request", ["state"])
    op.create_index(
        "uq_data_request_open",
        "data_request",
        ["person_id", "kind"],
        unique=True,
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )
    op.create_table(
        "erasure_receipt",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("actor", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("counts", JSON, nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasure_receipt")),
        sa.UniqueConstraint("number", name=op.f("uq_erasure_receipt_number")),
    )
    op.create_index(op.f("ix_erasure_receipt_digest"), "erasure_receipt", ["digest"])
    op.create_table(
        "erased_serial",
        sa.Column("serial", sa.String(length=24), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.PrimaryKeyConstraint("serial", name=op.f("pk_erased_serial")),
    )


def downgrade() -> None:
    for name in ("erased_serial", "erasure_receipt", "data_request"):
        op.drop_table(name)
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.drop_column("erased")
