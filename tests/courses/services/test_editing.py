import pytest
import sqlalchemy as sa

from academy import audit
from academy.audit import AuditEntry
from academy.courses import queries, services
from academy.courses.models import Section
from academy.courses.queries.catalogue import Filters, catalogue
from academy.courses.services.editing import CodeTaken, CodeUnusable
from academy.db import db
from tests.factories import accounts, courses


def titles(parts):
    return [part.title["en"] for part in parts]


def last_act():
    entry = db.session.scalar(sa.select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1))
    return entry.act, entry.target


def test_create_makes_an_indexed_draft_of_its_author_and_is_on_record(app):
    author = accounts.person(roles=["trainer"])

    course = services.create("IBM-1", title={"en": "Borders", "ru": ""}, author=author, theme="T2")
    course.status = "published"
    db.session.flush()

    assert (course.code, course.author, course.theme) == ("IBM-1", author, "T2")
    assert [entry.course.id for entry in catalogue(Filters(words="border")).entries] == [course.id]
    assert last_act() == ("courses.create", str(course.public_id))


def test_create_with_a_code_that_another_course_has_in_whatever_case_is_refused(app):
    courses.course(code="Ibm-1")

    with pytest.raises(CodeTaken):
        services.create("IBM-1", title={"en": "Borders"}, author=None)


@pytest.mark.parametrize(
    "code", ["", "A", "new", "NEW", "a/b", "a b", "-ab", "курс", "A" * 41, "ab\n", "../ab"]
)
def test_create_with_a_code_that_no_address_can_hold_is_refused(app, code):
    with pytest.raises(CodeUnusable):
        services.create(code, title={"en": "Borders"}, author=None)


def test_change_texts_renews_the_index_and_records_before_and_after(app):
    course = courses.course(title={"en": "Old name"}, summary={})
    services.index_course(course)

    services.change_texts(course, title={"en": "Fresh name"})

    assert catalogue(Filters(words="old")).found == 0
    assert catalogue(Filters(words="fresh")).found == 1
    entry = db.session.scalar(sa.select(AuditEntry))
    words = audit.said([entry])[entry.id]
    assert (words.before, words.after) == ({"title": {"en": "Old name"}}, {"title": {"en": "Fresh name"}})


def test_sections_are_added_at_the_end_renamed_and_moved(app):
    course = courses.course()
    courses.section()
    made = [services.add_section(course, title={"en": name}) for name in ("A", "B", "C")]

    services.move_section(made[2], direction="up")
    services.move_section(made[0], direction="up")
    services.rename_section(made[1], title={"en": "B2"})
    db.session.expire_all()

    assert titles(course.sections) == ["A", "C", "B2"]
    assert last_act() == ("courses.section.rename", str(course.public_id))


def test_remove_section_keeps_its_activities_without_a_section(app):
    course = courses.course()
    section = courses.section(course)
    activity = courses.activity(course, section_id=section.id)

    services.remove_section(section)

    assert db.session.scalar(sa.select(sa.func.count()).select_from(Section)) == 0
    assert activity.section_id is None


def test_move_activity_stays_within_its_section(app):
    course = courses.course()
    section = courses.section(course)
    loose = courses.activity(course, title={"en": "loose"})
    first = courses.activity(course, title={"en": "first"}, section_id=section.id)
    second = courses.activity(course, title={"en": "second"}, section_id=section.id)

    services.move_activity(second, direction="up")
    services.move_activity(second, direction="up")
    services.move_activity(loose, direction="down")
    db.session.expire_all()

    assert titles(queries.content_of(course)) == ["loose", "second", "first"]
    assert first.section_id == section.id


def test_change_activity_sets_titles_and_section(app):
    course = courses.course()
    section, activity = courses.section(course), courses.activity(course)

    services.change_activity(activity, title={"en": "Named"}, section=section)

    assert (activity.title, activity.section_id) == ({"en": "Named"}, section.id)


def test_remove_activity_hides_it_from_the_builder_but_not_from_the_release(app):
    made = courses.published_course_with_sco()

    services.remove_activity(made.activity)

    assert queries.content_of(made.course) == []
    assert queries.leaves(made.course) == [made.leaf]
    assert queries.has_unreleased_changes(made.course)
