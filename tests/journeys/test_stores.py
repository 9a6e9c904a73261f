"""From pieces to a certificate with the files in a folder and in a bucket, and with a store that is away."""

import os
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from academy import jobs, storage
from academy.certificates.models import Certificate
from academy.courses.models import Activity, Course, Launch, Upload
from academy.courses.runtime import launching, scorm_commits
from academy.courses.runtime.scorm_commits import Commit
from academy.courses.services import releases, uploads
from academy.db import db
from academy.jobs import Job
from tests import stores
from tests.factories import accounts, courses
from tests.packages import scorm12
from tools.object_store import ObjectStore

JSON = {"Accept": "application/json"}
FILM = os.urandom(3_000_000)
PACKAGE = scorm12.package(title="Borders", more={"film.mp4": FILM, "copy.mp4": FILM, "empty.txt": b""})


@dataclass
class Trainer:
    """A trainer who sends a package to a course, piece by piece."""

    client: FlaskClient
    course: Course
    url: str = ""

    def begin(self) -> None:
        answer = self.client.post(
            f"/teach/courses/{self.course.code}/uploads",
            data={"name": "course.zip", "size": str(len(PACKAGE)), "language": "en"},
            headers=JSON,
        )
        self.url = answer.get_json()["url"]

    def send(self, start: int, end: int) -> TestResponse:
        place = {"Content-Range": f"bytes {start}-{end - 1}/{len(PACKAGE)}"}
        return self.client.put(self.url, data=PACKAGE[start:end], headers=JSON | place)

    def send_all(self) -> None:
        for start in range(0, len(PACKAGE), 1_000_000):
            assert self.send(start, min(start + 1_000_000, len(PACKAGE))).status_code == 200


@pytest.fixture
def trainer(app: Flask, sign_in: Any) -> Trainer:
    course = courses.course(author=accounts.person(roles=["trainer"]), status="draft")
    return Trainer(sign_in(course.author), course)


def opened(course: Course) -> Launch:
    releases.publish(course)
    leaf = db.session.scalars(sa.select(Activity).where(Activity.launchable)).one()
    launch = launching.open_launch(courses.enrolment(course), activity=leaf)
    db.session.commit()
    return launch


def film(client: FlaskClient, launch: Launch, asked: str, name: str = "film.mp4") -> TestResponse:
    base = f"http://{launch.label}.localhost:5000/v/{launch.version.public_id}/{name}"
    return client.get(base, headers={"Range": asked} if asked else {}, lint=False)


def test_a_package_goes_all_the_way(
    any_store: str, trainer: Trainer, sign_in: Any, client: FlaskClient
) -> None:
    trainer.begin()
    trainer.send_all()
    jobs.run_due()
    assert stores.kept("uploads") == []
    kept = stores.kept("packages")
    assert len(kept) == 4  # manifest, page, film and its copy as one, the empty file

    launch = opened(trainer.course)
    assert film(client, launch, "").data == FILM
    ranged = film(client, launch, "bytes=1000000-2100000")
    assert (ranged.status_code, ranged.data) == (206, FILM[1_000_000:2_048_576])
    assert film(client, launch, "bytes=2999999-", "copy.mp4").data == FILM[-1:]
    assert film(client, launch, "", "empty.txt").data == b""

    data = {"cmi.core.lesson_status": "completed"}
    scorm_commits.accept(
        scorm_commits.launch_of(launch.public_id), Commit(seq=1, session=1, end="", close=False, data=data)
    )
    db.session.commit()
    jobs.run_due()
    made = db.session.scalars(sa.select(Certificate)).one()
    answer = sign_in(launch.person).get(f"/certificates/{made.serial}.pdf")
    assert answer.data.startswith(b"%PDF")
    assert answer.data == storage.read(f"certificates/{made.serial}.pdf")

    trainer.begin()
    trainer.send_all()
    jobs.run_due()
    assert (stores.kept("uploads"), stores.kept("packages")) == ([], kept)


def test_an_upload_that_nobody_finishes_is_forgotten(any_store: str, trainer: Trainer) -> None:
    trainer.begin()
    trainer.send(0, 1_000_000)
    trainer.send(1_000_000, 2_000_000)
    upload = db.session.scalars(sa.select(Upload)).one()
    upload.created -= 2 * uploads.UNFINISHED
    db.session.commit()

    assert uploads.forget() == 1
    db.session.commit()

    assert stores.kept() == []


def test_a_store_that_is_away_stops_nobody_for_good(
    bucket: ObjectStore, trainer: Trainer, client: FlaskClient
) -> None:
    trainer.begin()
    trainer.send(0, 1_000_000)
    bucket.halt()
    try:
        answer = trainer.send(1_000_000, 2_000_000)
    finally:
        bucket.resume()
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")
    assert answer.mimetype == "application/problem+json"
    assert "store of files" in answer.get_json()["detail"]

    for start in range(1_000_000, len(PACKAGE), 1_000_000):
        assert trainer.send(start, min(start + 1_000_000, len(PACKAGE))).status_code == 200
    bucket.halt()
    try:
        jobs.run_due()
    finally:
        bucket.resume()
    waiting = db.session.scalars(sa.select(Job).where(Job.kind == "packages.import")).one()
    assert waiting.state == "queued"

    db.session.execute(sa.update(Job).values(due=Job.created))
    db.session.commit()
    jobs.run_due()
    launch = opened(trainer.course)
    bucket.halt()
    try:
        away = film(client, launch, "bytes=0-10")
    finally:
        bucket.resume()
    assert (away.status_code, away.headers["Cache-Control"]) == (503, "no-store")
    assert (film(client, launch, "bytes=0-10").status_code, stores.kept("uploads")) == (206, [])


def test_a_page_whose_file_does_not_answer_is_a_page(bucket: ObjectStore, app: Flask, sign_in: Any) -> None:
    made = Certificate(serial="PPTA-2026-0000001", registration=UUID(int=1), facts={}, pdf_sha256="0" * 64)
    person = accounts.person()
    made.person_id, made.course_id = person.id, courses.course().id
    db.session.add(made)
    client = sign_in(person)
    bucket.halt()
    try:
        answer = client.get(f"/certificates/{made.serial}.pdf")
    finally:
        bucket.resume()

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")
    assert "The store of files does not answer" in answer.text
