"""Texts that are ordered, or searched by their beginning, compare as bytes on PostgreSQL too."""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

COLUMNS = (
    ("person", "email"),
    ("person", "sort_latin"),
    ("person", "sort_cyrillic"),
    ("organisation", "path"),
    ("course", "code"),
    ("resource", "reference"),
    ("search_posting", "stem"),
)


def upgrade() -> None:
    _collate('"C"')


def downgrade() -> None:
    _collate('"default"')


def _collate(name: str) -> None:
    if op.get_bind().dialect.name == "postgresql":  # SQLite compares bytes anyway
        for table, column in COLUMNS:
            op.execute(f"ALTER TABLE {table} ALTER COLUMN {column} TYPE text COLLATE {name}")
