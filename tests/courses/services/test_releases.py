import pytest
import sqlalchemy as sa

from academy import clock
from academy.audit import AuditEntry
from academy.courses import queries, services
from academy.courses.models import Release
from academy.courses.services.releases import NothingToOpen
from academy.db import db
from tests.factories import courses


def releases(course):
    return list(db.session.scalars(sa.select(Release).where(Release.course_id == course.id)))


def acts():
    return [entry.act for entry in db.session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id))]


def test_publish_a_draft_makes_the_first_release_in_force_now(app):
    course = courses.course(status="draft")
    courses.published_course_with_sco()
    leaf = courses.leaf(courses.activity(course))
    courses.package_version(leaf.parent)
    before = clock.microseconds(clock.now())

    made = services.publish(course)

    assert course.status == "published"
    assert (made.number, made.leaves) == (1, [{"activity": str(leaf.public_id), "must_pass": True}])
    assert before <= made.in_force <= clock.microseconds(clock.now())
    assert acts() == ["courses.publish"]


def test_publish_a_course_with_nothing_to_open_is_refused_and_changes_nothing(app):
    course = courses.course(status="draft")
    courses.leaf(courses.activity(course))

    with pytest.raises(NothingToOpen):
        services.publish(course)

    assert (course.status, releases(course), acts()) == ("draft", [], [])


def test_publish_again_without_changes_keeps_the_release(app):
    made = courses.published_course_with_sco()

    assert services.publish(made.course) is made.release


def test_release_after_changes_is_the_next_and_the_old_rule_stays_as_it_was(app):
    made = courses.published_course_with_sco()
    then = list(made.release.leaves)
    courses.package_version(courses.activity(made.course), mastery=None)

    following = services.release(made.course)

    assert (following.number, len(following.leaves)) == (2, 2)
    assert made.release.leaves == then
    assert queries.latest_release(made.course) is following


def test_archive_takes_the_course_out_and_publishing_brings_it_back(app):
    made = courses.published_course_with_sco()

    services.archive(made.course)
    assert made.course.status == "archived"

    assert services.publish(made.course) is made.release
    assert made.course.status == "published"
    assert acts() == ["courses.archive", "courses.publish"]
