"""My learning and the home of a course, as pages."""

from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from lxml import html

from academy.accounts.models import Person
from academy.courses.models import Activity, Attempt, Course, Enrolment, Package
from academy.db import db
from academy.progress import completion
from tests.factories import accounts, courses
from tests.factories import progress as learning
from tests.factories.progress import keep, session


def page(answer: Any) -> Any:
    assert answer.status_code == 200
    return html.fromstring(answer.get_data(as_text=True))


def text(answer: Any) -> str:
    return " ".join(page(answer).xpath("string(//main)").split())


def course_with(leaves: int, **values: Any) -> tuple[Course, list[Activity]]:
    made = courses.published_course_with_sco(**values)
    parts = [made.leaf, *(courses.leaf(made.activity) for _ in range(leaves - 1))]
    courses.release(made.course, parts)
    return made.course, parts


@pytest.fixture
def reader(app: Flask) -> Person:
    return accounts.person(name_latin="Elena Russu", name_cyrillic="Елена Руссу")


@pytest.fixture
def queries(app: Flask) -> Iterator[list[str]]:
    run: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        run.append(statement)

    sa.event.listen(db.engine, "before_cursor_execute", note)
    yield run
    sa.event.remove(db.engine, "before_cursor_execute", note)


def test_learn_asks_to_sign_in(client: Any) -> None:
    assert client.get("/learn").status_code == 303


def test_learn_without_courses_suggests_three_open_ones(reader: Person, sign_in: Any) -> None:
    for _ in range(4):
        courses.enrolment()  # somebody else's
    courses.course(status="draft", title={"en": "Secret draft"})

    found = page(sign_in(reader).get("/learn"))

    assert "You are in no course yet" in found.xpath("string(//main)")
    assert "Secret draft" not in found.xpath("string(//main)")
    assert found.xpath("//main//a[@href='/courses']")
    assert len(found.xpath("//main//h3//a")) == 3
    assert not found.xpath("//main//form")


def test_learn_continues_with_the_course_used_last(reader: Person, sign_in: Any) -> None:
    (old, old_parts), (new, new_parts) = course_with(1), course_with(3, title={"en": "Newest"})
    for course, parts, at in ((new, new_parts, 500), (old, old_parts, 10)):
        keep(
            *session(courses.enrolment(course, person=reader), parts[0], at=at, completion=True, success=True)
        )
    unfinished, parts = course_with(2, title={"en": "Unfinished"})
    seat = courses.enrolment(unfinished, person=reader)
    keep(*session(seat, parts[1], at=900, completion=False))

    found = page(sign_in(reader).get("/learn"))

    assert found.xpath("string(//h1)") == "Welcome, Elena Russu"
    first = found.xpath("//main//section[contains(@class, 'card')]")[0]
    assert first.xpath("string(.//h2)").strip() == "Unfinished"
    assert first.xpath(".//form/@action") == [
        f"/courses/{unfinished.code}/activities/{parts[1].public_id}/launch"
    ]
    titles = [" ".join(one.split()) for one in found.xpath("//*[@class='row__title']//text()")]
    assert [one for one in titles if one] == ["Unfinished", "Newest"]


def test_learn_completed_tab_shows_day_and_score(reader: Person, sign_in: Any) -> None:
    course, parts = course_with(1, title={"en": "Done course"})
    learning.finish(courses.enrolment(course, person=reader), *parts, scaled=0.9)

    found = text(sign_in(reader).get("/learn?show=completed"))

    assert "Done course" in found
    assert "Completed on 12 Mar 2026" in found
    assert "Score 90%" in found
    assert "Completed (1)" in found


def test_learn_hides_withdrawn_courses(reader: Person, sign_in: Any) -> None:
    course, _parts = course_with(1, title={"en": "Left behind"})
    seat = courses.enrolment(course, person=reader)
    seat.withdrawn = seat.enrolled
    courses.enrolment(course_with(1, title={"en": "Going on"})[0], person=reader)

    found = text(sign_in(reader).get("/learn"))
    assert ("Going on" in found, "Left behind" in found) == (True, False)


@pytest.mark.conformance_on("postgresql")
def test_learn_takes_the_same_queries_for_one_course_and_for_sixty(
    reader: Person, sign_in: Any, queries: list[str]
) -> None:
    counts = []
    for more in (1, 59):
        for _ in range(more):
            course, parts = course_with(2)
            keep(*session(courses.enrolment(course, person=reader), parts[0], completion=True))
        client = sign_in(reader)
        client.get("/learn")
        queries.clear()
        client.get("/learn")
        counts.append(len(queries))

    assert counts[0] == counts[1] <= 14


def test_course_home_sends_strangers_to_the_public_page(reader: Person, sign_in: Any) -> None:
    course, _parts = course_with(1)
    courses.enrolment(course)  # somebody else's

    answer = sign_in(reader).get(f"/learn/{course.code}")

    assert (answer.status_code, answer.location) == (302, f"/courses/{course.code}")
    assert sign_in(reader).get("/learn/NO-SUCH").status_code == 404


def test_course_home_shows_what_remains_and_where_to_go_on(reader: Person, sign_in: Any) -> None:
    course, parts = course_with(3)
    seat = courses.enrolment(course, person=reader)
    learning.finish(seat, parts[0], scaled=0.8)
    keep(*session(seat, parts[1], at=60, completion=False))
    learning.finish(courses.enrolment(course), *parts)  # noise: somebody else is done

    found = page(sign_in(reader).get(f"/learn/{course.code}"))

    words = " ".join(found.xpath("string(//main)").split())
    assert "To do: 2 parts" in words
    assert "1 of 3 done" in words
    assert f"1. {parts[0].title['en']} Passed · 80% · 12 Mar 2026 · 10 min" in words
    current = found.xpath("//li[@aria-current='step']")
    assert [one.xpath("string(.//*[@class='row__title'])") for one in current] == [
        f"2. {parts[1].title['en']}"
    ]
    launches = [f"/courses/{course.code}/activities/{part.public_id}/launch" for part in parts]
    assert found.xpath("//aside//form/@action") == [launches[1]]
    assert found.xpath("//*[contains(@class, 'row__acts')]//form/@action") == launches


def test_course_home_of_a_completed_course_shows_score_and_time(reader: Person, sign_in: Any) -> None:
    course, parts = course_with(2)
    learning.finish(courses.enrolment(course, person=reader), *parts, scaled=0.75)

    words = text(sign_in(reader).get(f"/learn/{course.code}"))

    assert "Course completed 12 March 2026" in words
    assert "Score 75%" in words
    assert "Result Passed" in words
    assert "Time spent 20 min" in words
    assert "To complete the course" not in words


def test_course_home_offers_the_languages_of_the_content(reader: Person, sign_in: Any) -> None:
    made = courses.published_course_with_sco()
    courses.enrolment(made.course, person=reader)
    client = sign_in(reader)
    one = page(client.get(f"/learn/{made.course.code}"))

    courses.package_version(made.activity, language="ru")
    two = page(client.get(f"/learn/{made.course.code}"))

    assert one.xpath("//input[@name='language']") == []
    assert two.xpath("//input[@name='language']/@value") == ["en", "ru"]
    assert two.xpath("//input[@name='language'][@checked]/@value") == ["en"]


def test_course_home_says_what_locks_a_part(reader: Person, sign_in: Any) -> None:
    course = courses.course()
    activity = courses.activity(course)
    first, second = courses.leaf(activity), courses.leaf(activity)
    tree = courses.outline([first, second])
    tree["items"][1]["prerequisites"] = first.identifier
    courses.package_version(activity, outline=tree)
    courses.release(course, [first, second])
    courses.enrolment(course, person=reader)

    found = page(sign_in(reader).get(f"/learn/{course.code}"))

    assert "Opens when the parts it depends on are done." in found.xpath("string(//main)")
    assert len(found.xpath("//*[contains(@class, 'row__acts')]//form")) == 1


def locked_course() -> tuple[Course, list[Activity]]:
    """Make a course of which the first of two parts opens only once the second is done."""
    course = courses.course()
    activity = courses.activity(course)
    first, second = courses.leaf(activity), courses.leaf(activity)
    tree = courses.outline([first, second])
    tree["items"][0]["prerequisites"] = second.identifier
    courses.package_version(activity, outline=tree)
    courses.release(course, [first, second])
    return course, [first, second]


def finished(seat: Enrolment, leaf: Activity) -> None:
    """Keep, as the run-time does, that a learner passed a part, and say so in statements."""
    package = db.session.scalars(sa.select(Package).where(Package.activity_id == leaf.parent_id)).one()
    kept = {"completion": "completed", "success": "passed", "version_id": package.current_id}
    db.session.add(Attempt(enrolment_id=seat.id, activity_id=leaf.id, package_id=package.id, **kept))
    keep(*session(seat, leaf, completion=True, success=True))


def test_no_page_offers_to_go_on_with_a_locked_part(reader: Person, sign_in: Any) -> None:
    course, (first, second) = locked_course()
    seat = courses.enrolment(course, person=reader)
    finished(courses.enrolment(course), second)  # somebody else
    client = sign_in(reader)
    pages = ("/learn", f"/courses/{course.code}", f"/learn/{course.code}")

    def offered() -> list[list[str]]:
        return [page(client.get(one)).xpath("//main//form/@action[contains(., '/launch')]") for one in pages]

    before = offered()
    finished(seat, second)
    after = offered()

    assert all(str(second.public_id) in one[0] for one in before)
    assert not any(str(first.public_id) in address for one in before for address in one)
    assert all(str(first.public_id) in one[0] for one in after)


def test_pages_show_the_projection_and_compute_no_completion(
    reader: Person, sign_in: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    course, parts = course_with(3)
    keep(*session(courses.enrolment(course, person=reader), parts[0], completion=True, success=True))
    client = sign_in(reader)

    def evaluated(*_given: object) -> None:
        raise AssertionError("completion was computed while a page was read")

    monkeypatch.setattr(completion, "evaluate", evaluated)
    monkeypatch.setattr(completion, "advance", evaluated)

    for address in ("/learn", "/courses", f"/courses/{course.code}", f"/learn/{course.code}"):
        assert client.get(address).status_code == 200
    assert "1 of 3 done" in text(client.get(f"/courses/{course.code}"))


def test_a_newer_release_counts_the_parts_anew(reader: Person, sign_in: Any) -> None:
    course, parts = course_with(2)
    keep(*session(courses.enrolment(course, person=reader), parts[0], completion=True, success=True))
    courses.release(course, [*parts, courses.leaf(parts[0].parent)])
    client = sign_in(reader)

    for address in ("/learn", f"/courses/{course.code}", f"/learn/{course.code}"):
        assert "1 of 3 done" in text(client.get(address))


def test_course_home_takes_the_same_queries_for_one_part_and_for_sixty(
    reader: Person, sign_in: Any, queries: list[str]
) -> None:
    counts = []
    for many in (1, 60):
        course, parts = course_with(many)
        keep(*session(courses.enrolment(course, person=reader), parts[0], completion=True))
        client = sign_in(reader)
        client.get(f"/learn/{course.code}")
        queries.clear()
        client.get(f"/learn/{course.code}")
        counts.append(len(queries))

    assert counts[0] == counts[1] <= 10


def test_pages_in_russian_show_the_russian_texts(reader: Person, sign_in: Any) -> None:
    course, _parts = course_with(1, title={"en": "Borders", "ru": "Границы"})
    courses.enrolment(course, person=reader)
    reader.language = "ru"

    found = page(sign_in(reader).get(f"/learn/{course.code}"))

    assert found.xpath("string(//h1)") == "Границы"
    assert found.get("lang") == "ru"
