"""What the rows of a report name by keys: states, organisations, courses."""

from dataclasses import dataclass

import sqlalchemy as sa

from academy.accounts.models import Organisation, State
from academy.courses.models import Course
from academy.db import db
from academy.locale import translated


@dataclass(frozen=True)
class Names:
    """What states (with their mark), organisations and courses are called in one language, by key."""

    states: dict[str | None, str]
    footnoted: frozenset[str]
    organisations: dict[int | None, str]
    courses: dict[int, tuple[str, str]]  # code and title


def all_names(language: str) -> Names:
    """Read each name once; a participation carries keys, for names of three tables weigh more than it."""
    states = db.session.execute(sa.select(State.code, State.name, State.footnote)).all()
    organisations = db.session.execute(sa.select(Organisation.id, Organisation.name))
    courses = db.session.execute(sa.select(Course.id, Course.code, Course.title))
    return Names(
        {code: translated(name, language) + ("*" if marked else "") for code, name, marked in states},
        frozenset(code for code, _name, marked in states if marked),
        {key: translated(name, language) for key, name in organisations},
        {key: (code, translated(title, language)) for key, code, title in courses},
    )
