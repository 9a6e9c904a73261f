"""Every page that lists something asks the database as often for 500 rows as for 10."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from uuid import uuid4

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from academy import clock
from academy.accounts.models import Organisation, Person, Pseudonym, Role
from academy.certificates.models import Certificate
from academy.courses.models import Activity, Course, Enrolment, Section
from academy.db import db
from academy.jobs import Job
from academy.library.models import Resource
from academy.progress.models import ActivityProgress, CourseProgress
from tests.factories import accounts, certificates, courses, library

FEW, MANY = 10, 500
Counting = Callable[[], AbstractContextManager[list[str]]]


@pytest.mark.conformance_on("postgresql")
def test_every_page_asks_as_often_for_many_rows_as_for_few(
    app: Flask, sign_in: Callable[[Person], FlaskClient], queries: Counting
) -> None:
    person = accounts.person(roles=[Role.ADMINISTRATOR, Role.TRAINER], state="MD")
    sample = Sample(person)
    sample.grow(FEW)
    browser = sign_in(person)
    few = counts(app, browser, sample, queries)
    sample.grow(MANY - FEW)
    db.session.commit()
    many = counts(app, browser, sample, queries)

    assert {
        "/learn",
        "/courses",
        "/people",
        "/reports/completion",
        "/library/dialogue",
        "/teach",
    } <= few.keys()
    assert {page: (few[page], many.get(page)) for page in few if few[page] != many.get(page)} == {}


def counts(app: Flask, browser: FlaskClient, sample: "Sample", queries: Counting) -> dict[str, int]:
    """Return how many statements each page of the url map takes that can be asked for."""
    found = {}
    for address in sorted(set(addresses(app, sample))):
        browser.get(address, lint=False)  # what a process remembers, it remembers now
        db.session.expire_all()
        with queries() as asked:
            answer = browser.get(address, lint=False)
        if answer.status_code == 200:
            found[address] = len(asked)
    return found


def addresses(app: Flask, sample: "Sample") -> Iterator[str]:
    for rule in app.url_map.iter_rules():
        page = not rule.endpoint.startswith(("content.", "xapi.")) and "static" not in rule.endpoint
        if page and "GET" in (rule.methods or ()) and rule.arguments <= sample.values.keys():
            known = {name: sample.values[name] for name in rule.arguments}
            yield app.url_map.bind("localhost").build(rule.endpoint, known)


class Sample:
    """Rows of every kind that pages list, made in bulk."""

    def __init__(self, person: Person) -> None:
        self.person, self.done = person.id, 0
        made = courses.published_course_with_sco(author=person)
        self.course, self.parent = made.course.id, made.leaf.parent_id
        self.registration = courses.enrolment(made.course, person=person).registration
        self.facts = certificates.certificate(person=person).facts
        self.document = library.resource(collection="dialogue").reference
        self.values = {
            "code": made.course.code,
            "collection": "dialogue",
            "state_code": "MD",
        }

    def grow(self, count: int) -> None:
        """Add as many courses, seats, people, parts, documents, jobs and certificates."""
        numbers = range(self.done, self.done + count)
        self.done += count
        self._courses(numbers)
        self._people(numbers)
        self._things(numbers)
        db.session.commit()

    def _courses(self, numbers: range) -> None:
        mine = self.person
        _insert(
            Course,
            [
                {
                    "code": f"MANY-{n}",
                    "title": {"en": f"Many {n}"},
                    "summary": {},
                    "status": "published",
                    "author_id": mine,
                }
                for n in numbers
            ],
        )
        made = db.session.scalars(
            sa.select(Course.id).where(Course.code.in_([f"MANY-{n}" for n in numbers]))
        ).all()
        seats = [{"registration": uuid4(), "course_id": course, "person_id": mine} for course in made]
        _insert(Enrolment, seats)
        _insert(CourseProgress, [_progress(seat) for seat in seats])
        _insert(Certificate, [self._certificate(seat, n) for seat, n in zip(seats, numbers, strict=True)])
        _insert(
            Section,
            [{"course_id": self.course, "position": n, "title": {"en": f"Section {n}"}} for n in numbers],
        )
        _insert(
            Activity,
            [
                {"course_id": self.course, "parent_id": self.parent, "kind": "sco", "identifier": f"many-{n}",
                 "position": n, "title": {"en": f"Part {n}"}, "launchable": True}
                for n in numbers
            ],
        )  # fmt: skip
        _insert(
            ActivityProgress,
            [
                {"registration": self.registration, "activity": uuid4(), "started": clock.now()}
                for _ in numbers
            ],
        )

    def _people(self, numbers: range) -> None:
        addresses = [f"many{n}@example.org" for n in numbers]
        _insert(
            Person,
            [
                {"email": address, "name_latin": f"Many {address}", "folded": address, "sort_latin": address,
                 "sort_cyrillic": address, "email_confirmed": clock.now(), "state_code": "MD",
                 "state_confirmed": None if place % 2 else clock.now()}
                for place, address in enumerate(addresses)
            ],
        )  # fmt: skip
        made = db.session.scalars(sa.select(Person.id).where(Person.email.in_(addresses))).all()
        _insert(Pseudonym, [{"person_id": person} for person in made])
        seats = [{"registration": uuid4(), "course_id": self.course, "person_id": one} for one in made]
        _insert(Enrolment, seats)
        _insert(CourseProgress, [_progress(seat) for seat in seats])

    def _things(self, numbers: range) -> None:
        _insert(
            Organisation,
            [{"name": {"en": f"Office {n}"}, "state_code": "MD", "path": f"/9{n}/"} for n in numbers],
        )
        _copy(Resource, Resource.reference == self.document, [{"reference": f"many-{n}"} for n in numbers])
        _insert(Job, [{"kind": "mail.send", "payload": {}, "state": "failed"} for _ in numbers])

    def _certificate(self, seat: dict[str, object], number: int) -> dict[str, object]:
        return {**seat, "serial": f"PPTA-MANY-{number}", "facts": self.facts, "pdf_sha256": "0" * 64}


def _insert(model: type, rows: list[dict[str, object]]) -> None:
    db.session.execute(sa.insert(model), rows)


def _progress(seat: dict[str, object]) -> dict[str, object]:
    return {"registration": seat["registration"], "course_id": seat["course_id"], "started": clock.now()}


def _copy(model: type, which: sa.ColumnElement[bool], changes: list[dict[str, object]]) -> None:
    columns = [column for column in model.__table__.columns if column.name not in {"id", "public_id"}]  # type: ignore[attr-defined]
    row = db.session.execute(sa.select(*columns).where(which)).mappings().one()
    _insert(model, [{**row, **change} for change in changes])
