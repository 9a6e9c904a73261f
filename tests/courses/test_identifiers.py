from uuid import UUID, uuid4

import pytest

from academy.courses import identifiers
from academy.db import iri_base
from tests.factories import courses


def test_activity_iri_of_a_leaf_names_kind_and_public_id_and_is_read_back(app):
    made = courses.published_course_with_sco()

    iri = identifiers.activity_iri(made.leaf)

    assert iri == f"http://localhost:5000/xapi/activities/sco/{made.leaf.public_id}"
    assert identifiers.activity_of_iri(iri) == made.leaf.public_id
    assert identifiers.course_of_iri(iri) is None


def test_course_iri_is_read_back_as_a_course_only(app):
    course = courses.course()

    iri = identifiers.course_iri(course)

    assert iri == f"http://localhost:5000/xapi/activities/course/{course.public_id}"
    assert identifiers.course_of_iri(iri) == course.public_id
    assert identifiers.activity_of_iri(iri) is None


@pytest.mark.parametrize(
    "iri",
    [
        "https://elsewhere.example/xapi/activities/sco/019ab7d2-0000-7000-8000-000000000001",
        "{base}/xapi/activities/sco/",
        "{base}/xapi/activities/sco/not-an-id",
        "{base}/xapi/activities//019ab7d2-0000-7000-8000-000000000001",
        "{base}/xapi/activities/sco/019AB7D2-0000-7000-8000-000000000001",
        "{base}/xapi/activities/sco/019ab7d2-0000-7000-8000-000000000001/more",
        "{base}/xapi/activities/sco/019ab7d2000070008000000000000001",
        "",
    ],
)
def test_activity_of_iri_of_anything_else_is_none(app, iri):
    assert identifiers.activity_of_iri(iri.format(base=iri_base())) is None


def test_activity_of_iri_keeps_the_id_of_an_unknown_activity(app):
    unknown = uuid4()

    assert identifiers.activity_of_iri(f"{iri_base()}/xapi/activities/quiz/{unknown}") == UUID(str(unknown))
