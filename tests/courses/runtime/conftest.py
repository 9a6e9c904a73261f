"""A learner with a seat in a course of SCOs, and what the store holds of it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from academy import clock
from academy.courses.models import Activity, Attempt, Enrolment, Launch, PackageVersion
from academy.courses.runtime import launching, scorm_commits
from academy.courses.runtime.scorm_commits import Answer, Commit
from academy.db import db
from academy.xapi import json_text
from academy.xapi.models import Statement
from tests.factories import accounts, courses


@dataclass
class Seat:
    """A seat in a course with one package; commits number themselves."""

    enrolment: Enrolment
    group: Activity
    leaves: list[Activity]
    version: PackageVersion
    _numbers: dict[int, int] = field(default_factory=dict)

    def open(self, leaf: int = 0, **options: Any) -> Launch:
        """Open a part."""
        return launching.open_launch(self.enrolment, activity=self.leaves[leaf], **options)

    def commit(self, launch: Launch, **fields: Any) -> Answer:
        """Take in a commit; elements stand without `cmi.`, with two underlines for each dot."""
        names = ("seq", "session", "end", "close")
        number = self._numbers[launch.id] = self._numbers.get(launch.id, 0) + 1
        values: dict[str, Any] = {"seq": number, "session": 1, "end": "", "close": False}
        data = {f"cmi.{name.replace('__', '.')}": text for name, text in fields.items() if name not in names}
        values |= {name: fields[name] for name in names if name in fields}
        return scorm_commits.accept(scorm_commits.launch_of(launch.public_id), Commit(**values, data=data))

    def told(self) -> list[tuple[str, Any]]:
        """Return verb and result of the statements of the registration, in their order."""
        query = sa.select(Statement.payload).where(Statement.registration == self.enrolment.registration)
        documents: list[Any] = [
            json_text.decode(bytes(payload)) for payload in db.session.scalars(query.order_by(Statement.seq))
        ]
        return [(one["verb"]["id"].rpartition("/")[2], one.get("result")) for one in documents]

    def verbs(self) -> list[str]:
        """Return the verbs of the statements."""
        return [verb for verb, _ in self.told()]

    def attempts(self) -> list[Attempt]:
        """Return the attempts of the seat, in the order of their beginning."""
        query = sa.select(Attempt).where(Attempt.enrolment_id == self.enrolment.id).order_by(Attempt.id)
        return list(db.session.scalars(query))


@pytest.fixture
def seat(app: Flask) -> Callable[..., Seat]:
    """Return a maker of seats: `mastery`, `scos`, `kind`; another person learns in the same course."""

    def made(*, mastery: str | None = None, scos: int = 1, kind: str = "sco") -> Seat:
        course = courses.course()
        group = courses.activity(course)
        leaves = [courses.leaf(group, kind=kind) for _ in range(scos)]
        version = courses.package_version(group, mastery=mastery)
        courses.release(course, leaves)
        noise = Seat(courses.enrolment(course), group, leaves, version)
        noise.commit(noise.open(), core__lesson_status="incomplete", core__lesson_location="noise")
        return Seat(courses.enrolment(course, person=accounts.person()), group, leaves, version)

    return made


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Return a function that sets the clock to some minutes after the start of the test."""
    start = clock.now()

    def move(minutes: float) -> None:
        moment = start + timedelta(minutes=minutes)
        monkeypatch.setattr(clock, "now", lambda: moment)

    return move
