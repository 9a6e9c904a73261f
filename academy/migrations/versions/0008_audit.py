"""The audit record in three tables: acts, what is personal about them, and their seals."""

import hashlib
import json
import secrets
import uuid
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
DIGEST = sa.String(length=64)

FILTERED = ("actor", "person", "act", "target")
DOORS = "door IN ('page', 'api', 'command', 'worker')"
ADDED_TO = "the audit record is only added to"

OLD = sa.table(
    "audit_entry_old",
    *(sa.column(name) for name in ("id", "at", "actor", "act", "target", "address")),
    sa.column("before", JSON),
    sa.column("after", JSON),
)
KINDS = {"person": "person", "role": "person", "state": "state", "organisation": "organisation"}


def upgrade() -> None:
    _drop_indexes("audit_entry", ("act", "actor", "at", "target"))
    op.rename_table("audit_entry", "audit_entry_old")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE audit_entry_old RENAME CONSTRAINT pk_audit_entry TO pk_audit_entry_old")
        op.execute("ALTER SEQUENCE IF EXISTS audit_entry_id_seq RENAME TO audit_entry_old_id_seq")
    entry = _create()
    _carry_over(entry)
    op.drop_table("audit_entry_old")
    _guard()


def downgrade() -> None:
    _unguard()
    bind = op.get_bind()
    entry = sa.Table("audit_entry", sa.MetaData(), autoload_with=bind)
    kept = [dict(row._mapping) for row in bind.execute(sa.select(entry).order_by(entry.c.id))]
    texts: dict[int, dict[str, Any]] = {}
    for number, content in bind.execute(sa.text("SELECT entry_id, content FROM audit_text")):
        texts.setdefault(number, {}).update(json.loads(content))
    for name in ("audit_seal", "audit_text", "audit_entry"):
        op.drop_table(name)
    before = op.create_table(
        "audit_entry",
        sa.Column("id", ID, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("before", JSON, nullable=True),
        sa.Column("after", JSON, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entry")),
    )
    for name in ("act", "actor", "at", "target"):
        op.create_index(op.f(f"ix_audit_entry_{name}"), "audit_entry", [name])
    doors = {"command": "command line"}
    for row in kept:
        actor = str(uuid.UUID(str(row["actor"]))) if row["actor"] else doors.get(row["door"], "web")
        values = {name: row[name] for name in ("id", "at", "act", "target")}
        said = {name: texts.get(row["id"], {}).get(name) for name in ("address", "before", "after")}
        bind.execute(sa.insert(before).values(**values, **said, actor=actor))


def _create() -> sa.Table:
    entry = op.create_table(
        "audit_entry",
        sa.Column("id", ID, nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Uuid(), nullable=True),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=True),
        sa.Column("door", sa.String(length=10), nullable=False),
        sa.Column("request_id", sa.String(length=64), nullable=True),
        sa.Column("actor_digest", DIGEST, nullable=True),
        sa.Column("target_digest", DIGEST, nullable=True),
        sa.CheckConstraint(DOORS, name=op.f("ck_audit_entry_door_is_known")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entry")),
        sa.UniqueConstraint("public_id", name=op.f("uq_audit_entry_public_id")),
    )
    op.create_index("ix_audit_entry_at", "audit_entry", ["at", "id"])
    for name in FILTERED:
        op.create_index(f"ix_audit_entry_{name}", "audit_entry", [name, "at", "id"])
    op.create_table(
        "audit_text",
        sa.Column("entry_id", ID, nullable=False),
        sa.Column("part", sa.String(length=6), nullable=False),
        sa.Column("about", sa.Uuid(), nullable=True),
        sa.Column("salt", sa.String(length=32), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.CheckConstraint("part IN ('actor', 'target')", name=op.f("ck_audit_text_part_is_known")),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["audit_entry.id"], name=op.f("fk_audit_text_entry_id_audit_entry")
        ),
        sa.PrimaryKeyConstraint("entry_id", "part", name=op.f("pk_audit_text")),
    )
    op.create_index("ix_audit_text_about", "audit_text", ["about"])
    op.create_table(
        "audit_seal",
        sa.Column("number", ID, autoincrement=False, nullable=False),
        sa.Column("entry_id", ID, nullable=False),
        sa.Column("digest", DIGEST, nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["audit_entry.id"], name=op.f("fk_audit_seal_entry_id_audit_entry")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_audit_seal")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_audit_seal_entry_id")),
    )
    return entry


def _carry_over(entry: sa.Table) -> None:
    """Bring the acts recorded so far into the new form."""
    bind = op.get_bind()
    text = sa.table(
        "audit_text",
        *(sa.column(name) for name in ("entry_id", "part", "salt", "content")),
        sa.column("about", sa.Uuid()),
    )
    for row in bind.execute(sa.select(OLD).order_by(OLD.c.id)).all():
        by_person = row.actor not in ("command line", "web")
        actor = uuid.UUID(row.actor) if by_person else None
        kind = KINDS.get(row.act.split(".")[0]) or _kind(row.act)
        person = uuid.UUID(row.target) if kind == "person" else None
        contents = {
            "actor": ({"address": row.address} if row.address else {}, actor),
            "target": (
                {name: value for name, value in (("before", row.before), ("after", row.after)) if value},
                person,
            ),
        }
        parts = {part: _text(row.id, part, *what) for part, what in contents.items() if what[0]}
        bind.execute(
            sa.insert(entry).values(
                id=row.id,
                public_id=uuid.uuid4(),
                at=_moment(row.at),
                actor=actor,
                act=row.act,
                kind=kind,
                target=row.target,
                person=person,
                door="command" if row.actor == "command line" else "page",
                actor_digest=_digest(parts.get("actor")),
                target_digest=_digest(parts.get("target")),
            )
        )
        for values in parts.values():
            bind.execute(sa.insert(text).values(**values))
    if bind.dialect.name == "postgresql":
        op.execute(
            "SELECT setval(pg_get_serial_sequence('audit_entry', 'id'), "
            "COALESCE((SELECT max(id) FROM audit_entry), 1), (SELECT count(*) FROM audit_entry) > 0)"
        )


def _kind(act: str) -> str:
    if act.startswith("certificates."):
        return "certificate"
    return "registration" if act == "courses.launch" else "course"


def _moment(at: Any) -> Any:
    """Return a moment read without a type as one that the new table takes."""
    from datetime import UTC, datetime  # noqa: PLC0415 -- needed here only

    moment = datetime.fromisoformat(at) if isinstance(at, str) else at
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _text(entry_id: int, part: str, content: dict[str, Any], about: uuid.UUID | None) -> dict[str, Any]:
    written = json.dumps(content, ensure_ascii=False, sort_keys=True)
    salt = secrets.token_hex(16)
    return {"entry_id": entry_id, "part": part, "about": about, "salt": salt, "content": written}


def _digest(text: dict[str, Any] | None) -> str | None:
    return hashlib.sha256((text["salt"] + text["content"]).encode()).hexdigest() if text else None


def _guard() -> None:
    """Have the database itself refuse changes; what is personal may go once its person was erased."""
    erased = (
        "OLD.about IS NOT NULL AND EXISTS "
        "(SELECT 1 FROM audit_entry WHERE act = 'person.erase' AND person = OLD.about)"
    )
    if op.get_bind().dialect.name == "sqlite":
        for table in ("audit_entry", "audit_text", "audit_seal"):
            for act in ("UPDATE", "DELETE"):
                allowed = f" WHEN NOT ({erased})" if (table, act) == ("audit_text", "DELETE") else ""
                op.execute(
                    f"CREATE TRIGGER {table}_{act.lower()} BEFORE {act} ON {table}{allowed} "
                    f"BEGIN SELECT RAISE(ABORT, '{ADDED_TO}'); END"
                )
        return
    op.execute(
        "CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ "
        f"BEGIN RAISE EXCEPTION '{ADDED_TO}'; END $$"
    )
    op.execute(
        "CREATE FUNCTION audit_text_erase() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF {erased} THEN RETURN OLD; END IF; RAISE EXCEPTION '{ADDED_TO}'; END $$"
    )
    for table in ("audit_entry", "audit_text", "audit_seal"):
        acts = "UPDATE" if table == "audit_text" else "UPDATE OR DELETE"
        op.execute(
            f"CREATE TRIGGER {table}_refuse BEFORE {acts} ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION audit_refuse()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_whole BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()"
        )
    op.execute(
        "CREATE TRIGGER audit_text_erase BEFORE DELETE ON audit_text "
        "FOR EACH ROW EXECUTE FUNCTION audit_text_erase()"
    )


def _unguard() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for table in ("audit_entry", "audit_text", "audit_seal"):
            for act in ("update", "delete"):
                op.execute(f"DROP TRIGGER IF EXISTS {table}_{act}")
        return
    for table in ("audit_entry", "audit_text", "audit_seal"):
        op.execute(f"DROP TRIGGER IF EXISTS {table}_refuse ON {table}")
        op.execute(f"DROP TRIGGER IF EXISTS {table}_whole ON {table}")
    op.execute("DROP TRIGGER IF EXISTS audit_text_erase ON audit_text")
    op.execute("DROP FUNCTION IF EXISTS audit_refuse()")
    op.execute("DROP FUNCTION IF EXISTS audit_text_erase()")


def _drop_indexes(table: str, columns: tuple[str, ...]) -> None:
    for name in columns:
        op.drop_index(op.f(f"ix_{table}_{name}"), table_name=table)
