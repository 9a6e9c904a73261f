"""Other people's things stay theirs: routes that lead to one, asked by those whom it does not concern."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from academy.accounts.models import Person
from academy.accounts.personal_data import requests
from academy.certificates import document
from academy.courses.models import Course, Launch, Upload
from academy.courses.runtime import launching
from academy.db import db
from tests.factories import accounts, certificates, courses

SignIn = Callable[[Person], FlaskClient]
SECRETS = ("Zebrowska", "zebra@example.org", "Zebra course", "zebra.zip")
ORIGIN = {"Origin": "http://localhost"}


@dataclass
class Theirs:
    """What belongs to a person of Georgia and to a trainer, and nobody else."""

    person: Person
    trainer: Person
    course: Course
    launch: Launch
    serial: str
    values: dict[str, str]


@pytest.fixture
def theirs(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Theirs:
    monkeypatch.setattr(document, "render", lambda facts: b"%PDF-1.7")
    trainer = accounts.person(state="GE", roles=["trainer"])
    person = accounts.person(state="GE", name_latin="Eka Zebrowska", email="zebra@example.org")
    waiting = accounts.person(state="GE", confirmed=False, name_latin="Nino Zebrowska")
    made = courses.published_course_with_sco(
        title={"en": "Zebra course", "ru": "Zebra course"}, author=trainer, status="archived"
    )
    section = courses.section(made.course)
    seat = courses.enrolment(made.course, person=person)
    launch = launching.open_launch(seat, activity=made.leaf)
    upload = Upload(course_id=made.course.id, person_id=trainer.id, file_name="zebra.zip", size=4)
    upload.language, upload.received = "en", 0
    db.session.add(upload)
    serial = certificates.certificate(person=person).serial
    db.session.flush()
    values = {
        "code": made.course.code,
        "activity": str(made.leaf.public_id),
        "section": str(section.public_id),
        "upload": str(upload.public_id),
        "launch": str(launch.public_id),
        "public_id": str(waiting.public_id),
        "serial": serial,
        "direction": "up",
        "request_id": str(requests.ask(person, "copy").public_id),
    }
    return Theirs(person, trainer, made.course, launch, serial, values)


OTHERS: dict[str, Callable[[], Person]] = {
    "learner": lambda: accounts.person(),
    "trainer": lambda: accounts.person(roles=["trainer"]),
    "editor": lambda: accounts.person(roles=["editor"]),
    "observer": lambda: accounts.person(roles=["observer"]),
    "coordinator of another state": lambda: accounts.coordinator("MD"),
    "coordinator of an office elsewhere": lambda: accounts.coordinator(organisation=accounts.organisation()),
}


def calls(app: Flask, theirs: Theirs) -> Iterator[tuple[str, str]]:
    """Yield method and address of every route that names something of theirs."""
    for rule in app.url_map.iter_rules():
        if (
            rule.arguments
            and rule.arguments <= theirs.values.keys()
            and not rule.endpoint.startswith("content.")
        ):
            if (
                rule.endpoint == "certificates.verify"
            ):  # public: it says whose a number is by its letters only
                continue
            values = {name: theirs.values[name] for name in rule.arguments}
            address = app.url_map.bind("localhost").build(rule.endpoint, values)
            yield from ((method, address) for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}))


def state_of_things() -> list[Any]:
    """Return everything that such a call could change."""
    db.session.expire_all()
    tables = ("course", "section", "activity", "upload", "launch", "enrolment", "person", "certificate")
    return [db.session.execute(sa.text(f"SELECT * FROM {name} ORDER BY 1")).all() for name in tables]  # noqa: S608


@pytest.mark.parametrize("who", OTHERS)
def test_others_neither_see_nor_change_it(app: Flask, theirs: Theirs, sign_in: SignIn, who: str) -> None:
    other = OTHERS[who]()
    client = sign_in(other)
    before = state_of_things()
    asked = list(calls(app, theirs))
    opened = []
    for method, address in asked:
        answer = client.open(address, method=method, headers=ORIGIN, data={"title_en": "x"}, lint=False)
        if answer.status_code not in {403, 404}:
            opened.append((method, address, answer.status_code))
        if any(word in answer.get_data(as_text=True) for word in SECRETS):
            opened.append((method, address, "tells"))

    assert len(asked) > 25
    assert opened == []
    assert state_of_things() == before


@pytest.mark.conformance_on("postgresql")
@pytest.mark.parametrize("who", OTHERS)
def test_lists_and_searches_of_others_do_not_hold_it(theirs: Theirs, sign_in: SignIn, who: str) -> None:
    client = sign_in(OTHERS[who]())
    pages = [
        *("/learn", "/teach", "/courses", "/courses?q=zebra", "/", "/profile", "/verify"),
        *("/people", "/people?q=zebr", "/people?tab=waiting", "/people?tab=waiting&q=zebr"),
        *(f"/reports/completion{ending}?q=zebr" for ending in ("", ".csv")),
        *(
            "/reports/completion",
            "/reports/completion.csv",
            f"/reports/completion?course={theirs.course.code}",
        ),
        *("/admin/people", "/library/dialogue?q=zebra", "/library/observatory?q=zebra"),
    ]
    telling = [
        (page, word)
        for page in pages
        for word in SECRETS
        if word in client.get(page, lint=False, follow_redirects=True).get_data(as_text=True)
    ]

    assert telling == []


def test_those_whom_it_concerns_do_see_it(theirs: Theirs, sign_in: SignIn) -> None:
    learner, trainer = sign_in(theirs.person), sign_in(theirs.trainer)
    coordinator = sign_in(accounts.coordinator("GE"))

    assert learner.get(f"/certificates/{theirs.serial}.pdf").status_code == 200
    assert learner.get(f"/play/{theirs.launch.public_id}").status_code == 200
    assert "Zebra course" in learner.get(f"/courses/{theirs.course.code}").text
    assert "Zebra course" in trainer.get("/teach").text
    assert (
        "zebra.zip"
        in trainer.get(f"/teach/courses/{theirs.course.code}/uploads/{theirs.values['upload']}").text
    )
    assert coordinator.get(f"/certificates/{theirs.serial}.pdf").status_code == 200
    assert "Eka Zebrowska" in coordinator.get("/people").text
    assert "Eka Zebrowska" in coordinator.get("/reports/completion").text
    assert "Nino Zebrowska" in coordinator.get("/people?tab=waiting").text
