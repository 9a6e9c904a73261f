"""Who runs jobs: workers with an identity, leases with a token, and regular work as rows."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "worker",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("pid", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(length=10), nullable=False),
        sa.Column("threads", sa.Integer(), nullable=False),
        sa.Column("started", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_worker")),
    )
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.add_column(sa.Column("worker", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("lease", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("every", sa.Integer(), nullable=True))
        batch_op.create_index("ix_job_state_finished", ["state", "finished"], unique=False)
        batch_op.create_index(
            "uq_job_regular_kind",
            ["kind"],
            unique=True,
            sqlite_where=sa.text("every IS NOT NULL"),
            postgresql_where=sa.text("every IS NOT NULL"),
        )


def downgrade() -> None:
    op.execute("DELETE FROM job WHERE every IS NOT NULL")
    op.execute("UPDATE job SET state = 'queued', leased_until = NULL WHERE state = 'running'")
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.drop_index("uq_job_regular_kind")
        batch_op.drop_index("ix_job_state_finished")
        batch_op.drop_column("every")
        batch_op.drop_column("lease")
        batch_op.drop_column("worker")
    op.drop_table("worker")
