"""What a course consists of, read by columns for the pages of one course: its release, parts and packages."""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, lru_cache
from itertools import groupby
from typing import TypeVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from academy.accounts.models import Person
from academy.courses.models import Activity, Course, Enrolment, Package, PackageVersion, Release, Section
from academy.courses.runtime.locks import Held
from academy.db import Texts, db
from academy.errors import NotFound
from academy.locale import language

Thing = TypeVar("Thing")
Title = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Part:
    """A launchable leaf as pages list it, with the section that its activity stands in."""

    public_id: UUID
    title: Title
    kind: str
    section: int | None
    heading: Title | None


@dataclass(frozen=True, slots=True)
class Asked:
    """What a release asks of its learners; `leaves` are public ids, each with whether it must be passed."""

    number: int
    in_force: int
    made: datetime
    leaves: Sequence[tuple[UUID, bool]]

    @property
    def must_pass(self) -> bool:
        """Say whether any part must be passed."""
        return any(must_pass for _leaf, must_pass in self.leaves)


@dataclass(frozen=True, slots=True)
class Variant:
    """The current package of an activity in one language."""

    course_id: int
    block: int
    is_removed: bool
    language: str
    version: UUID
    size: int


@dataclass(frozen=True)
class Contents:
    """A course's latest release, its author, its parts in order, and its current packages."""

    release: Asked | None
    author: str
    parts: Sequence[Part]
    variants: Sequence[Variant]

    @cached_property
    def sizes(self) -> dict[str, int]:
        """Return the bytes of the packages per language."""
        counted: Counter[str] = Counter()
        for one in self.variants:
            if not one.is_removed:
                counted[one.language] += one.size
        return dict(counted)

    @property
    def languages(self) -> list[str]:
        """Return the languages in which the course can be taken; content without a language is none."""
        return sorted(code for code in self.sizes if code)


@dataclass(frozen=True, slots=True)
class Opened:
    """A course as its address names it: with the reader's seat, the latest release and the author's name."""

    course: Course
    seat: Enrolment | None
    release: Asked | None
    author: str


_author = aliased(Person)
_other = aliased(Release)
#: Joins the latest release to a course.
IS_LATEST = sa.and_(
    Release.course_id == Course.id,
    Release.number
    == sa.select(sa.func.max(_other.number)).where(_other.course_id == Course.id).scalar_subquery(),
)
_BY_CODE = (
    sa.select(
        Course,
        Enrolment,
        Release.number,
        Release.in_force,
        Release.made,
        sa.cast(Release.leaves, sa.Text),
        _author.name_latin,
        _author.name_cyrillic,
    )
    .outerjoin(
        Enrolment,
        sa.and_(
            Enrolment.course_id == Course.id,
            Enrolment.person_id == sa.bindparam("person"),
            Enrolment.withdrawn.is_(None),
        ),
    )
    .outerjoin(Release, IS_LATEST)
    .outerjoin(_author, _author.id == Course.author_id)
    .where(Course.code == sa.bindparam("code"))
)
_block = aliased(Activity)
_PARTS = (
    sa.select(
        Activity.public_id,
        sa.cast(Activity.title, Texts),
        Activity.kind,
        Section.id,
        sa.cast(Section.title, Texts),
    )
    .outerjoin(_block, _block.id == Activity.parent_id)
    .outerjoin(Section, Section.id == _block.section_id)
    .where(Activity.course_id == sa.bindparam("course"))
)
_VARIANTS = (
    sa.select(
        Activity.course_id,
        Activity.id,
        Activity.removed,
        Package.language,
        PackageVersion.public_id,
        PackageVersion.size,
    )
    .join(Package, Package.activity_id == Activity.id)
    .join(PackageVersion, PackageVersion.id == Package.current_id)
    .where(Activity.course_id.in_(sa.bindparam("courses", expanding=True)))
    .order_by(Package.id)
)


def opened(code: str, *, by: Person | None) -> Opened:
    """Return a course and what a person is to it, in one query; raises NotFound."""
    row = db.session.execute(_BY_CODE, {"code": code, "person": by.id if by else None}).one_or_none()
    if row is None:
        raise NotFound
    course, seat, number, in_force, made, leaves, latin, cyrillic = row
    release = None if number is None else Asked(number, in_force, made, _leaves(leaves))
    author = (cyrillic if language() == "ru" else None) or latin or ""
    return Opened(course, seat, release, author)


def contents_of(one: Opened) -> Contents:
    """Return what a course consists of, by its latest release, in two queries."""
    rows = db.session.connection().execute(_PARTS, {"course": one.course.id})
    found = {row[0]: Part(*row) for row in rows}
    asked = one.release.leaves if one.release else ()
    parts = [found[leaf] for leaf, _must_pass in asked if leaf in found]
    return Contents(one.release, one.author, parts, variants_of([one.course.id]))


def variants_of(courses: Iterable[int]) -> list[Variant]:
    """Return the current packages of courses, the oldest of each activity first."""
    rows = db.session.connection().execute(_VARIANTS, {"courses": list(courses)})
    return [Variant(*row) for row in rows]


def held_by(variants: Iterable[Variant]) -> dict[int, list[Held]]:
    """Return the packages that say what is locked, by course: one of each activity, whatever its language."""
    found: dict[int, dict[int, Held]] = {}
    for one in variants:
        found.setdefault(one.course_id, {}).setdefault(one.block, Held(one.block, one.version))
    return {course: list(several.values()) for course, several in found.items()}


def by_section(
    things: Iterable[Thing], *, part: Callable[[Thing], Part]
) -> list[tuple[Title | None, list[Thing]]]:
    """Return things of a course in their order, in runs of one section each, with its title or None.

    `part` gives the part behind a thing.
    """
    runs = [list(run) for _, run in groupby(things, key=lambda thing: part(thing).section)]
    return [(part(run[0]).heading, run) for run in runs]


@lru_cache(maxsize=500)
def _leaves(text: str) -> tuple[tuple[UUID, bool], ...]:
    """Read what a release asks; the same text is read once per process."""
    return tuple((UUID(one["activity"]), bool(one.get("must_pass"))) for one in json.loads(text))
