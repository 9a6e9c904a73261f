"""The archive of a person: everything, readable, in the person's language, and nothing of anybody else."""

import io
import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from zipfile import ZipFile

import pytest
from lxml import html

from academy.accounts.models import Person
from academy.accounts.personal_data import archive
from academy.db import db
from tests.factories import accounts, people, progress
from tests.factories.people import Traces


def made(person: Person) -> ZipFile:
    file = io.BytesIO()
    archive.write(person, file)
    return ZipFile(file)


def rows(zipped: ZipFile, name: str) -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(zipped.read(f"data/{name}.json"))
    return found


def test_every_room_hands_out_what_it_holds(traces: Traces) -> None:
    zipped = made(traces.person)

    facts = {str(row["fact"]): row["value"] for row in rows(zipped, "accounts/account")}
    assert (facts["email"], facts["name_cyrillic"]) == (people.EMAIL, people.CYRILLIC)
    assert [row["role"] for row in rows(zipped, "accounts/roles")] == ["trainer"]
    assert [row["registration"] for row in rows(zipped, "courses/enrolments")] == [
        str(traces.seat.registration)
    ]
    assert rows(zipped, "courses/attempts")[0]["data"] == {
        "cmi.suspend_data": f"answered by {people.LATIN}",
        "cmi.core.lesson_location": "7",
    }
    assert [row["serial"] for row in rows(zipped, "certificates/certificates")] == [traces.certificate.serial]
    assert [row["completion"] for row in rows(zipped, "progress/courses")] == ["completed"]
    assert [row["name"] for row in rows(zipped, "statements/documents")] == ["bookmark", "card"]
    assert {row["act"] for row in rows(zipped, "audit/audit")} == {"person.confirm", "data.ask"}
    assert people.CYRILLIC in str(rows(zipped, "audit/audit")[0])
    assert len(rows(zipped, "mail/mail")) == 1


def test_statements_are_whole_and_of_the_person_only(traces: Traces) -> None:
    zipped = made(traces.person)

    found = {str(row["id"]) for row in rows(zipped, "statements/statements")}
    own, of_others = set(map(str, traces.statement_ids[:5])), set(map(str, traces.statement_ids[5:]))
    assert own <= found
    assert found & of_others == set()
    assert all("stored" in row and "authority" in row for row in rows(zipped, "statements/statements"))


def test_files_are_in_it(traces: Traces) -> None:
    zipped = made(traces.person)

    names = [name for name in zipped.namelist() if name.startswith("files/")]
    assert f"files/certificates/{traces.certificate.serial}.pdf" in names
    assert "files/mail/own.eml" in names
    assert "files/mail/about.eml" not in names
    assert people.ESSAY in [zipped.read(name) for name in names if "attachments" in name]


def test_it_holds_nothing_of_anybody_else(traces: Traces) -> None:
    zipped = made(traces.person)

    everything = b" ".join(zipped.read(name) for name in zipped.namelist()).decode()
    assert traces.colleague.email not in everything
    assert "Ana Colleague" not in everything
    assert str(traces.colleague.pseudonym.name) not in everything


@pytest.mark.parametrize(
    ("language", "title"),
    [("en", "Your data at the Training Academy"), ("ru", "Ваши данные: Учебная академия")],
)
def test_the_page_is_in_the_language_of_the_person(traces: Traces, language: str, title: str) -> None:
    traces.person.language = language

    zipped = made(traces.person)
    page = html.fromstring(zipped.read("index.html").decode())

    assert page.get("lang") == language
    assert page.findtext(".//h1") == title
    missing = [
        link
        for link in page.xpath("//a/@href | //link/@href")
        if not link.startswith("#") and link not in zipped.namelist()
    ]
    assert missing == []
    assert {link[1:] for link in page.xpath("//a/@href") if link.startswith("#")} == set(
        page.xpath("//section/@id")
    )


def test_a_page_shows_the_beginning_of_long_lists(traces: Traces) -> None:
    from academy.courses.models import Activity

    leaf = db.session.query(Activity).filter_by(kind="sco").first()
    assert leaf is not None
    progress.keep(*(progress.statement(traces.seat, leaf, "experienced", at=n) for n in range(150)))

    zipped = made(traces.person)
    page = html.fromstring(zipped.read("index.html").decode())

    assert len(rows(zipped, "statements/statements")) > 150
    assert len(page.xpath("(//section[@id='statements']//table)[1]/tbody/tr")) == 100


def test_queries_do_not_grow_with_the_statements(
    traces: Traces, queries: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    from academy.courses.models import Activity

    leaf = db.session.query(Activity).filter_by(kind="sco").first()
    assert leaf is not None
    with queries() as few:
        made(traces.person)
    progress.keep(*(progress.statement(traces.seat, leaf, "experienced", at=n) for n in range(300)))
    with queries() as many:
        made(traces.person)

    assert len(many) <= len(few)


def test_somebody_who_did_nothing_gets_an_archive_too(app: object) -> None:
    zipped = made(accounts.person(email="quiet@example.org"))

    assert "quiet@example.org" in zipped.read("index.html").decode()
