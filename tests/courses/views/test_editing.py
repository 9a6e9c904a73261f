import pytest
from lxml import html

from academy.courses import queries
from academy.db import db
from tests.factories import accounts, courses


@pytest.fixture
def made(app):
    return courses.published_course_with_sco(author=accounts.person(roles=["trainer"]))


@pytest.fixture
def author(sign_in, made):
    return sign_in(made.course.author)


def place(made, rest):
    return f"/teach/courses/{made.course.code}/{rest}"


def test_section_is_added_renamed_and_removed(author, made):
    author.post(place(made, "sections"), data={"new-title_en": "First", "new-title_ru": "Первый"})
    db.session.expire_all()
    section = made.course.sections[0]
    assert section.title == {"en": "First", "ru": "Первый"}

    author.post(place(made, f"sections/{section.public_id}"), data={f"s{section.id}-title_en": "Second"})
    db.session.expire_all()
    assert section.title == {"en": "Second"}

    author.post(place(made, f"sections/{section.public_id}/remove"))
    db.session.expire_all()
    assert made.course.sections == []


def test_section_without_a_title_is_not_added_and_the_page_says_why(author, made):
    answer = author.post(place(made, "sections"), data={"new-title_en": " "}, follow_redirects=True)

    assert "Write a title in at least one language." in answer.get_data(as_text=True)
    assert made.course.sections == []


def test_activity_gets_titles_and_a_section(author, made):
    section = courses.section(made.course)
    name = f"a{made.activity.id}-"
    data = {
        f"{name}title_en": "New title",
        f"{name}title_ru": "Новое название",
        f"{name}section": str(section.public_id),
    }

    answer = author.post(place(made, f"activities/{made.activity.public_id}"), data=data)

    assert answer.location.endswith(f"#activity-{made.activity.public_id}")
    db.session.expire_all()
    assert made.activity.title == {"en": "New title", "ru": "Новое название"}
    assert made.activity.section_id == section.id


def test_activity_does_not_go_into_a_section_of_another_course(author, made):
    foreign = courses.section(courses.course())
    name = f"a{made.activity.id}-"
    data = {f"{name}title_en": "New title", f"{name}section": str(foreign.public_id)}

    author.post(place(made, f"activities/{made.activity.public_id}"), data=data)

    db.session.expire_all()
    assert made.activity.section_id is None
    assert made.activity.title["en"] != "New title"


def test_activities_are_moved_and_removed(author, made):
    second = courses.activity(made.course)

    author.post(place(made, f"activities/{second.public_id}/move/up"))
    assert queries.content_of(made.course) == [second, made.activity]

    author.post(place(made, f"activities/{second.public_id}/remove"))
    assert queries.content_of(made.course) == [made.activity]


def undo_of(page):
    """Return where the toast of a page posts, and what."""
    form = html.fromstring(page.get_data(as_text=True)).xpath("//*[contains(@class, 'toast')]//form")[0]
    return form.get("action"), dict(form.form_values())


def test_a_removed_activity_can_be_put_back_at_once(author, made):
    second = courses.activity(made.course)

    page = author.post(place(made, f"activities/{made.activity.public_id}/remove"), follow_redirects=True)
    assert queries.content_of(made.course) == [second]
    address, fields = undo_of(page)
    author.post(address, data=fields)

    assert queries.content_of(made.course) == [made.activity, second]
    assert author.post(address, data=fields, lint=False).status_code == 404


def test_a_removed_section_can_be_put_back_with_its_place_and_activities(author, made):
    first, second = courses.section(made.course, title={"en": "A", "ru": "Б"}), courses.section(made.course)
    made.activity.section_id = first.id

    page = author.post(place(made, f"sections/{first.public_id}/remove"), follow_redirects=True)
    db.session.expire_all()
    assert made.activity.section_id is None
    address, fields = undo_of(page)
    author.post(address, data=fields)
    db.session.expire_all()

    back = made.course.sections[0]
    assert (back.title, made.course.sections[1:]) == ({"en": "A", "ru": "Б"}, [second])
    assert made.activity.section_id == back.id


@pytest.mark.parametrize(
    "rest",
    [
        "activities/{foreign}/put-back",
        "activities/{leaf}/put-back",
        "activities/{foreign}/remove",
        "activities/{foreign}/move/up",
        "activities/{leaf}/remove",
        "activities/019ab7d2-0000-7000-8000-000000000001/remove",
        "activities/1/remove",
        "activities/{own}/move/sideways",
        "sections/{foreign_section}/remove",
    ],
)
def test_parts_of_other_courses_and_unknown_ones_are_not_found(author, made, rest):
    foreign = courses.activity(courses.course(author=made.course.author))
    section = courses.section(foreign.course)
    ids = {
        "foreign": foreign.public_id,
        "leaf": made.leaf.public_id,
        "own": made.activity.public_id,
        "foreign_section": section.public_id,
    }

    assert author.post(place(made, rest.format(**ids))).status_code == 404

    db.session.expire_all()
    assert not foreign.removed
    assert foreign.course.sections == [section]
