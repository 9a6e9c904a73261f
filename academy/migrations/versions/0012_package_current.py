"""The foreign key of a package's current version, which PostgreSQL lacked: two tables name each other."""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

NAME = "fk_package_current_id_package_version"


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":  # SQLite has had it with the table
        op.create_foreign_key(NAME, "package", "package_version", ["current_id"], ["id"])


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint(NAME, "package", type_="foreignkey")
