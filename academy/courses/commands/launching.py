"""The command that opens content without a sign-in, for tools and tests."""

from uuid import UUID

import click
import sqlalchemy as sa
from flask import current_app
from flask_babel import lazy_gettext as _l

from academy import audit
from academy.accounts.models import Person
from academy.commands import json_option, print_json
from academy.courses import queries, records
from academy.courses.models import Activity, Course, Enrolment, Launch
from academy.courses.runtime import launching, tokens
from academy.db import db
from academy.errors import NotFound


@click.option("--course", "code", required=True, help="Code of the course.")
@click.option("--email", required=True, help="Address of the learner.")
@click.option(
    "--activity", "number", type=click.IntRange(1), help="Number of the leaf, from 1; else the next."
)
@click.option(
    "--mode",
    type=click.Choice(["Normal", "Browse", "Review"], case_sensitive=False),
    default="Normal",
    show_default=True,
)
@click.option("--registration", type=click.UUID, help="Registration, where it is known.")
@json_option
def launch_url(
    code: str, email: str, number: int | None, mode: str, registration: UUID | None, as_json: bool
) -> None:
    """Open content for a learner and print an address that shows it without signing in.

    Running this is the launch. The address is good for ten minutes and opens nothing else.
    """
    course = queries.course_by_code(code)
    enrolment = _enrolment(course, email, registration)
    activity = _leaf(course, number) if number else _next_leaf(course, enrolment)
    launch = _open(enrolment, activity, mode.lower())
    audit.record("courses.launch", target=records.seat(enrolment), after={"mode": launch.mode})
    ticket = tokens.ticket(launch.public_id)
    url = f"{current_app.config['BASE_URL']}/play/{launch.public_id}/open?ticket={ticket}"
    if as_json:
        print_json({"url": url, "session": launch.public_id, "registration": enrolment.registration})
    else:
        click.echo(url)


def _open(enrolment: Enrolment, activity: Activity, mode: str) -> Launch:
    if mode == "browse":
        return launching.open_preview(enrolment.person, activity=activity)
    if mode == "review":
        return launching.open_review(enrolment, activity=activity)
    return launching.open_launch(enrolment, activity=activity)


def _enrolment(course: Course, email: str, registration: UUID | None) -> Enrolment:
    query = (
        sa.select(Enrolment)
        .join(Person)
        .where(Enrolment.course_id == course.id, Enrolment.withdrawn.is_(None))
        .where(sa.func.lower(Person.email) == email.strip().lower())
    )
    found = db.session.scalar(query)
    if found is None or (registration is not None and found.registration != registration):
        raise NotFound(_l("%(email)s has no seat in %(course)s.", email=email, course=course.code))
    return found


def _leaf(course: Course, number: int) -> Activity:
    found = queries.leaves(course)
    if number > len(found):
        raise NotFound(
            _l(
                "There is no part %(number)s in %(course)s. Number of parts: %(count)s.",
                number=number,
                course=course.code,
                count=len(found),
            )
        )
    return found[number - 1]


def _next_leaf(course: Course, enrolment: Enrolment) -> Activity:
    found = queries.leaves(course)
    if not found:
        raise launching.NothingToOpen
    return launching.next_leaf(enrolment, found)
