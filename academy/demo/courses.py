"""The courses and library entries of the demonstration; two courses hold packages of our own."""

import tempfile
from pathlib import Path
from typing import Any

from academy.accounts.models import Person
from academy.courses import services as courses
from academy.courses.models import Course
from academy.courses.packages import importing
from academy.db import db
from academy.demo import data, zipping
from academy.library import services as library

FACTS = ("modules", "target_groups", "tags", "pass_mark_percent", "certificate", "languages")


def load(author: Person) -> dict[str, Course]:
    """Make the eight courses; those with packages in zipping.AVAILABLE can be played."""
    playable = {code for code, _language in zipping.AVAILABLE}
    entries = sorted(data.catalogue()["courses"], key=lambda facts: facts["code"] in playable)  # newest last
    made = {facts["code"]: _course(facts, author) for facts in entries}
    for code, language in zipping.AVAILABLE:
        _import(made[code], language, author)
    for course in made.values():
        if course.code in playable:
            courses.publish(course)
        else:
            course.status = "published"  # an entry of the catalogue without contents
    return made


def load_library() -> None:
    """Add the documents of the dialogue and the outputs of the observatory."""
    catalogue = data.catalogue()
    for entry in catalogue["dialogue_documents"] + catalogue["observatory_outputs"]:
        library.publish(
            entry["reference"],
            collection=entry["strand"],
            kind=entry["type"],
            title=entry["title"],
            summary=entry["summary"],
            year=entry["year"],
            themes=entry["themes"],
            states=entry["states"],
            audience=entry["access"],
            languages=entry["languages"],
            pages=entry["pages"],
            source_url=entry["source_url"],
            demo=True,
        )


def _course(facts: dict[str, Any], author: Person) -> Course:
    course = courses.create(
        facts["code"],
        title=facts["title"],
        author=author,
        summary=facts["summary"],
        theme=facts["theme"],
        level=facts["level"],
        hours=facts["hours"],
        facts={name: facts[name] for name in FACTS},
        demo=True,
    )
    courses.index_course(course)
    return course


def _import(course: Course, language: str, author: Person) -> None:
    activity = next((one for one in course.activities if one.parent_id is None), None)
    where = importing.Destination(course.id, language, activity.id if activity else None, author.id)
    name = f"{course.code.lower()}-{language}.zip"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(zipping.build(course.code, language))
        importing.import_package(path, filename=name, destination=where)
    db.session.expire(course)
