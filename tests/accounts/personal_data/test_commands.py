"""The commands: an archive whole or not at all, an erasure, its receipt, and once more after a restore."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
import sqlalchemy as sa
from click.testing import Result
from flask import Flask

from academy import clock, mail
from academy.accounts import queries
from academy.accounts.models import Person
from academy.accounts.personal_data import archive, receipts
from academy.accounts.personal_data.models import ErasureReceipt
from academy.db import db
from tests.factories import accounts, people
from tests.factories.people import Traces


def run(app: Flask, *arguments: str, **options: Any) -> Result:
    db.session.commit()
    return app.test_cli_runner().invoke(args=["users", *arguments], **options)


def test_data_writes_a_zip(app: Flask, traces: Traces, tmp_path: Path) -> None:
    target = tmp_path / "all.zip"

    result = run(app, "data", "--email", people.EMAIL.upper(), "-o", str(target))

    assert result.exit_code == 0
    assert "index.html" in ZipFile(target).namelist()
    assert [path.name for path in tmp_path.iterdir()] == ["all.zip"]


def test_data_that_fails_leaves_what_was_there(
    app: Flask, traces: Traces, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "all.zip"
    target.write_text("before")
    monkeypatch.setattr(archive, "_copy", lambda *rest: 1 / 0)

    result = run(app, "data", "--email", people.EMAIL, "-o", str(target))

    assert isinstance(result.exception, ZeroDivisionError)
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("all.zip", "before")]


def test_data_of_nobody_and_into_nowhere(app: Flask, traces: Traces, tmp_path: Path) -> None:
    assert run(app, "data", "--email", "nobody@example.org", "-o", str(tmp_path / "a.zip")).exit_code == 1
    assert run(app, "data", "--email", people.EMAIL, "-o", str(tmp_path / "no" / "a.zip")).exit_code == 2


def test_erase_leaves_nothing_without_any_worker(app: Flask, traces: Traces) -> None:
    result = run(app, "erase", "--email", people.EMAIL, "--json")

    [receipt] = json.loads(result.stdout)
    assert result.exit_code == 0
    assert people.left_of() == []
    assert receipt["erased"]["certificates"] == {"certificates": 1}


def test_erase_twice_shows_the_receipt(app: Flask, traces: Traces) -> None:
    first = run(app, "erase", "--email", people.EMAIL, "--json")
    second = run(app, "erase", "--email", people.EMAIL, "--json")

    assert second.exit_code == 0
    assert json.loads(second.stdout) == json.loads(first.stdout)
    assert json.loads(run(app, "receipts", "--json").stdout) == json.loads(first.stdout)


def test_erase_of_nobody_is_refused(app: Flask, traces: Traces) -> None:
    assert run(app, "erase", "--email", "nobody@example.org").exit_code == 1
    assert run(app, "erase").exit_code == 2


def test_on_a_terminal_it_asks_first(app: Flask, traces: Traces, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("academy.accounts.commands.personal_data._is_terminal", lambda: True)

    no = run(app, "erase", "--email", people.EMAIL, input="n\n")
    kept = queries.person_by_email(people.EMAIL) is not None
    db.session.rollback()
    yes = run(app, "erase", "--email", people.EMAIL, "--yes")

    assert (no.exit_code, kept, yes.exit_code) == (1, True, 0)
    assert "Certificates with their documents" in no.stderr


def past(app: Flask, tmp_path: Path, **changes: Any) -> str:
    rows = [receipts.as_json(one) for one in receipts.newest_first()]
    listed = tmp_path / "receipts.json"
    listed.write_text(json.dumps([{**row, **changes} for row in rows], default=clock.rfc3339))
    return str(listed)


def test_after_a_restore_the_same_people_are_erased_again(app: Flask, traces: Traces, tmp_path: Path) -> None:
    run(app, "erase", "--email", people.EMAIL)
    listed = past(app, tmp_path)
    [number] = db.session.scalars(sa.select(ErasureReceipt.number))
    db.session.execute(sa.delete(ErasureReceipt))
    earlier = clock.now() - timedelta(days=3)
    restored = accounts.person(email=people.EMAIL, name_latin=people.LATIN, created=earlier)
    other = accounts.person(email="other@example.org", created=earlier)

    result = run(app, "erase", "--again", listed)

    assert result.exit_code == 0
    assert people.left_of() == []
    assert db.session.get(Person, restored.id) is None
    assert db.session.get(Person, other.id) is not None
    assert list(db.session.scalars(sa.select(ErasureReceipt.number))) == [number]


def test_who_came_back_after_the_erasure_is_left_alone(app: Flask, traces: Traces, tmp_path: Path) -> None:
    run(app, "erase", "--email", people.EMAIL)
    listed = past(app, tmp_path)
    accounts.person(email=people.EMAIL)

    run(app, "erase", "--again", listed)

    assert queries.person_by_email(people.EMAIL) is not None


@pytest.mark.parametrize("content", ["", "{}", "[1]", '[{"number": "E-1"}]'])
def test_what_is_no_list_of_receipts_is_refused(app: Flask, tmp_path: Path, content: str) -> None:
    listed = tmp_path / "receipts.json"
    listed.write_text(content)

    assert run(app, "erase", "--again", str(listed)).exit_code == 1


def test_receipts_forget_the_digest_when_no_backup_needs_it(app: Flask, traces: Traces) -> None:
    run(app, "erase", "--email", people.EMAIL)
    db.session.execute(sa.update(ErasureReceipt).values(at=clock.now() - timedelta(days=91)))

    receipts.forget_digests()

    assert list(db.session.scalars(sa.select(ErasureReceipt.digest))) == [None]
    assert run(app, "erase", "--email", people.EMAIL).exit_code == 1


def test_the_outbox_of_others_is_left(app: Flask, traces: Traces) -> None:
    run(app, "erase", "--email", people.EMAIL)

    assert [path.stem for path in mail.outbox().glob("*.eml")] == ["other"]
