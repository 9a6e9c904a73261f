"""Links of statements to agents and activities, told apart by what the plain parameters find."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

#: Each link table: what it links to, and the bits of `usage` that the plain parameter finds.
LINKS = {"xapi_statement_agent": ("agent", 3), "xapi_statement_activity": ("activity", 1)}
IDENTIFIER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    for table, (owner, bits) in LINKS.items():
        _remake(
            table,
            owner,
            ["direct"],
            f"SELECT {owner}_id, CASE WHEN usage & {bits} <> 0 THEN 1 ELSE 0 END, seq, verb_id, usage",
        )


def downgrade() -> None:
    for table, (owner, _bits) in LINKS.items():
        _remake(table, owner, [], f"SELECT {owner}_id, seq, verb_id, usage")


def _remake(table: str, owner: str, kind: list[str], select: str) -> None:
    """Make the table anew, in the order of its new primary key, from the rows of the old one."""
    op.execute(f"CREATE TEMPORARY TABLE {table}_kept AS SELECT * FROM {table}")  # noqa: S608 -- our own names
    op.drop_table(table)
    op.create_table(
        table,
        sa.Column(f"{owner}_id", IDENTIFIER, nullable=False),
        *(sa.Column(name, sa.SmallInteger(), nullable=False) for name in kind),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("verb_id", sa.BigInteger(), nullable=False),
        sa.Column("usage", sa.SmallInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            [f"{owner}_id"], [f"xapi_{owner}.id"], name=op.f(f"fk_{table}_{owner}_id_xapi_{owner}")
        ),
        sa.PrimaryKeyConstraint(f"{owner}_id", *kind, "seq", name=op.f(f"pk_{table}")),
        sqlite_with_rowid=False,
    )
    order = ", ".join([f"{owner}_id", *kind, "seq"])
    op.execute(f"INSERT INTO {table} {select} FROM {table}_kept ORDER BY {order.replace('direct', '2')}")
    op.execute(f"DROP TABLE {table}_kept")
