"""Migrations: numbered, one head, up and down, and equal to the models."""

import re
from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask

from academy import operation
from academy.db import Base, db

VERSIONS = sorted(path.name for path in (operation.MIGRATIONS / "versions").glob("0*.py"))


def test_migrations_are_numbered_without_gaps_and_have_one_head(app: Flask) -> None:
    with db.engine.begin() as connection:
        script = ScriptDirectory.from_config(operation.migrations(connection))

    assert [int(name[:4]) for name in VERSIONS] == list(range(1, len(VERSIONS) + 1))
    assert all(re.fullmatch(r"\d{4}_[a-z_]+\.py", name) for name in VERSIONS)
    assert script.get_heads() == [VERSIONS[-1][:4]]


def test_models_equal_the_migrated_schema(app: Flask) -> None:
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = compare_metadata(context, Base.metadata)

    assert differences == []


def test_every_migration_can_be_taken_back(app: Flask, tmp_path: Path) -> None:
    operation.downgrade("base")
    with db.engine.connect() as connection:
        left = set(db.inspect(connection).get_table_names()) - {"alembic_version"}
    operation.upgrade()

    assert left == set()
