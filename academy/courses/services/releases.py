"""Publishing: a release fixes what a course asks of its learners from now on."""

from flask_babel import lazy_gettext as _l

from academy import audit
from academy.courses import queries, records
from academy.courses.models import Course, Release
from academy.db import db, lock
from academy.errors import Invalid
from academy.xapi import consistency


class NothingToOpen(Invalid):
    """A course without anything to open cannot be published."""

    message = _l("The course has nothing to open yet. Add a package first, then publish.")


def publish(course: Course) -> Release:
    """Put the course into the catalogue, and its present contents into force for everybody in it.

    Publishing again after changes makes the next release; without changes it returns the latest.
    Raises NothingToOpen where no current package has anything to launch.
    """
    if not queries.current_leaves(course):
        raise NothingToOpen
    before, course.status = course.status, "published"
    made = release(course)
    audit.record(
        "courses.publish",
        target=records.course(course),
        before={"status": before},
        after={"status": course.status, "release": made.number},
    )
    db.session.flush()
    return made


def release(course: Course) -> Release:
    """Put the present contents of a course into force; where nothing changed, return the latest release.

    Every statement stored before is judged by the releases before, every later one by this.
    """
    lock(course)
    latest = queries.latest_release(course)
    wanted = queries.current_leaves(course)
    if latest and latest.leaves == wanted:
        return latest
    made = Release(
        course_id=course.id,
        number=latest.number + 1 if latest else 1,
        leaves=wanted,
        in_force=consistency.next_moment(db.session.connection()),
    )
    db.session.add(made)
    db.session.flush()
    return made


def archive(course: Course) -> None:
    """Take the course out of the catalogue; who has a seat keeps it and may finish."""
    before, course.status = course.status, "archived"
    audit.record(
        "courses.archive",
        target=records.course(course),
        before={"status": before},
        after={"status": "archived"},
    )
    db.session.flush()
