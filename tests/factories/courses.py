"""Courses, activities, packages, releases and enrolments for tests; everything is added and flushed."""

from dataclasses import dataclass
from itertools import count
from typing import Any

from academy import clock
from academy.accounts.models import Person
from academy.courses.models import (
    Activity,
    Course,
    Enrolment,
    Package,
    PackageFile,
    PackageVersion,
    Release,
    Section,
)
from academy.db import db
from tests.factories import accounts

_numbers = count(1)


def _added(made: Any) -> Any:
    db.session.add(made)
    db.session.flush()
    return made


def course(**overrides: Any) -> Course:
    """Make a published course without contents; names are columns."""
    number = next(_numbers)
    values: dict[str, Any] = {
        "code": f"COURSE-{number}",
        "title": {"en": f"Course {number}", "ru": f"Курс {number}"},
        "summary": {"en": f"Summary {number}", "ru": f"Описание {number}"},
        "status": "published",
    }
    return _added(Course(**values | overrides))


def section(of: Course | None = None, **overrides: Any) -> Section:
    """Make a section at the end of a course."""
    number = next(_numbers)
    values: dict[str, Any] = {"title": {"en": f"Section {number}"}, "position": number}
    return _added(Section(course=of or course(), **values | overrides))


def activity(of: Course | None = None, **overrides: Any) -> Activity:
    """Make a package activity at the top of a course, without packages or leaves."""
    number = next(_numbers)
    values: dict[str, Any] = {
        "kind": "scorm-1.2",
        "title": {"en": f"Activity {number}", "ru": f"Занятие {number}"},
        "position": number,
    }
    return _added(Activity(course=of or course(), **values | overrides))


def leaf(of: Activity | None = None, **overrides: Any) -> Activity:
    """Make a launchable SCO under an activity."""
    number = next(_numbers)
    parent = of or activity()
    values: dict[str, Any] = {
        "kind": "sco",
        "identifier": f"item-{number}",
        "title": {"en": f"Part {number}", "ru": f"Часть {number}"},
        "position": number,
        "launchable": True,
    }
    return _added(Activity(course=parent.course, parent=parent, **values | overrides))


def package_version(of: Activity | None = None, *, language: str = "en", **overrides: Any) -> PackageVersion:
    """Make the current package version of an activity in a language, holding its leaves and index.html.

    `mastery` sets the mastery score of every leaf (text, or None); `bytes` are not in storage.
    """
    parent = of or activity()
    mastery = overrides.pop("mastery", "70")
    leaves = [child for child in parent.children if child.launchable] or [leaf(parent)]
    package = next((one for one in parent.packages if one.language == language), None)
    package = package or _added(Package(activity=parent, language=language))
    values: dict[str, Any] = {
        "number": len(package.versions) + 1,
        "standard": "scorm-1.2",
        "file_name": f"package-{language}.zip",
        "sha256": "0" * 64,
        "size": 1_500_000,
        "content_size": 3_000_000,
        "outline": outline(leaves, mastery=mastery),
        "leaves": {str(one.public_id): str(one.identifier) for one in leaves},
        "findings": [],
    }
    version = _added(PackageVersion(package=package, **values | overrides))
    package.current = version
    _added(
        PackageFile(version_id=version.id, path="index.html", folded="index.html", sha256="0" * 64, size=100)
    )
    return version


def outline(leaves: list[Activity], *, mastery: str | None = "70") -> dict[str, Any]:
    """Return the outline of a SCORM 1.2 package with these leaves, as `packages.outline.to_json` keeps it."""
    return {
        "standard": "scorm-1.2",
        "identifier": "manifest",
        "title": "Package",
        "organization": "organization",
        "items": [_item(one, mastery) for one in leaves],
        "edition": None,
        "version": "1.2",
        "description": None,
        "language": None,
        "root": "",
    }


def _item(of: Activity, mastery: str | None) -> dict[str, Any]:
    return {
        "identifier": of.identifier,
        "title": of.title["en"],
        "visible": True,
        "href": "index.html",
        "query": "",
        "kind": of.kind,
        "mastery_score": mastery if of.kind == "sco" else None,
        "max_time_allowed": None,
        "time_limit_action": None,
        "launch_data": None,
        "prerequisites": None,
        "children": [],
    }


def release(of: Course, leaves: list[Activity], **overrides: Any) -> Release:
    """Make a release of a course, in force from now on, in which every leaf must be passed.

    `must_pass=False` asks for completion only.
    """
    must_pass = overrides.pop("must_pass", True)
    last = max((one.number for one in db.session.query(Release).filter_by(course_id=of.id)), default=0)
    values: dict[str, Any] = {
        "number": last + 1,
        "leaves": [{"activity": str(one.public_id), "must_pass": must_pass} for one in leaves],
        "in_force": clock.microseconds(clock.now()),
    }
    return _added(Release(course_id=of.id, **values | overrides))


def enrolment(of: Course | None = None, *, person: Person | None = None, **overrides: Any) -> Enrolment:
    """Make the seat of a person in a course."""
    return _added(Enrolment(course=of or course(), person=person or accounts.person(), **overrides))


@dataclass(frozen=True)
class Published:
    """A published course with one package activity in English and what belongs to it."""

    course: Course
    activity: Activity
    leaf: Activity
    version: PackageVersion
    release: Release


def published_course_with_sco(**overrides: Any) -> Published:
    """Make a released course with one SCO whose mastery score is 70; names are columns of the course."""
    of = course(**overrides)
    parent = activity(of)
    sco = leaf(parent)
    version = package_version(parent)
    return Published(of, parent, sco, version, release(of, [sco]))
