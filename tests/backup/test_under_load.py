"""A backup that is written while learners work is of one moment."""

import threading
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from academy import jobs, storage
from academy.backup import creating, restoring
from academy.certificates import checking
from academy.certificates.models import Certificate
from academy.courses.models import Activity, Attempt, Course, Enrolment, Launch
from academy.courses.runtime import launching
from academy.db import db
from academy.operation import upgrade
from academy.progress import rebuilding
from academy.progress.models import CourseProgress
from tests.backup.instances import complete, fill, instance
from tests.factories import accounts, courses

LEARNERS = 3
BACKUPS = 2
PAUSE = 0.02


class Learner(threading.Thread):
    """Works through the course again and again; `done` is the last step that was acknowledged, by seat."""

    def __init__(self, app: Flask, stopping: threading.Event) -> None:
        super().__init__(daemon=True)
        self.app, self.stopping, self.done = app, stopping, dict[str, int]()
        self.failure: BaseException | None = None

    def run(self) -> None:
        try:
            with self.app.app_context():
                while not self.stopping.is_set():
                    self.take_a_seat()
        except BaseException as failure:
            self.failure = failure

    def take_a_seat(self) -> None:
        course = db.session.scalars(sa.select(Course)).one()
        leaf = db.session.scalars(sa.select(Activity).where(Activity.launchable)).one()
        seat = courses.enrolment(course, person=accounts.person())
        launch = launching.open_launch(seat, activity=leaf)
        db.session.commit()
        registration, number = str(seat.registration), launch.id
        for step in range(1, 8):
            complete(
                db.session.get_one(Launch, number),
                seq=step,
                status="completed" if step == 7 else "incomplete",
            )
            db.session.commit()
            self.done[registration] = step
            if self.stopping.wait(PAUSE):
                return


def steps() -> dict[str, int]:
    """Return the step that each seat of the restored Academy is at."""
    query = sa.select(Enrolment.registration, Attempt.data).join(Attempt)
    return {
        str(registration): int(data.get("cmi.suspend_data", "step 0").removeprefix("step "))
        for registration, data in db.session.execute(query)
    }


@pytest.mark.parametrize("database", ["sqlite", pytest.param("postgresql", marks=pytest.mark.conformance)])
def test_every_backup_is_whole_while_learners_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, database: str
) -> None:
    monkeypatch.setattr(creating, "PART", 2000)  # many small parts: the reading takes longer
    stopping = threading.Event()
    seen = []
    with instance(tmp_path / "busy", database=database) as app:
        upgrade()
        fill(tmp_path / "busy")
        learners = [Learner(app, stopping) for _ in range(LEARNERS)]
        for learner in learners:
            learner.start()
        try:
            for number in range(BACKUPS):
                jobs.run_due(limit=3)
                before = {seat: step for one in learners for seat, step in list(one.done.items())}
                creating.create(tmp_path / f"{number}.tar")
                after = {seat: step for one in learners for seat, step in list(one.done.items())}
                seen.append((before, after))
        finally:
            stopping.set()
            for learner in learners:
                learner.join(60)
        assert [learner.failure for learner in learners] == [None] * LEARNERS
    assert sum(before != after for before, after in seen) == BACKUPS, "nobody worked meanwhile"

    for number, (before, after) in enumerate(seen):
        with instance(tmp_path / f"restored-{number}"):
            restoring.restore(tmp_path / f"{number}.tar")
            found = steps()
            assert {seat: step for seat, step in before.items() if found.get(seat, 0) < step} == {}
            assert {seat: found[seat] for seat in after if found.get(seat, 0) > after[seat] + 1} == {}
            assert rebuilding.rebuild(verify=True).differences == []
            jobs.run_due()  # what the backup caught on its way
            held = set(db.session.scalars(sa.select(Certificate.registration)))
            done = sa.select(CourseProgress.registration).where(CourseProgress.completed.is_not(None))
            assert held == set(db.session.scalars(done))
            for certificate in db.session.scalars(sa.select(Certificate)):
                pdf = storage.read(f"certificates/{certificate.serial}.pdf")
                assert checking.file(pdf).status == "valid"
