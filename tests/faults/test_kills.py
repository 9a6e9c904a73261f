"""SIGKILL of server and worker under load: whatever was acknowledged is there, and nothing is there twice."""

import random
import sys
import threading
import time
from dataclasses import dataclass
from hashlib import sha256

import pytest
import sqlalchemy as sa

from academy import storage
from academy.accounts.models import Person
from academy.certificates.models import Certificate
from academy.certificates.services import storage_key
from academy.courses.models import Attempt, Course, Enrolment
from academy.db import db
from academy.jobs import Job
from academy.xapi import json_text
from academy.xapi.models import Statement
from tests.factories import accounts, courses, xapi
from tests.faults.crowd import Learner, Task
from tests.faults.installation import Installation

pytestmark = pytest.mark.both_databases


@dataclass(frozen=True)
class Load:
    """How many learners, how often everything is killed, how long and how much is done before each time."""

    learners: int
    kills: int
    seconds: float
    acts: int
    courses: int
    pause: float


SHORT = Load(learners=6, kills=1, seconds=1, acts=24, courses=6, pause=0.05)
FULL = Load(learners=50, kills=5, seconds=60, acts=500, courses=40, pause=1.0)


@pytest.mark.parametrize(
    "load",
    [
        pytest.param(SHORT, id="short", marks=pytest.mark.only("postgresql")),  # tests/journeys has SQLite's
        pytest.param(FULL, id="full", marks=pytest.mark.conformance),  # on both
    ],
)
def test_nothing_acknowledged_is_lost_or_doubled(installation: Installation, load: Load) -> None:
    learners = crowd(installation, load)
    ending = threading.Event()
    threads = [threading.Thread(target=one.learn, args=(ending,)) for one in learners]
    for thread in threads:
        thread.start()
    for _ in range(load.kills):
        let_learn(learners, load)
        installation.kill_all()
        installation.start_all()
    let_learn(learners, load)
    ending.set()
    for thread in threads:
        thread.join(60)

    assert [surprise for one in learners for surprise in one.surprises] == []
    wait_for_jobs(installation)
    with installation.inside():
        assert lost_statements(learners) == set()
        assert [fault for one in learners for fault in faults_of(one)] == []
        assert certificates_twice() == []
        assert {job.state for job in db.session.scalars(sa.select(Job).where(Job.every.is_(None)))} <= {
            "done"
        }
    assert "0 differences" in installation.run("progress", "rebuild", "--verify")


def crowd(installation: Installation, load: Load) -> list[Learner]:
    """Make people and courses, with everybody signed in."""
    with installation.inside():
        made = [courses.published_course_with_sco() for _ in range(load.courses)]
        tasks = [Task(one.course.code, str(one.activity.public_id)) for one in made]
        people = [accounts.person() for _ in range(load.learners)]
        headers = xapi.headers("all")
        return [
            Learner(installation, one.email, installation.cookie(one), headers, tasks, load.pause)
            for one in people
        ]


def let_learn(learners: list[Learner], load: Load) -> None:
    """Wait until so much more was acknowledged, and then to a moment that nobody has chosen."""
    begun = sum(one.acts for one in learners)
    end = time.monotonic() + 120
    time.sleep(load.seconds)
    while sum(one.acts for one in learners) < begun + load.acts:
        assert time.monotonic() < end, [one.surprises for one in learners]
        time.sleep(0.05)
    time.sleep(random.uniform(0, 0.5))


def wait_for_jobs(installation: Installation) -> None:
    """Wait until nothing that was asked for is left to do; fails where for two minutes nothing gets done."""
    end, fewest = time.monotonic() + 120, sys.maxsize
    waiting = sa.select(Job.kind).where(Job.state.in_(("queued", "running")), Job.every.is_(None))
    while True:
        with installation.inside():
            left = list(db.session.scalars(waiting))
        if not left:
            return
        if len(left) < fewest:
            end, fewest = time.monotonic() + 120, len(left)
        assert time.monotonic() < end, left
        time.sleep(0.5)


def lost_statements(learners: list[Learner]) -> set[str]:
    """Return which acknowledged statements are not in the store."""
    kept = {str(name) for name in db.session.scalars(sa.select(Statement.id))}
    return set().union(*(one.statements for one in learners)) - kept


def faults_of(learner: Learner) -> list[str]:
    """Return what of a learner's acknowledged work is missing, or there more than once."""
    rows = db.session.execute(
        sa.select(Course.code, Enrolment, Certificate)
        .join(Enrolment, Enrolment.course_id == Course.id)
        .join(Person, Person.id == Enrolment.person_id)
        .outerjoin(Certificate, Certificate.registration == Enrolment.registration)
        .where(Person.email == learner.email)
    ).all()
    seats = {code: seat for code, seat, _ in rows}
    certificates = {code: found for code, _, found in rows if found is not None}
    faults = [f"{learner.email} has no seat in {code}" for code in learner.enrolled - seats.keys()]
    faults += [
        f"{learner.email} has no certificate of {code}" for code in learner.passed - certificates.keys()
    ]
    for code, found in certificates.items():
        if sha256(storage.read(storage_key(found.serial))).hexdigest() != found.pdf_sha256:
            faults.append(f"the document of {found.serial} in {code} is another one")
    for code, seat in seats.items():
        faults += faults_of_seat(seat, {number for of, number in learner.answered if of == code})
    return faults


def faults_of_seat(seat: Enrolment, answered: set[int]) -> list[str]:
    """Compare the answers that were acknowledged with those in the attempt, and those with the statements."""
    kept = [
        int(element.split(".")[2])
        for attempt in db.session.scalars(sa.select(Attempt).where(Attempt.enrolment_id == seat.id))
        for element in attempt.data
        if element.endswith(".student_response")
    ]
    told = [
        json_text.decode(bytes(payload))["verb"]["id"].rpartition("/")[2]  # type: ignore[index, call-overload]
        for payload in db.session.scalars(
            sa.select(Statement.payload).where(Statement.registration == seat.registration)
        )
    ]
    faults = [f"answer {number} of {seat.registration} is lost" for number in answered - set(kept)]
    if told.count("responded") != len(kept):
        faults.append(f"{seat.registration} has {len(kept)} answers, told {told.count('responded')} times")
    return faults


def certificates_twice() -> list[object]:
    """Return registrations with more than one certificate."""
    query = sa.select(Certificate.registration).group_by(Certificate.registration)
    return list(db.session.scalars(query.having(sa.func.count() > 1)))
