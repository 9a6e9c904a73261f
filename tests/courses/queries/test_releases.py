from academy.courses import queries
from academy.db import db
from tests.factories import courses


def test_current_leaves_follow_sections_and_positions_and_ask_for_a_pass_where_there_is_a_mastery_score(app):
    course = courses.course()
    courses.package_version(courses.activity(courses.course()))
    late, early = courses.section(course, position=2), courses.section(course, position=1)
    second = courses.activity(course, section_id=late.id, position=1)
    first = courses.activity(course, section_id=early.id, position=2)
    opening = courses.activity(course, position=9)
    parts = {one: courses.leaf(one) for one in (first, second, opening)}
    courses.package_version(first, mastery="80")
    courses.package_version(second, mastery=None)
    courses.package_version(opening, mastery=None)

    assert queries.current_leaves(course) == [
        {"activity": str(parts[opening].public_id), "must_pass": False},
        {"activity": str(parts[first].public_id), "must_pass": True},
        {"activity": str(parts[second].public_id), "must_pass": False},
    ]


def test_current_leaves_ask_for_a_pass_where_one_language_has_a_mastery_score(app):
    made = courses.published_course_with_sco()
    courses.package_version(made.activity, language="ru", mastery=None)

    assert [leaf["must_pass"] for leaf in queries.current_leaves(made.course)] == [True]


def test_current_leaves_leave_out_removed_activities_and_leaves_and_those_no_package_has(app):
    course = courses.course()
    courses.package_version(courses.activity(course, removed=True))
    activity = courses.activity(course)
    gone, kept = courses.leaf(activity), courses.leaf(activity)
    courses.package_version(activity)
    courses.leaf(activity)
    gone.removed = True
    db.session.flush()
    db.session.expire_all()

    assert queries.current_leaves(course) == [{"activity": str(kept.public_id), "must_pass": True}]


def test_leaves_are_those_of_the_latest_release_even_when_removed_since(app):
    made = courses.published_course_with_sco()
    second = courses.leaf(made.activity)
    courses.release(made.course, [second, made.leaf])
    made.activity.removed = True
    db.session.flush()

    assert queries.leaves(made.course) == [second, made.leaf]
    assert queries.leaves(courses.course()) == []


def test_release_in_force_is_the_last_one_begun_by_then(app):
    course = courses.course()
    courses.published_course_with_sco()
    first = courses.release(course, [], in_force=100)
    second = courses.release(course, [], in_force=200)

    found = [queries.release_in_force(course.id, at) for at in (50, 100, 199, 200, 10**16)]

    assert found == [first, first, first, second, second]


def test_release_in_force_of_a_course_never_released_is_none(app):
    assert queries.release_in_force(courses.course().id, 10**16) is None


def test_has_unreleased_changes_once_a_leaf_came(app):
    made = courses.published_course_with_sco()
    assert not queries.has_unreleased_changes(made.course)

    courses.package_version(courses.activity(made.course))

    assert queries.has_unreleased_changes(made.course)
