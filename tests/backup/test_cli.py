"""The commands of backups: what they print, and how they end."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from academy import storage
from academy.audit import AuditEntry
from academy.backup import rows, tables
from academy.db import Base, db
from academy.operation import upgrade
from tests import stores
from tests.backup.instances import fill, instance


@pytest.fixture
def academy(tmp_path: Path) -> Iterator[Flask]:
    """Return an Academy with something in it."""
    with instance(tmp_path / "a") as app:
        upgrade()
        fill(tmp_path / "a")
        yield app


def acts() -> list[str]:
    query = sa.select(AuditEntry.act).where(AuditEntry.act.startswith("backup.")).order_by(AuditEntry.id)
    return list(db.session.scalars(query))


def test_create_check_restore(academy: Flask, tmp_path: Path) -> None:
    file = str(tmp_path / "one.tar")
    made = academy.test_cli_runner().invoke(args=["backup", "create", file, "--json"])
    checked = academy.test_cli_runner().invoke(args=["backup", "check", file, "--json"])
    with instance(tmp_path / "b") as other:
        restored = other.test_cli_runner().invoke(args=["backup", "restore", file, "--json"])
        assert acts() == ["backup.restore"]

    assert (made.exit_code, checked.exit_code, restored.exit_code) == (0, 0, 0)
    told = [json.loads(answer.stdout) for answer in (made, checked, restored)]
    assert {(one["rows"], one["files"]) for one in told} == {(told[0]["rows"], 8)}
    assert told[0]["digest"] == told[1]["digest"]
    assert (told[1]["database"], told[1]["storage"], told[1]["missing"]) == ("sqlite", "file", [])
    assert told[2]["notes"] == []
    assert acts() == ["backup.create"]


def test_create_names_what_is_missing_and_exits_1(academy: Flask, tmp_path: Path) -> None:
    gone = stores.kept("certificates")[0]
    storage.delete(gone)

    answer = academy.test_cli_runner().invoke(args=["backup", "create", str(tmp_path / "one.tar")])

    assert (answer.exit_code, gone in answer.stderr) == (1, True)
    assert (
        academy.test_cli_runner().invoke(args=["backup", "check", str(tmp_path / "one.tar")]).exit_code == 0
    )


def test_create_where_nothing_can_be_written_exits_2(academy: Flask, tmp_path: Path) -> None:
    answer = academy.test_cli_runner().invoke(args=["backup", "create", str(tmp_path / "no" / "one.tar")])

    assert (answer.exit_code, "one.tar" in answer.stderr) == (2, True)


def test_restore_into_a_full_academy_exits_1_with_the_reason(academy: Flask, tmp_path: Path) -> None:
    academy.test_cli_runner().invoke(args=["backup", "create", str(tmp_path / "one.tar")])

    answer = academy.test_cli_runner().invoke(args=["backup", "restore", str(tmp_path / "one.tar")])

    assert (answer.exit_code, "holds tables already" in answer.stderr) == (1, True)


def test_a_damaged_file_exits_1_and_a_missing_one_2(academy: Flask, tmp_path: Path) -> None:
    (tmp_path / "bad.tar").write_bytes(b"no backup")

    for command in ("check", "restore"):
        bad = academy.test_cli_runner().invoke(args=["backup", command, str(tmp_path / "bad.tar")])
        none = academy.test_cli_runner().invoke(args=["backup", command, str(tmp_path / "none.tar")])
        assert (bad.exit_code, "not a backup" in bad.stderr) == (1, True)
        assert none.exit_code == 2


def test_a_backup_knows_every_table_and_every_kind_of_column() -> None:
    assert {form.name for form in tables.kept()} | tables.LEFT_OUT == set(Base.metadata.tables)
    assert {kind for form in tables.kept() for kind in form.columns.values()} <= set(rows.TYPES)
    assert all(list(tables.order_of(form)) for form in tables.kept())
