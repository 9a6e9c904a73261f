"""A backup brings back everything, whatever the database and the store were and will be."""

import itertools
from pathlib import Path

import pytest
import sqlalchemy as sa

from academy import audit, jobs, storage
from academy.accounts.models import Person
from academy.backup import creating, restoring
from academy.certificates import checking
from academy.certificates.models import Certificate
from academy.courses.models import Launch, Upload
from academy.db import db, iri_base
from academy.jobs import Job
from academy.operation import upgrade
from academy.progress import rebuilding
from tests import stores
from tests.backup.instances import again, complete, contents, fill, instance, sums
from tests.factories import accounts

PLACES = [("sqlite", "file"), ("postgresql", "s3")]
WAYS = list(itertools.product(PLACES, PLACES))


@pytest.mark.parametrize(("source", "target"), WAYS, ids=lambda place: "+".join(place))
def test_everything_comes_back_to_the_byte(
    tmp_path: Path, source: tuple[str, str], target: tuple[str, str]
) -> None:
    first, second = tmp_path / "first.tar", tmp_path / "second.tar"
    with instance(tmp_path / "a", database=source[0], store=source[1]):
        upgrade()
        fill(tmp_path / "a")
        written = creating.create(first)
        files = [key for key in stores.kept() if not key.startswith("uploads/")]
        last = db.session.scalar(sa.select(sa.func.max(Person.id)))

    with instance(
        tmp_path / "b", database=target[0], store=target[1], BASE_URL="http://localhost:5999"
    ) as app:
        restored = restoring.restore(first)
    assert (restored.rows, restored.files, restored.notes) == (written.rows, written.files, ())

    with again(app, tmp_path / "b"):
        assert iri_base() == "http://localhost:5000"
        assert stores.kept() == files
        assert rebuilding.rebuild(verify=True).differences == []
        assert audit.verify().faults == []
        for certificate in db.session.scalars(sa.select(Certificate)):
            pdf = storage.read(f"certificates/{certificate.serial}.pdf")
            assert checking.file(pdf).status == "valid"
        db.session.rollback()
        creating.create(second)
        assert accounts.person().id == (last or 0) + 1
        db.session.rollback()
    assert contents(second) == contents(first)
    if source[0] == target[0]:
        assert sums(second) == sums(first)
    assert (tmp_path / "a" / "secret-key").read_text() == (tmp_path / "b" / "secret-key").read_text()
    assert (first.stat().st_mode & 0o777, len(written.missing)) == (0o600, 0)


def test_what_is_short_lived_stays_behind_and_work_goes_on(tmp_path: Path) -> None:
    with instance(tmp_path / "a"):
        upgrade()
        fill(tmp_path / "a")
        creating.create(tmp_path / "one.tar")

    with instance(tmp_path / "b"):
        restoring.restore(tmp_path / "one.tar")
        for name in ("person_session", "sign_in_attempt", "worker"):
            assert db.session.scalar(sa.text(f"SELECT count(*) FROM {name}")) == 0
        assert db.session.scalars(sa.select(Upload.received)).all() == [4]
        assert stores.kept("uploads") == []
        waiting = db.session.scalars(sa.select(Job).where(Job.kind == "mail.send", Job.state != "done")).one()
        assert (waiting.state, waiting.worker, waiting.lease, waiting.leased_until) == ("queued",) + (
            None,
        ) * 3
        launch = db.session.scalars(sa.select(Launch).where(Launch.closed.is_(None))).first()
        assert launch is not None
        complete(launch, seq=launch.seq + 1, status="passed")
        db.session.commit()
        jobs.run_due()
        assert rebuilding.rebuild(verify=True).differences == []


def test_a_backup_of_an_empty_academy_comes_back(tmp_path: Path) -> None:
    with instance(tmp_path / "a"):
        upgrade()
        creating.create(tmp_path / "one.tar")
    with instance(tmp_path / "b") as app:
        restoring.restore(tmp_path / "one.tar")
    with again(app, tmp_path / "b"):
        creating.create(tmp_path / "two.tar")

    assert sums(tmp_path / "two.tar") == sums(tmp_path / "one.tar")


def test_a_missing_file_is_named_and_everything_else_is_kept(tmp_path: Path) -> None:
    with instance(tmp_path / "a"):
        upgrade()
        fill(tmp_path / "a")
        gone = next(key for key in stores.kept("packages"))
        storage.delete(gone)
        written = creating.create(tmp_path / "one.tar")
    with instance(tmp_path / "b"):
        restored = restoring.restore(tmp_path / "one.tar")

    assert written.missing == (gone,)
    assert [gone in note for note in restored.notes] == [True]


def test_a_key_that_is_a_setting_is_left_where_it_is(tmp_path: Path) -> None:
    with instance(tmp_path / "a"):
        upgrade()
        creating.create(tmp_path / "file.tar")
    with instance(tmp_path / "b", SECRET_KEY="a setting of the operator"):
        restored = restoring.restore(tmp_path / "file.tar")
        before = (tmp_path / "b" / "secret-key").read_text()
        creating.create(tmp_path / "setting.tar")
    with instance(tmp_path / "c"):
        again = restoring.restore(tmp_path / "setting.tar")

    assert "secret of b" in before
    assert "is a setting here" in restored.notes[0]
    assert "keys/secret-key" not in sums(tmp_path / "setting.tar")
    assert "was a setting there" in again.notes[0]
