from academy.courses import queries
from academy.courses.queries.plan import Plan
from academy.db import db
from tests.factories import courses


def test_plan_counts_parts_that_come_and_go_and_people_in_the_course(app):
    made = courses.published_course_with_sco()
    courses.enrolment(made.course)
    courses.enrolment(made.course, withdrawn=made.course.created)
    courses.enrolment()
    made.activity.removed = True
    fresh = courses.activity(made.course)
    courses.leaf(fresh)
    courses.leaf(fresh)
    courses.package_version(fresh)
    db.session.expire_all()

    assert queries.plan(made.course) == Plan(release=1, parts=2, added=2, dropped=1, people=1, changed=True)


def test_plan_of_an_empty_course_cannot_be_published(app):
    plan = queries.plan(courses.course())

    assert plan == Plan(release=0, parts=0, added=0, dropped=0, people=0, changed=False)
    assert not plan.can_publish


def test_missing_texts_are_counted_per_language(app):
    course = courses.course(title={"en": "T", "ru": "Н"}, summary={"en": "S"})
    activity = courses.activity(course, title={"ru": "Занятие"})
    courses.section(course, title={"en": "Section"})

    assert queries.missing_texts(course, [activity]) == {"en": 1, "ru": 2}
    assert queries.missing_texts(courses.course(summary={}), []) == {}
