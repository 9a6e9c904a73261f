"""The completion report: scope first, then filters, then what Excel gets."""

import csv
import io
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook

from academy import clock
from academy.accounts.models import Person
from academy.certificates.models import Certificate
from academy.courses.models import Enrolment
from academy.db import db
from academy.progress.models import CourseProgress
from academy.reports import queries as report_queries
from academy.reports.filters import Filters
from tests.factories import accounts, courses

SignIn = Callable[[Person], FlaskClient]


def participation(person: Person, course: Any, **progress: Any) -> Enrolment:
    """Enrol a person, with a row of the projection unless nothing was started."""
    seat = courses.enrolment(course, person=person, enrolled=progress.pop("enrolled", clock.now()))
    if progress:
        values = {"started": clock.now(), "leaves": 1, **progress}
        db.session.add(CourseProgress(registration=seat.registration, course_id=course.id, **values))
    db.session.flush()
    return seat


def rows(client: FlaskClient, query: str = "", language: str = "en") -> list[dict[str, str]]:
    client.get(f"/reports/completion?lang={language}", lint=False)
    answer = client.get(f"/reports/completion.csv{query}")
    assert answer.status_code == 200
    text = answer.get_data().decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text), delimiter=";" if language == "ru" else ","))


@pytest.fixture
def course(app: Flask) -> Any:
    return courses.course(code="IBM", title={"en": "Borders", "ru": "Границы"})


def test_coordinator_sees_only_confirmed_people_of_their_state(
    app: Flask, course: Any, sign_in: SignIn
) -> None:
    mine = accounts.person(email="mine@example.org")
    for other in (
        accounts.person(email="georgia@example.org", state="GE"),
        accounts.person(email="claims-moldova@example.org", confirmed=False),
        accounts.person(email="no-state@example.org", state=None),
    ):
        participation(other, course)
    participation(mine, course)
    client = sign_in(accounts.coordinator(state="MD"))

    assert [row["E-mail"] for row in rows(client)] == ["mine@example.org"]
    page = client.get("/reports/completion").get_data(as_text=True)
    assert mine.name_latin in page
    assert "1 learner" in page


@pytest.mark.parametrize("query", ["?q=georgia", "?course=IBM", "?status=completed", "?q=%25", "?page=2"])
def test_no_filter_widens_the_scope(app: Flask, course: Any, sign_in: SignIn, query: str) -> None:
    foreign = accounts.person(email="georgia@example.org", state="GE", name_latin="Giorgi Hidden")
    participation(foreign, course, completion="completed")
    client = sign_in(accounts.coordinator(state="MD"))

    assert rows(client, query) == []
    assert "Giorgi Hidden" not in client.get(f"/reports/completion{query}").get_data(as_text=True)


@pytest.mark.parametrize("role", ["learner", "trainer", "editor", "observer"])
@pytest.mark.parametrize("address", ["", ".csv", ".xlsx"])
def test_other_roles_get_no_report(app: Flask, course: Any, sign_in: SignIn, role: str, address: str) -> None:
    participation(accounts.person(), course)

    answer = sign_in(accounts.person(roles=(role,))).get(f"/reports/completion{address}")

    assert answer.status_code == 403


def test_status_and_period_filter_participations(app: Flask, course: Any, sign_in: SignIn) -> None:
    early, late = datetime(2026, 1, 31, 23, 59, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC)
    done = accounts.person(email="done@example.org")
    participation(done, course, enrolled=early, completion="completed", success="passed", completed=late)
    participation(accounts.person(email="new@example.org"), course, enrolled=late)
    failed = accounts.person(email="failed@example.org")
    participation(failed, course, enrolled=late, completion="incomplete", success="failed")
    gone = participation(accounts.person(email="gone@example.org"), course, enrolled=late)
    gone.withdrawn = late
    client = sign_in(accounts.coordinator(state="MD"))

    def emails(query: str) -> list[str]:
        return sorted(row["E-mail"].split("@")[0] for row in rows(client, query))

    assert emails("") == ["done", "failed", "new"]
    assert emails("?status=completed") == ["done"]
    assert emails("?status=failed") == ["failed"]
    assert emails("?status=not-started") == ["new"]
    assert emails("?status=nonsense") == ["done", "failed", "new"]
    assert emails("?to=2026-01-31") == ["done"]
    assert emails("?from=01.02.2026") == ["failed", "new"]
    assert emails("?from=2026-02-01&to=2026-02-01&period=completed") == ["done"]
    assert emails("?course=OTHER") == []


def test_a_date_that_is_none_is_named_and_left_out(app: Flask, course: Any, sign_in: SignIn) -> None:
    participation(accounts.person(name_latin="Shown Person"), course)

    page = (
        sign_in(accounts.coordinator(state="MD"))
        .get("/reports/completion?from=31.11.2026")
        .get_data(as_text=True)
    )

    assert "“31.11.2026” is not a date" in page
    assert "Shown Person" in page


def test_csv_is_harmless_and_fits_excel_in_both_languages(app: Flask, course: Any, sign_in: SignIn) -> None:
    evil = accounts.person(name_latin='=HYPERLINK("http://x")', name_cyrillic="+7", email="evil@example.org")
    participation(
        evil, course, completion="completed", success="passed", score_scaled=0.855, time_ms=3_725_000
    )
    client = sign_in(accounts.coordinator(state="MD"))

    raw = client.get("/reports/completion.csv").get_data()
    english, russian = rows(client)[0], rows(client, language="ru")[0]

    assert raw.startswith(b"\xef\xbb\xbf")
    assert english["Name (Latin)"] == '\'=HYPERLINK("http://x")'
    assert english["Name (Cyrillic)"] == "'+7"
    assert (english["State code"], english["Score (per cent)"], english["Time"]) == ("MD", "85.5", "1:02:05")
    assert russian["Балл (в процентах)"] == "85,5"
    assert russian["Курс"] == "Границы"


def test_xlsx_holds_text_as_text_and_numbers_as_numbers(app: Flask, course: Any, sign_in: SignIn) -> None:
    evil = accounts.person(name_latin="=1+1", email="evil@example.org")
    participation(evil, course, completion="completed", score_scaled=0.85, time_ms=3_600_000)

    answer = sign_in(accounts.coordinator(state="MD")).get("/reports/completion.xlsx")

    sheet = load_workbook(io.BytesIO(answer.get_data())).active
    assert sheet is not None
    heads = [cell.value for cell in sheet[1]]
    cells = dict(zip(heads, sheet[2], strict=True))
    assert (cells["Name (Latin)"].value, cells["Name (Latin)"].data_type) == ("=1+1", "s")
    assert (cells["State code"].value, cells["E-mail"].value) == ("MD", "evil@example.org")
    assert cells["Score (per cent)"].value == 0.85
    assert cells["Enrolled (Prague)"].is_date


def test_kosovo_carries_its_footnote(app: Flask, course: Any, sign_in: SignIn) -> None:
    accounts.state("XK", footnote=True, name={"en": "Kosovo", "ru": "Косово"})
    participation(accounts.person(state="XK"), course)
    client = sign_in(accounts.person(roles=("secretariat",)))

    listed = rows(client)

    assert listed[0]["State"] == "Kosovo*"
    assert listed[1]["Name (Latin)"].startswith("* This designation")
    assert "* This designation" in client.get("/reports/completion").get_data(as_text=True)


def test_page_runs_a_fixed_number_of_queries(
    app: Flask, course: Any, sign_in: SignIn, queries: Callable[[], Any]
) -> None:
    client = sign_in(accounts.coordinator(state="MD"))
    participation(accounts.person(), course, completion="completed")
    with queries() as few:
        client.get("/reports/completion")
    for number in range(30):
        participation(
            accounts.person(), courses.course(code=f"C{number % 5}-{number}"), completion="incomplete"
        )
    with queries() as many:
        client.get("/reports/completion")

    assert len(many) == len(few)


def test_lists_are_in_the_order_of_the_readers_alphabet(app: Flask, course: Any, sign_in: SignIn) -> None:
    people = [("Zenta", "Ґалина"), ("Ágnes", "Яна"), ("Łukasz", "Ірина"), ("Adam", "Жанна"), ("Bea", None)]
    for latin, cyrillic in people:
        participation(accounts.person(name_latin=latin, name_cyrillic=cyrillic), course)
    client = sign_in(accounts.person(roles=("secretariat",)))

    def order(language: str, names: list[str]) -> list[str]:
        client.get(f"/reports/completion?lang={language}", lint=False)
        page = client.get("/reports/completion").get_data(as_text=True)
        heads = page.split('<th scope="row">')[1:]
        return [name for head in heads for name in names if head.strip().startswith(name)]

    assert order("en", [latin for latin, _ in people]) == ["Adam", "Ágnes", "Bea", "Łukasz", "Zenta"]
    assert order("ru", ["Ґалина", "Яна", "Ірина", "Жанна"]) == ["Ґалина", "Жанна", "Ірина", "Яна"]


def test_certificates_are_counted_within_the_filters(app: Flask, course: Any, sign_in: SignIn) -> None:
    person, other = accounts.person(), courses.course(code="OTHER")
    for number, taken in enumerate((course, other)):
        seat = participation(person, taken, completion="completed")
        db.session.add(
            Certificate(
                serial=f"S{number}",
                registration=seat.registration,
                person_id=person.id,
                course_id=taken.id,
                facts={},
                pdf_sha256="0" * 64,
            )
        )
    viewer = accounts.coordinator(state="MD")
    db.session.commit()

    def certificates(**filters: Any) -> tuple[int, list[int]]:
        found = report_queries.matrix(viewer, Filters(**filters), page=1, size=25, language="en")
        return found.certificates, [row.certificates for row in found.people]

    assert certificates() == (2, [2])
    assert certificates(course="OTHER") == (1, [1])
