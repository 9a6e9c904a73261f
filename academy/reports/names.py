"""What the rows of a report name by keys: states, organisations, courses."""

from dataclasses import dataclass

import sqlalchemy as sa

from academy.accounts.models import Organisation, State
from academy.courses.models import Course
from academy.db import db


@dataclass(frozen=True)
class Names:
    """What states (with their mark), organisations and courses are called, by the keys of a row."""

    states: dict[object, tuple[dict[str, str], bool]]
    organisations: dict[object, dict[str, str]]
    courses: dict[object, dict[str, str]]


def all_names() -> Names:
    """Read each name once; a participation carries keys, for names of three tables weigh more than it."""
    states = db.session.execute(sa.select(State.code, State.name, State.footnote))
    organisations = db.session.execute(sa.select(Organisation.id, Organisation.name))
    courses = db.session.execute(sa.select(Course.code, Course.title))
    return Names(
        {code: (name, footnote) for code, name, footnote in states},
        {key: name for key, name in organisations},  # noqa: C416 -- rows are not pairs for mypy
        {code: title for code, title in courses},  # noqa: C416
    )
