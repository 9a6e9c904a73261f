"""The parts of a course stand under the headings of their sections."""

from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from academy.courses import queries
from academy.courses.queries import contents
from tests.factories import accounts, courses


def in_sections() -> Any:
    """Make a course: one part without a section, then two sections of which the first has two parts."""
    made = courses.course()
    first = courses.section(made, title={"en": "Basics", "ru": "Основы"}, position=1)
    second = courses.section(made, title={"en": "Practice"}, position=2)
    blocks = [courses.activity(made), *(courses.activity(made, section_id=first.id) for _ in range(2))]
    blocks.append(courses.activity(made, section_id=second.id))
    leaves = [courses.leaf(block) for block in blocks]
    for block in blocks:
        courses.package_version(block)
    courses.release(made, leaves)
    foreign = courses.section(courses.course(), title={"en": "Foreign"})
    courses.leaf(courses.activity(foreign.course, section_id=foreign.id))
    return made, leaves


def test_by_section_keeps_the_order_and_groups_runs(app: Flask) -> None:
    made, leaves = in_sections()

    parts = contents.contents_of(contents.opened(made.code, by=None)).parts
    found = queries.by_section(parts, part=lambda one: one)

    ids = [leaf.public_id for leaf in leaves]
    assert [(title, [part.public_id for part in run]) for title, run in found] == [
        (None, ids[:1]),
        ({"en": "Basics", "ru": "Основы"}, ids[1:3]),
        ({"en": "Practice"}, ids[3:]),
    ]


def test_pages_of_a_course_show_its_sections(app: Flask, sign_in: Any) -> None:
    made, _leaves = in_sections()
    person = accounts.person()
    courses.enrolment(made, person=person)
    client: FlaskClient = sign_in(person)

    for address in (f"/courses/{made.code}", f"/learn/{made.code}"):
        page = client.get(address).get_data(as_text=True)
        assert page.count("<h3>Basics</h3>") == 1
        assert page.index("Basics") < page.index("Practice")
