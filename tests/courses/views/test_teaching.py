import pytest
import sqlalchemy as sa
from lxml import html

from academy.courses import queries
from academy.courses.models import Course, Release
from academy.db import db
from tests.factories import accounts, courses

NEW = {
    "code": "IBM-1",
    "title_en": "Borders",
    "title_ru": "Границы",
    "summary_en": "About borders",
    "summary_ru": "О границах",
    "theme": "T2",
    "level": "advanced",
    "hours": "2.5",
}


@pytest.fixture
def trainer(app):
    return accounts.person(roles=["trainer"])


def text(answer):
    return " ".join(html.fromstring(answer.get_data(as_text=True)).text_content().split())


def test_teach_lists_own_courses_with_status_and_people(sign_in, trainer):
    mine = courses.course(author=trainer, title={"en": "Mine"}, status="draft")
    courses.enrolment(mine)
    courses.course(author=accounts.person(roles=["trainer"]), title={"en": "Of somebody else"})

    answer = sign_in(trainer).get("/teach")

    assert "Mine" in text(answer)
    assert "Draft" in text(answer)
    assert "Of somebody else" not in text(answer)


def test_teach_shows_an_administrator_the_courses_of_all(sign_in, trainer):
    courses.course(author=trainer, title={"en": "Of the trainer"})

    assert "Of the trainer" in text(sign_in(accounts.person(roles=["administrator"])).get("/teach"))


def test_new_course_is_a_draft_of_its_author(sign_in, trainer):
    answer = sign_in(trainer).post("/teach/courses/new", data=NEW)

    course = db.session.scalar(sa.select(Course))
    assert (answer.status_code, answer.location) == (303, "/teach/courses/IBM-1")
    assert (course.status, course.author_id, course.theme, course.level, course.hours) == (
        "draft",
        trainer.id,
        "T2",
        "advanced",
        2.5,
    )
    assert (course.title, course.summary) == (
        {"en": "Borders", "ru": "Границы"},
        {"en": "About borders", "ru": "О границах"},
    )


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"code": "KNOWN"}, "Another course has this code already."),
        ({"code": "a/b"}, "A code has 2 to 40 Latin letters"),
        ({"code": ""}, "Write a code."),
        ({"title_en": "", "title_ru": " "}, "Write a title in at least one language."),
        ({"title_en": "x" * 201}, "A title has at most 200 characters."),
        ({"summary_ru": "x" * 2001}, "A summary has at most 2000 characters."),
        ({"hours": "0"}, "Between 0.25 and 500 hours."),
        ({"hours": ""}, "Write a number."),
        ({"hours": "two"}, "Write a number."),
    ],
)
def test_new_course_with_a_fault_keeps_the_words_and_says_what_is_wrong(sign_in, trainer, change, sentence):
    courses.course(code="KNOWN")

    answer = sign_in(trainer).post("/teach/courses/new", data=NEW | {"summary_en": "Kept words"} | change)

    assert answer.status_code == 422
    assert sentence in text(answer)
    assert "Kept words" in answer.get_data(as_text=True)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Course)) == 1


@pytest.mark.parametrize(
    "change", [{"theme": "T9"}, {"level": "expert"}, {"hours": "many"}, {"hours": "nan"}]
)
def test_new_course_with_a_forged_choice_is_refused(sign_in, trainer, change):
    assert sign_in(trainer).post("/teach/courses/new", data=NEW | change).status_code == 422
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Course)) == 0


@pytest.mark.parametrize("written", ["2.5", "2,5"])
def test_description_reads_hours_with_point_or_comma(sign_in, trainer, written):
    course = courses.course(code="HOURS", author=trainer)

    sign_in(trainer).post("/teach/courses/HOURS/description", data=NEW | {"hours": written})

    db.session.refresh(course)
    assert course.hours == 2.5


def test_description_changes_texts_and_keeps_the_code(sign_in, trainer):
    course = courses.course(code="KEEP", author=trainer)

    answer = sign_in(trainer).post("/teach/courses/KEEP/description", data=NEW)

    assert answer.status_code == 303
    db.session.refresh(course)
    assert (course.code, course.title, course.hours) == ("KEEP", {"en": "Borders", "ru": "Границы"}, 2.5)


def test_builder_shows_activities_packages_and_missing_translations(sign_in, trainer):
    made = courses.published_course_with_sco(author=trainer, title={"en": "Only English"})

    shown = text(sign_in(trainer).get(f"/teach/courses/{made.course.code}"))

    assert "package-en.zip" in shown
    assert "A text is missing in Russian in 1 place." in shown
    assert "No package in this language" in shown
    assert "Version 1 is published; nothing has changed since." in shown


def test_publish_a_draft_puts_it_into_the_catalogue(sign_in, trainer):
    course = courses.course(status="draft", author=trainer)
    courses.package_version(courses.activity(course))

    answer = sign_in(trainer).post(f"/teach/courses/{course.code}/publish")

    db.session.refresh(course)
    assert (answer.status_code, course.status) == (303, "published")
    assert len(queries.leaves(course)) == 1


def test_publish_an_empty_course_is_refused_with_the_reason(sign_in, trainer):
    course = courses.course(status="draft", author=trainer)

    answer = sign_in(trainer).post(f"/teach/courses/{course.code}/publish")

    assert answer.status_code == 422
    assert "The course has nothing to open yet." in text(answer)
    db.session.refresh(course)
    assert course.status == "draft"


def test_builder_says_what_publishing_would_change(sign_in, trainer):
    made = courses.published_course_with_sco(author=trainer)
    courses.enrolment(made.course)
    courses.package_version(courses.activity(made.course))

    shown = text(sign_in(trainer).get(f"/teach/courses/{made.course.code}"))

    assert "New parts 1" in shown
    assert "People in the course 1" in shown
    assert "Publish changes" in shown


def test_archive_takes_the_course_out_of_the_catalogue(client, sign_in, trainer):
    made = courses.published_course_with_sco(author=trainer, title={"en": "Leaving"})

    sign_in(trainer).post(f"/teach/courses/{made.course.code}/archive")

    assert "Leaving" not in text(client.get("/courses"))


def test_archiving_can_be_undone_at_once_where_nothing_else_changed(sign_in, trainer):
    made = courses.published_course_with_sco(author=trainer)
    browser, address = sign_in(trainer), f"/teach/courses/{made.course.code}"
    browser.post(f"{address}/publish")
    number = queries.latest_release(made.course).number

    page = browser.post(f"{address}/archive", follow_redirects=True)
    undo = html.fromstring(page.text).xpath("string(//*[contains(@class, 'toast')]//form/@action)")
    browser.post(undo)
    db.session.expire_all()
    assert (made.course.status, queries.latest_release(made.course).number) == ("published", number)

    courses.package_version(courses.activity(made.course))
    page = browser.post(f"{address}/archive", follow_redirects=True)
    assert "Archived." in text(page)
    assert "Undo" not in text(page)


GETS = ("/teach/courses/{code}", "/teach/courses/{code}/description", "/teach/courses/{code}/uploads/new")
POSTS = (
    "/teach/courses/{code}/description",
    "/teach/courses/{code}/publish",
    "/teach/courses/{code}/archive",
    "/teach/courses/{code}/sections",
    "/teach/courses/{code}/sections/{section}",
    "/teach/courses/{code}/sections/{section}/move/up",
    "/teach/courses/{code}/sections/{section}/remove",
    "/teach/courses/{code}/activities/{activity}",
    "/teach/courses/{code}/activities/{activity}/move/down",
    "/teach/courses/{code}/activities/{activity}/remove",
    "/teach/courses/{code}/activities/{activity}/put-back",
    "/teach/courses/{code}/activities/{activity}/preview",
    "/teach/courses/{code}/uploads",
)


@pytest.mark.parametrize(
    ("roles", "status", "expected"),
    [
        (["trainer"], "published", 403),
        (["trainer"], "draft", 404),
        (["secretariat"], "published", 403),
        ([], "published", 403),
        (["administrator"], "published", 200),
    ],
)
def test_nobody_but_author_and_administrators_gets_at_a_course(sign_in, trainer, roles, status, expected):
    made = courses.published_course_with_sco(author=trainer, status=status)
    section = courses.section(made.course)
    parts = {
        "code": made.course.code,
        "section": section.public_id,
        "activity": made.activity.public_id,
    }
    reader = sign_in(accounts.person(roles=roles))

    assert {reader.get(place.format(**parts)).status_code for place in GETS} == {expected}
    if expected != 200:
        assert {reader.post(place.format(**parts), data=NEW).status_code for place in POSTS} == {expected}
        db.session.expire_all()
        assert made.course.status == status
        assert not made.activity.removed
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Release)) == 1


def test_teaching_without_a_session_asks_to_sign_in(client):
    made = courses.published_course_with_sco()

    answer = client.get(f"/teach/courses/{made.course.code}")

    assert (answer.status_code, answer.location) == (303, f"/sign-in?next=/teach/courses/{made.course.code}")
