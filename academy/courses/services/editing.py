"""Making courses and changing what they are made of; every act is on record."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal, TypeVar

from flask_babel import lazy_gettext as _l

from academy import audit, search
from academy.accounts.models import Person
from academy.courses import queries, records
from academy.courses.models import Activity, Course, Section
from academy.db import db, lock
from academy.errors import Conflict, Invalid

CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{1,39}")
RESERVED = frozenset({"new"})
WEIGHTS = {"code": 4, "title": 4, "modules": 2, "summary": 1}

Facts = dict[str, object]
Direction = Literal["up", "down"]
Part = TypeVar("Part", Section, Activity)


class CodeTaken(Conflict):
    """Two courses cannot have one code."""

    message = _l("Another course has this code already.")


class CodeUnusable(Invalid):
    """A code stands in addresses and on certificates."""

    message = _l("A code has 2 to 40 Latin letters, digits and hyphens, and begins with a letter or digit.")


def create(code: str, *, title: Mapping[str, str], author: Person | None, **values: Any) -> Course:
    """Make a draft course; `values` are further columns. Raises CodeUnusable, CodeTaken."""
    if not CODE.fullmatch(code) or code.lower() in RESERVED:
        raise CodeUnusable
    if queries.is_code_taken(code):
        raise CodeTaken
    course = Course(code=code, title=dict(title), author=author, **values)
    db.session.add(course)
    db.session.flush()
    index_course(course)
    audit.record("courses.create", target=records.course(course), after={"code": code, "title": course.title})
    return course


def change_texts(course: Course, **values: Any) -> None:
    """Set columns that describe the course: title, summary, theme, level, hours."""
    lock(course)
    before = {name: getattr(course, name) for name in values}
    for name, value in values.items():
        setattr(course, name, value)
    db.session.flush()
    index_course(course)
    audit.record("courses.change", target=records.course(course), before=before, after=values)


def index_course(course: Course) -> None:
    """Put the course into the search index, in all its languages."""
    texts = {course.code: WEIGHTS["code"]}
    for module in course.facts.get("modules", ()):
        texts |= dict.fromkeys(module.values(), WEIGHTS["modules"])
    texts |= dict.fromkeys(course.summary.values(), WEIGHTS["summary"])
    texts |= dict.fromkeys(course.title.values(), WEIGHTS["title"])
    search.index("courses", course.public_id, texts)


def add_section(course: Course, *, title: Mapping[str, str], place: int | None = None) -> Section:
    """Add a section at the end of the course, or before the one that has a place (from 1)."""
    lock(course)
    order = sorted(course.sections, key=lambda one: (one.position, one.id))
    section = Section(course=course, title=dict(title))
    order.insert(len(order) if place is None else max(place - 1, 0), section)
    for position, one in enumerate(order, start=1):
        one.position = position
    db.session.add(section)
    db.session.flush()
    _note("courses.section.add", section, after={"title": section.title})
    return section


def rename_section(section: Section, *, title: Mapping[str, str]) -> None:
    """Give a section another title."""
    before, section.title = section.title, dict(title)
    db.session.flush()
    _note("courses.section.rename", section, before={"title": before}, after={"title": section.title})


def move_section(section: Section, *, direction: Direction) -> None:
    """Move a section one place up or down; at the end of the list nothing changes."""
    lock(section.course)
    before = _move(section.course.sections, section, direction)
    _note("courses.section.move", section, before=before, after=_place(section))


def remove_section(section: Section) -> None:
    """Remove a section; its activities stay in the course, without one."""
    _note("courses.section.remove", section, before={"title": section.title})
    for activity in section.course.activities:
        if activity.section_id == section.id:
            activity.section_id = None
    db.session.flush()
    db.session.delete(section)
    db.session.flush()


def change_activity(activity: Activity, *, title: Mapping[str, str], section: Section | None) -> None:
    """Give an activity its titles and its section."""
    titles = {one.id: one.title for one in activity.course.sections}
    before: Facts = {"title": activity.title, "section": titles.get(activity.section_id or 0)}
    activity.title = dict(title)
    activity.section_id = section.id if section else None
    db.session.flush()
    after: Facts = {"title": activity.title, "section": section.title if section else None}
    _note("courses.activity.change", activity, before=before, after=after)


def move_activity(activity: Activity, *, direction: Direction) -> None:
    """Move an activity one place up or down within its section."""
    lock(activity.course)
    beside = [one for one in queries.content_of(activity.course) if one.section_id == activity.section_id]
    before = _move(beside, activity, direction)
    _note("courses.activity.move", activity, before=before, after=_place(activity))


def remove_activity(activity: Activity) -> None:
    """Take an activity out of the course; learners keep it until the next release, results stay for ever."""
    activity.removed = True
    db.session.flush()
    _note("courses.activity.remove", activity, before={"activity": str(activity.public_id)})


def put_activity_back(activity: Activity) -> None:
    """Put an activity that was removed back where it was."""
    activity.removed = False
    db.session.flush()
    _note("courses.activity.return", activity, after={"activity": str(activity.public_id)})


def _move(parts: Sequence[Part], part: Part, direction: Direction) -> Facts:
    """Move a part among its siblings; return the place that it had."""
    order = sorted(parts, key=lambda one: (one.position, one.id))
    here = order.index(part)
    there = min(max(here + (-1 if direction == "up" else 1), 0), len(order) - 1)
    order[here], order[there] = order[there], order[here]
    for position, one in enumerate(order, start=1):
        one.position = position
    db.session.flush()
    return {"place": here + 1}


def _place(part: Section | Activity) -> Facts:
    return {"place": part.position}


def _note(
    act: str, part: Section | Activity, *, before: Facts | None = None, after: Facts | None = None
) -> None:
    audit.record(act, target=records.course(part.course, part=part.title), before=before, after=after)
