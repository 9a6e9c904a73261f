"""Fill an empty instance for the bench: 12 courses of 9 parts in two languages, and people with histories.

Everybody is in 8 of the courses and has the password of the demonstration. The projection's rows are folded
from the same events that statements would give; statements themselves are stored for the demo learner and for
one person in fifty, since pages do not read them.
"""

import io
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from uuid import UUID, uuid4

import sqlalchemy as sa
from flask import current_app

from academy import clock
from academy.accounts import services as accounts
from academy.accounts.models import Person
from academy.app import create_app
from academy.certificates import numbering
from academy.certificates.facts import Facts
from academy.certificates.models import Certificate, SerialCounter
from academy.courses import services as courses
from academy.courses.models import Course, Enrolment
from academy.courses.packages import importing
from academy.db import db, new_public_id
from academy.demo import data, histories, loading, people
from academy.demo.courses import FACTS
from academy.demo.histories import Content, Visit
from academy.operation import upgrade
from academy.progress import completion, rows
from academy.progress.completion import Rule, Standing
from academy.progress.projection import Event
from academy.progress.rows import Seat

COURSES, PARTS, TAKEN = 12, 9, 8
WITH_STATEMENTS = 50  # one person in so many

MANIFEST = """<?xml version="1.0"?>
<manifest identifier="bench" version="1" xmlns="http://www.imsproject.org/xsd/imscp_rootv1p1p2"
 xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_rootv1p2">
<metadata><schema>ADL SCORM</schema><schemaversion>1.2</schemaversion></metadata>
<organizations default="o"><organization identifier="o"><title>{title}</title>{items}
</organization></organizations>
<resources>{resources}</resources>
</manifest>"""
ITEM = '<item identifier="i{n}" identifierref="r{n}"><title>{title}</title>{mastery}</item>'
RESOURCE = (
    '<resource identifier="r{n}" type="webcontent" adlcp:scormtype="sco" href="p{n}.html">'
    '<file href="p{n}.html"/></resource>'
)
PART = {"en": "Part {n}: working together", "ru": "Часть {n}: взаимодействие"}
TEST = "<adlcp:masteryscore>70</adlcp:masteryscore>"


@dataclass(frozen=True)
class Taken:
    """A seat with what was done in it."""

    seat: Seat
    enrolled: datetime
    standing: Standing


def main(learners: int, seed: int = 2026) -> None:
    """Load everything into the instance of the environment."""
    with create_app().app_context():
        upgrade()
        random = Random(seed)
        accounts.load_states()
        units = people.organisations()
        staff = people.accounts(units)
        contents = [_content(number, staff["trainer@academy.example"]) for number in range(1, COURSES + 1)]
        contents.reverse()  # the newest first, as the catalogue shows them
        db.session.commit()
        rules = rows.rules(db.session.connection(), [content.course.id for content in contents])
        everybody = [staff["learner@academy.example"]]
        everybody += people.learners(learners - 1, random=random, units=units)
        same = everybody[0].password_hash
        for person in everybody:
            person.password_hash = same
        taken: list[Taken] = []
        for place, person in enumerate(everybody):
            chosen = contents[:TAKEN] if place == 0 else random.sample(contents, TAKEN)
            for content in chosen:
                visits = histories.plan(content, random=random, now=clock.now())
                if place % WITH_STATEMENTS == 0:
                    seat = courses.enrol(content.course, person=person)
                    seat.enrolled = histories.enrolled_before(visits, random=random)
                    histories.replay(seat, content, visits)
                else:
                    taken.append(_folded(person, content, visits, rules[content.course.id], random))
        _save(taken)
        _certify()
        db.session.commit()
        (Path(str(current_app.config["INSTANCE_PATH"])) / "demo-loaded").touch()


def _content(number: int, author: Person) -> Content:
    entries = data.catalogue()["courses"]
    facts = entries[number % len(entries)]
    course = courses.create(
        f"BENCH-{number:02d}",
        title={language: f"{text} ({number})" for language, text in facts["title"].items()},
        author=author,
        summary=facts["summary"],
        theme=facts["theme"],
        level=facts["level"],
        hours=facts["hours"],
        facts={name: facts[name] for name in FACTS},
        demo=True,
    )
    activity = None
    db.session.flush()
    for language in ("en", "ru"):
        where = importing.Destination(course.id, language, activity, author.id)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / f"{language}.zip"
            path.write_bytes(_package(facts["title"][language], language))
            importing.import_package(path, filename=path.name, destination=where)
        db.session.expire(course)
        activity = next(one.id for one in course.activities if one.parent_id is None)
    courses.publish(course)
    return loading._content(course)  # noqa: SLF001 -- the same courses, read the same way


def _package(title: str, language: str) -> bytes:
    numbers = range(1, PARTS + 1)
    items = [
        ITEM.format(n=n, title=PART[language].format(n=n), mastery=TEST if n % 3 == 0 else "")
        for n in numbers
    ]
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        resources = "".join(RESOURCE.format(n=n) for n in numbers)
        archive.writestr(
            "imsmanifest.xml", MANIFEST.format(title=title, items="".join(items), resources=resources)
        )
        for n in numbers:
            archive.writestr(f"p{n}.html", f"<!doctype html><title>{title} {n}</title>")
    return file.getvalue()


def _folded(
    person: Person, content: Content, visits: list[Visit], rules: list[Rule], random: Random
) -> Taken:
    seat = Seat(new_public_id(), content.course.id, person.id)
    events = [event for visit in visits for event in _events(seat.registration, content, visit)]
    standing = completion.advance(Standing(), events, rules)
    return Taken(seat, histories.enrolled_before(visits, random=random), standing)


def _events(registration: UUID, content: Content, visit: Visit) -> Iterator[Event]:
    """Yield what the statements of a visit tell: its beginning, its result, its end."""
    leaf, seq, result = content.leaves[visit.leaf].public_id, clock.microseconds(clock.now()), visit.result
    end = visit.at + timedelta(minutes=visit.minutes)
    score = None if result.score is None else result.score / 100
    done = True if result.completion == "completed" else None
    success = None if result.success == "unknown" else result.success == "passed"
    yield Event(seq, registration, leaf, "initialized", visit.at)
    if done or success is not None:
        verb = result.success if success is not None else "completed"
        yield Event(seq, registration, leaf, verb, end, done, success, score, result.score)
    yield Event(seq, registration, leaf, "terminated", end, duration_ms=visit.minutes * 60_000)


def _save(taken: list[Taken]) -> None:
    connection = db.session.connection()
    connection.execute(
        sa.insert(Enrolment),
        [
            {
                "registration": one.seat.registration,
                "course_id": one.seat.course_id,
                "person_id": one.seat.person_id,
                "enrolled": one.enrolled,
            }
            for one in taken
        ],
    )
    seats = {one.seat.registration: one.seat for one in taken}
    standings = {one.seat.registration: one.standing for one in taken if one.standing.leaves}
    rows.save(connection, {}, standings, seats)


def _certify() -> None:
    """Give every completed seat its certificate; the documents themselves are not made."""
    completed = db.session.execute(
        sa.select(Enrolment, Course, Person, rows.course_table.c.completed, rows.course_table.c.score_scaled)
        .join(Course, Course.id == Enrolment.course_id)
        .join(Person, Person.id == Enrolment.person_id)
        .join(rows.course_table, rows.course_table.c.registration == Enrolment.registration)
        .where(rows.course_table.c.completed.is_not(None))
    ).all()
    year, made = clock.now().year, []
    for number, (seat, course, person, moment, score) in enumerate(completed, 1):
        facts = Facts(
            serial=numbering.written(year, number),
            language=person.language,
            name_latin=person.name_latin,
            name_cyrillic=person.name_cyrillic,
            course_code=course.code,
            course_title=course.title,
            course_version=1,
            hours=course.hours,
            completed=clock.rfc3339(moment),
            issued=clock.rfc3339(moment),
            score_scaled=score,
            demo=True,
        )
        made.append(
            {
                "serial": facts.serial,
                "registration": seat.registration,
                "person_id": person.id,
                "course_id": course.id,
                "facts": facts.as_json(),
                "pdf_sha256": uuid4().hex * 2,
                "issued": moment,
            }
        )
    db.session.connection().execute(sa.insert(Certificate), made)
    db.session.add(SerialCounter(year=year, last=len(made)))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 2000)
