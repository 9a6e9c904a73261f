"""The demonstration: the same seed gives the same people, through the same doors as everybody's data."""

from random import Random

import pytest
import sqlalchemy as sa
from flask import Flask

from academy.accounts.models import Person, Pseudonym
from academy.courses.models import Course, Enrolment
from academy.db import db, iri_base
from academy.demo import loading, people, zipping
from academy.errors import Conflict, NotAllowed
from academy.library.models import Resource
from academy.progress import rebuilding
from academy.progress.models import CourseProgress
from academy.xapi import profile, queries
from tests.xapi import templates


def count(model: type) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(model)) or 0


def test_loading_makes_catalogue_people_and_histories_that_a_rebuild_reproduces(app: Flask) -> None:
    loading.load(learners=25)
    db.session.commit()

    assert (count(Course), count(Resource), count(Person)) == (8, 24, 29)
    assert all(course.demo for course in db.session.scalars(sa.select(Course)))
    states = set(db.session.scalars(sa.select(CourseProgress.completion)))
    assert {"completed", "incomplete"} <= states
    assert count(Enrolment) >= 25
    assert rebuilding.rebuild(verify=True).differences == []
    document = profile.document(iri_base())
    rows = queries.all_rows(db.session.connection())
    assert [faults for row in rows if (faults := templates.faults(row.statement, document))] == []


def test_statements_hold_pseudonyms_and_no_names(app: Flask) -> None:
    loading.load(learners=3)
    payloads = " ".join(map(str, db.session.scalars(sa.text("SELECT payload FROM xapi_statement"))))
    pseudonyms = [str(name) for name in db.session.scalars(sa.select(Pseudonym.name))]

    assert any(name in payloads for name in pseudonyms)
    for person in db.session.scalars(sa.select(Person)):
        assert person.name_latin not in payloads
        assert person.email not in payloads


def test_the_same_seed_gives_the_same_people(app: Flask) -> None:
    units = people.organisations()

    def names(seed: int) -> list[str]:
        with db.session.begin_nested() as attempt:
            made = [one.name_latin for one in people.learners(5, random=Random(seed), units=units)]
            attempt.rollback()
        return made

    assert names(7) == names(7)
    assert names(7) != names(8)


def test_loading_twice_is_refused(app: Flask) -> None:
    loading.load(learners=0)

    with pytest.raises(Conflict):
        loading.load(learners=0)


@pytest.mark.parametrize("address", ["https://academy.example.org", "http://192.0.2.1:5000"])
def test_demo_accounts_are_refused_on_a_public_host(
    app: Flask, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setitem(app.config, "BASE_URL", address)
    with pytest.raises(NotAllowed):
        loading.load(learners=0)

    monkeypatch.setitem(app.config, "ALLOW_DEMO", True)
    loading.load(learners=0)
    assert count(Person) == len(people.ACCOUNTS)


def test_two_courses_can_be_played_in_two_languages(app: Flask) -> None:
    assert len({code for code, _language in zipping.AVAILABLE}) >= 2
    assert {language for _code, language in zipping.AVAILABLE} == {"en", "ru"}
