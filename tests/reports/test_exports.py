"""The files of the report: the same rows as CSV and XLSX, in order, on the clock of the reader."""

import csv
import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook

from academy.accounts.models import Person
from academy.certificates.models import Certificate
from academy.db import db
from academy.progress.models import CourseProgress
from academy.reports import participations
from academy.tables import Column, csv_stream
from tests.factories import accounts, courses

SignIn = Callable[[Person], FlaskClient]

BEGIN = datetime(2026, 3, 1, 9, 30, 59, tzinfo=UTC)


def take(person: Person, course: Any, *, serial: str | None = None, **progress: Any) -> None:
    """Enrol a person, who came so far, with a certificate where a serial is given."""
    seat = courses.enrolment(course, person=person, enrolled=progress.pop("enrolled", BEGIN))
    if progress:
        values = {"started": BEGIN, "leaves": 1, **progress}
        db.session.add(CourseProgress(registration=seat.registration, course_id=course.id, **values))
    if serial:
        values = {"facts": {}, "pdf_sha256": "0" * 64, "person_id": person.id, "course_id": course.id}
        db.session.add(Certificate(serial=serial, registration=seat.registration, **values))
    db.session.flush()


def csv_rows(client: FlaskClient, *, separator: str = ",") -> list[list[str]]:
    text = client.get("/reports/completion.csv").get_data().decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))


def as_text(value: object) -> str:
    """Write a cell of a spreadsheet as CSV does."""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, timedelta):
        minutes, seconds = divmod(round(value.total_seconds()), 60)
        return f"{minutes // 60}:{minutes % 60:02d}:{seconds:02d}"
    return f"{value * 100:g}" if isinstance(value, int | float) else str(value or "")


def test_both_files_hold_the_same_in_order_however_people_are_batched(
    app: Flask, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    accounts.state("XK", footnote=True, name={"en": "Kosovo", "ru": "Косово"})
    taught = [
        courses.course(code=code, title={"en": f'About "{code}", twice'}) for code in ("A-1", "A", "AB")
    ]
    unit = accounts.organisation("Customs, Border")
    people = [
        accounts.person(name_latin="Zoe", name_cyrillic="Зоя", state="XK"),
        accounts.person(name_latin='Ana, "the first"', organisation=unit),
        accounts.person(name_latin="Ben", organisation=unit, confirmed=False),
        accounts.person(name_latin="Cid", state=None),
    ]
    for person in people:
        for number, course in enumerate(taught):
            take(person, course, enrolled=BEGIN + timedelta(days=number))
    done = courses.course(code="DONE")
    take(
        people[1],
        done,
        serial="PPTA-1",
        completion="completed",
        success="passed",
        score_scaled=0.855,
        time_ms=95_025_000,
        completed=BEGIN,
    )
    take(people[2], done, completion="incomplete", success="failed", score_scaled=0.0, time_ms=0)
    client = sign_in(accounts.person(roles=("secretariat",)))
    monkeypatch.setattr(participations, "BATCH", 2)

    written = csv_rows(client)
    sheet = load_workbook(io.BytesIO(client.get("/reports/completion.xlsx").get_data())).active

    assert sheet is not None
    assert [[as_text(cell.value) for cell in row] for row in sheet.rows] == written
    places = [(row[0], row[6]) for row in written[1:-1]]
    assert places == sorted(places)
    assert len(places) == 14
    assert written[4][5:] == [
        "Customs, Border",
        "DONE",
        done.title["en"],
        "Completed",
        "Passed",
        "85.5",
        "26:23:45",
        "2026-03-01 10:30",
        "2026-03-01 10:30",
        "2026-03-01 10:30",
        "PPTA-1",
    ]
    assert [row[5] for row in written if row[0] == "Ben"] == [""] * 4  # nobody has confirmed it
    assert written[-1][0].startswith("* This designation")


@pytest.mark.parametrize(
    ("zone", "language", "expected"),
    [
        ("Europe/Prague", "en", ["2026-03-29 01:59", "2026-03-29 03:00", "2026-03-30 01:30"]),
        ("Europe/Prague", "ru", ["29.03.2026 01:59", "29.03.2026 03:00", "30.03.2026 01:30"]),
        ("Asia/Kolkata", "en", ["2026-03-29 06:29", "2026-03-29 06:30", "2026-03-30 05:00"]),
        ("Asia/Kolkata", "ru", ["29.03.2026 06:29", "29.03.2026 06:30", "30.03.2026 05:00"]),
        ("America/New_York", "en", ["2026-03-28 20:59", "2026-03-28 21:00", "2026-03-29 19:30"]),
    ],
)
def test_moments_follow_the_clock_of_the_reader(
    app: Flask, sign_in: SignIn, zone: str, language: str, expected: list[str]
) -> None:
    moments = [
        datetime(2026, 3, 29, 0, 59, 59, 999_999, tzinfo=UTC),  # a second before clocks go forward in Europe
        datetime(2026, 3, 29, 1, 0, tzinfo=UTC),
        datetime(2026, 3, 29, 23, 30, tzinfo=UTC),
    ]
    course = courses.course()
    for number, moment in enumerate(moments):
        take(accounts.person(name_latin=f"P{number}"), course, enrolled=moment)
    reader = accounts.person(roles=("secretariat",), time_zone=zone, language=language)

    written = csv_rows(sign_in(reader), separator=";" if language == "ru" else ",")

    assert [row[12] for row in written[1:]] == expected


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("Borders; return, asylum", "Borders; return, asylum"),
        ('Borders;=HYPERLINK("x")', 'Borders;\'=HYPERLINK("x")'),  # a Russian Excel cuts an English file here
        ("Borders, +7", "Borders, '+7"),
        ("Borders - return", "Borders - return"),
        ("＝1+1", "'＝1+1"),  # wide forms, which some Excels take for the sign
    ],
)
def test_a_cell_that_excel_cuts_in_two_is_no_formula_either(text: str, written: str) -> None:
    (line,) = list(csv_stream([Column("a", "A")], [{"a": text}], language="en"))[0].splitlines()[1:]

    assert next(csv.reader([line])) == [written]
