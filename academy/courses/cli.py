"""Commands of courses."""

import click
import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from academy import audit
from academy.accounts.models import Person
from academy.commands import Commands, json_option, print_json, print_table
from academy.courses import queries, records, services
from academy.courses.commands.launching import launch_url
from academy.courses.commands.packages import packages_group
from academy.courses.models import Course
from academy.courses.words import LEVELS, THEME_NAMES
from academy.db import db
from academy.errors import NotFound

courses_group = Commands("courses", help="Courses, and seats in them.")


@courses_group.command("create")
@click.option("--code", required=True, help="Latin letters, digits and hyphens; it stays.")
@click.option("--title-en", required=True)
@click.option("--title-ru", required=True)
@click.option("--summary-en", default="")
@click.option("--summary-ru", default="")
@click.option("--theme", type=click.Choice(list(THEME_NAMES)), default="T1", show_default=True)
@click.option("--level", type=click.Choice(list(LEVELS)), default="introductory", show_default=True)
@click.option("--hours", type=click.FloatRange(0.25, 500), default=1.0, show_default=True)
@click.option("--draft", is_flag=True, help="Leave it out of the catalogue for now.")
def create(code: str, draft: bool, **texts: str | float) -> None:
    """Make a course, published unless it is a draft."""
    course = services.create(
        code,
        title={"en": str(texts["title_en"]), "ru": str(texts["title_ru"])},
        summary={"en": str(texts["summary_en"]), "ru": str(texts["summary_ru"])},
        author=None,
        theme=texts["theme"],
        level=texts["level"],
        hours=texts["hours"],
        status="draft" if draft else "published",
    )
    click.echo(course.code)


@courses_group.command("list")
@json_option
def list_(as_json: bool) -> None:
    """List all courses."""
    courses = db.session.scalars(sa.select(Course).order_by(Course.code))
    rows = [
        {
            "code": course.code,
            "status": course.status,
            "title_en": course.title.get("en", ""),
            "title_ru": course.title.get("ru", ""),
            "people": queries.people_count(course),
        }
        for course in courses
    ]
    if as_json:
        print_json(rows)
    else:
        print_table(rows, empty="There are no courses.")


@courses_group.command("enrol")
@click.option("--course", "code", required=True, help="Code of the course.")
@click.option("--email", required=True, help="Address of the person.")
def enrol(code: str, email: str) -> None:
    """Give a person a seat in a course and print its registration."""
    person = db.session.scalar(sa.select(Person).where(sa.func.lower(Person.email) == email.strip().lower()))
    if person is None:
        raise NotFound(_l("Nobody has the address %(email)s.", email=email))
    course = queries.course_by_code(code)
    before = queries.enrolment_of(course, person)
    seat = services.enrol(course, person=person)
    if before is None:
        audit.record("courses.enrol", target=records.seat(seat))
    click.echo(str(seat.registration))


courses_group.command("launch-url")(launch_url)

groups: tuple[click.Command, ...] = (courses_group, packages_group)
