"""Statement ids of courses and activities: `<IRI base>/xapi/activities/<kind>/<public id>`."""

from uuid import UUID

from academy.courses.models import Activity, Course
from academy.db import iri_base

PLACE = "/xapi/activities/"
COURSE = "course"


def activity_iri(activity: Activity) -> str:
    """Return the activity id of a node of a course."""
    return iri_of(activity.kind, activity.public_id)


def course_iri(course: Course) -> str:
    """Return the activity id of a course."""
    return iri_of_course(course.public_id)


def iri_of(kind: str, public_id: UUID) -> str:
    """Return the activity id of something by its kind and public id."""
    return f"{iri_base()}{PLACE}{kind}/{public_id}"


def iri_of_course(public_id: UUID) -> str:
    """Return the activity id of a course by its public id."""
    return iri_of(COURSE, public_id)


def activity_of_iri(iri: str) -> UUID | None:
    """Return the public id in an activity id of this installation, or None for any other IRI.

    Ids of courses are no activities: see `course_of_iri`.
    """
    kind, public_id = _parts(iri)
    return None if kind == COURSE else public_id


def course_of_iri(iri: str) -> UUID | None:
    """Return the public id in the activity id of a course, or None for any other IRI."""
    kind, public_id = _parts(iri)
    return public_id if kind == COURSE else None


def _parts(iri: str) -> tuple[str, UUID | None]:
    start = iri_base() + PLACE
    if not iri.startswith(start):
        return "", None
    kind, _, written = iri[len(start) :].partition("/")
    try:
        public_id = UUID(written)
    except ValueError:
        return "", None
    return (kind, public_id) if kind and str(public_id) == written else ("", None)
