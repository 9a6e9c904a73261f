"""The form of the database: migrations up and down."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click
import sqlalchemy as sa
from flask import Flask, current_app

from academy import audit
from academy.commands import Commands
from academy.db import db, installation
from academy.transactions import Turn, take

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS = Path(__file__).parent / "migrations"


def init_app(app: Flask) -> None:
    """Prepare the list of what rooms do after each upgrade."""
    app.extensions["academy.after_upgrade"] = []


def upgrade(revision: str = "head") -> None:
    """Bring the database to a revision; the first time, fix the IRI base of all statements.

    Several nodes may do so at once: each waits for the others.
    """
    with db.engine.begin() as connection:
        take(Turn.UPGRADE, connection, patient=True)
        migrate(connection, revision)
    take(Turn.UPGRADE, db.session.connection(), patient=True)
    known = sa.select(installation.c.value).where(installation.c.name == "iri_base")
    if db.session.scalar(known) is None:
        value = str(current_app.config["BASE_URL"])
        db.session.execute(sa.insert(installation).values(name="iri_base", value=value))
    for fill in current_app.extensions["academy.after_upgrade"]:
        fill()
    db.session.commit()


def migrate(connection: sa.Connection, revision: str) -> None:
    """Bring the tables to a revision, in the transaction of a connection; fills nothing in."""
    from alembic import command as alembic  # noqa: PLC0415 -- slow import

    alembic.upgrade(migrations(connection), revision)


def downgrade(revision: str) -> None:
    """Take the database back to a revision."""
    from alembic import command as alembic  # noqa: PLC0415 -- slow import

    with db.engine.begin() as connection:
        take(Turn.UPGRADE, connection, patient=True)
        alembic.downgrade(migrations(connection), revision)


def migrations(connection: sa.Connection) -> "Config":
    """Return Alembic's configuration on a connection."""
    from alembic.config import Config  # noqa: PLC0415 -- slow import

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config


database = Commands("db", help="The database.")


@database.command("upgrade")
@click.argument("revision", default="head")
def upgrade_command(revision: str) -> None:
    """Bring the database to the newest revision."""
    _on_record("db.upgrade", lambda: upgrade(revision))


@database.command("downgrade")
@click.argument("revision")
def downgrade_command(revision: str) -> None:
    """Take the database back to a revision."""
    _on_record("db.downgrade", lambda: downgrade(revision))


def _on_record(act: str, change: Callable[[], None]) -> None:
    """Change the form of the database and record it, where the record exists in the new form."""
    before = revision_of()
    change()
    after = revision_of()
    if sa.inspect(db.engine).has_table(audit.AuditSeal.__tablename__):
        audit.record(act, target="database", before={"revision": before}, after={"revision": after})


def revision_of(connection: sa.Connection | None = None) -> str | None:
    """Return the revision that the database is at, None where it is empty."""
    from alembic.migration import MigrationContext  # noqa: PLC0415 -- slow import

    if connection is not None:
        return MigrationContext.configure(connection).get_current_revision()
    with db.engine.connect() as own:
        return revision_of(own)


def revisions() -> list[str]:
    """Return the revisions that this version knows, the oldest first."""
    from alembic.script import ScriptDirectory  # noqa: PLC0415 -- slow import

    return [script.revision for script in ScriptDirectory(str(MIGRATIONS)).walk_revisions()][::-1]


groups: tuple[click.Command, ...] = (database,)
