"""People from a CSV file: every fault by line and column, all rows or none."""

import codecs
import json
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from click.testing import Result
from flask import Flask

from academy import jobs, mail
from academy.accounts import pseudonyms, queries
from academy.accounts.importing import reading
from academy.accounts.models import Person
from academy.audit import AuditEntry
from academy.db import db
from tests.factories import accounts

HEADER = "email,name_latin,name_cyrillic,state,role,language,organisation\n"


@pytest.fixture
def place(app: Flask, tmp_path: Path) -> Path:
    db.session.commit()
    return tmp_path / "people.csv"


def run(app: Flask, place: Path, content: str | bytes, *options: str) -> tuple[Result, dict[str, Any]]:
    place.write_bytes(content.encode() if isinstance(content, str) else content)
    db.session.commit()
    result = app.test_cli_runner().invoke(args=["users", "import", str(place), "--json", *options])
    return result, json.loads(result.stdout) if result.exit_code < 2 else {}


def faults(told: dict[str, Any]) -> list[tuple[int, str]]:
    return [(one["line"], one["column"]) for one in told["faults"]]


def test_people_are_made_confirmed_with_their_places_and_roles(app: Flask, place: Path) -> None:
    unit = accounts.organisation("Border Police")
    unit.name = {"en": "Border Police", "ru": "Пограничная полиция"}
    rows = (
        "Ana.Popa@Border.example.org,Ana Popa,Ана Попа,md,,ru,пограничная ПОЛИЦИЯ\n"
        "ion@border.example.org,Ion Rusu,,MD,coordinator,,\n"
        "eva@border.example.org,Eva Novák,,,trainer,en,Border Police\n"
    )

    result, told = run(app, place, HEADER + rows)
    ana, ion, eva = (
        queries.person_by_email(f"{name}@border.example.org") for name in ("ana.popa", "ion", "eva")
    )

    assert (result.exit_code, told["created"], told["invited"]) == (0, 3, 3)
    assert ana
    assert ion
    assert eva
    assert (ana.name_cyrillic, ana.state_code, ana.organisation_id, ana.language) == (
        "Ана Попа",
        "MD",
        unit.id,
        "ru",
    )
    assert (ana.is_active, ana.password_hash, ana.time_zone) == (True, None, "Europe/Chisinau")
    assert ana.state_confirmed
    assert ana.organisation_confirmed
    assert [(grant.role, grant.state_code) for grant in ion.grants] == [("coordinator", "MD")]
    assert (eva.state_code, eva.roles) == ("MD", {"learner", "trainer"})
    assert pseudonyms.name_of(ana) != pseudonyms.name_of(ion)


def test_imported_people_are_found_and_sorted_as_others_are(app: Flask, place: Path) -> None:
    run(app, place, HEADER + "a@example.org,Łucja Żak,Луция Жак,MD,,,\n")
    made = queries.person_by_email("a@example.org")
    assert made is not None
    before = (made.folded, made.sort_latin, made.sort_cyrillic)

    made.name_latin = "Other Name"
    db.session.flush()
    made.name_latin = "Łucja Żak"
    db.session.flush()

    assert (made.folded, made.sort_latin, made.sort_cyrillic) == before


def test_faults_name_line_and_column_and_nothing_is_written(app: Flask, place: Path) -> None:
    rows = (
        "good@example.org,Ana Popa,,MD,,,\n"
        "no address,Ana Popa,,MD,,,\n"
        "b@example.org,Ана,Ana,XX,boss,fr,\n"
        '"c@example.org","Ana\nPopa",,MD,,,Nowhere\n'
        "GOOD@example.org,,,MD,,,\n"
        "d@example.org,Ana Popa,,,coordinator,,\n"
        "e@example.org,Ana Popa,,MD,administrator,,,more\n"
    )

    result, told = run(app, place, HEADER + rows)

    assert result.exit_code == 1
    assert faults(told) == [
        (3, "email"),
        *((4, column) for column in ("name_latin", "name_cyrillic", "state", "role", "language")),
        (5, "organisation"),
        *((7, column) for column in ("email", "name_latin")),
        (8, "state"),
        *((9, column) for column in ("", "role")),
    ]
    assert "line 2" in next(one["message"] for one in told["faults"] if one["line"] == 7)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Person)) == 0


def test_a_dry_run_writes_nothing_and_still_exits_1_on_faults(app: Flask, place: Path) -> None:
    good, told = run(app, place, HEADER + "a@example.org,Ana Popa,,MD,,,\n", "--dry-run")
    bad, _told = run(app, place, HEADER + "a@example.org,,,MD,,,\n", "--dry-run")

    assert (good.exit_code, bad.exit_code) == (0, 1)
    assert (told["people"], told["new"], told["created"]) == (1, 1, 0)
    assert queries.person_by_email("a@example.org") is None


def test_without_json_faults_are_sentences(app: Flask, place: Path) -> None:
    place.write_text(HEADER + "a@example.org,Ana Popa,,XX,,,\n")
    result = app.test_cli_runner().invoke(args=["users", "import", str(place)])

    assert result.exit_code == 1
    assert "line 2, state: “XX” is no participating state" in result.stdout


@pytest.mark.parametrize(
    ("header", "found"),
    [
        ("email,name_latin,shoe\n", [(1, "shoe")]),
        ("email,name_cyrillic\n", [(1, "name_latin")]),
        ("email,email,name_latin\n", [(1, "email")]),
    ],
)
def test_a_wrong_header_is_a_fault_of_line_1(
    app: Flask, place: Path, header: str, found: list[tuple[int, str]]
) -> None:
    result, told = run(app, place, header + "a@example.org,Ana Popa\n")

    assert (result.exit_code, faults(told)) == (1, found)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"  \n\n",
        b"PK\x03\x04 a spreadsheet",
        b"\x89PNG\r\n\x1a\n\0\0",
        b"email,name_latin\n\x98\xff\x98,\n",
        (HEADER + 'a@example.org,"never closed,,MD,,,\n').encode(),
    ],
)
def test_what_is_no_table_of_text_exits_2(app: Flask, place: Path, content: bytes) -> None:
    result, _told = run(app, place, content)

    assert result.exit_code == 2
    assert str(place) in result.stderr


def test_a_file_that_is_not_there_exits_2(app: Flask, place: Path) -> None:
    assert app.test_cli_runner().invoke(args=["users", "import", str(place)]).exit_code == 2


TABLE = "email;name_latin;name_cyrillic\r\na@example.org;Ana Popa;Ана Попа\r\n"


@pytest.mark.parametrize(
    "content",
    [
        TABLE.encode(),
        codecs.BOM_UTF8 + TABLE.encode(),
        TABLE.encode("cp1251"),
        TABLE.encode("utf-16"),
        TABLE.replace(";", "\t").encode(),
        TABLE.replace(";", ",").replace("\r\n", "\r").encode(),
        ('"EMAIL";"name_latin"; Name_Cyrillic\n' + TABLE.partition("\n")[2]).encode(),
    ],
)
def test_files_are_read_as_spreadsheets_write_them(place: Path, content: bytes) -> None:
    place.write_bytes(content)

    rows = list(reading.opened(place).rows())

    assert [(row.line, row.cells["email"], row.cells["name_cyrillic"]) for row in rows] == [
        (2, "a@example.org", "Ана Попа")
    ]


def test_lines_count_as_an_editor_shows_them(place: Path) -> None:
    place.write_text('email,name_latin\n\n"a@example.org\n\n",Ana\n,\nb@example.org,Eva\n')

    assert [row.line for row in reading.opened(place).rows()] == [3, 7]


def test_an_account_keeps_password_language_and_roles(app: Flask, place: Path) -> None:
    known = accounts.person(
        email="known@example.org", state="GE", roles=["trainer"], language="ru", password_hash="kept"
    )

    result, told = run(app, place, HEADER + "known@example.org,New Name,,MD,,en,\n")

    assert (result.exit_code, told["updated"], told["invited"]) == (0, 1, 0)
    db.session.refresh(known)
    assert (known.name_latin, known.state_code, known.language, known.password_hash) == (
        "New Name",
        "MD",
        "ru",
        "kept",
    )
    assert known.roles == {"learner", "trainer"}
    assert [
        one["unchanged"] for one in [run(app, place, HEADER + "known@example.org,New Name,,MD,,en,\n")[1]]
    ] == [1]


@pytest.mark.parametrize("role", ["trainer", "coordinator", "secretariat", "administrator"])
def test_nobody_is_promoted_by_a_file(app: Flask, place: Path, role: str) -> None:
    known = accounts.person(email="known@example.org")

    result, told = run(
        app, place, HEADER + f"known@example.org,Ana Popa,,MD,{role},,\n", "--allow-administrators"
    )

    assert (result.exit_code, faults(told)) == (1, [(2, "role")])
    assert known.roles == {"learner"}


def test_a_coordinator_of_another_state_is_not_one_of_this(app: Flask, place: Path) -> None:
    accounts.coordinator("GE", email="known@example.org")

    _result, told = run(app, place, HEADER + "known@example.org,Ana Popa,,MD,coordinator,,\n")

    assert faults(told) == [(2, "role")]


def test_an_administrator_is_made_only_where_that_is_said(app: Flask, place: Path) -> None:
    row = HEADER + "a@example.org,Ana Popa,,,administrator,,\n"

    refused, told = run(app, place, row)
    allowed, _told = run(app, place, row, "--allow-administrators")

    assert (refused.exit_code, faults(told), allowed.exit_code) == (1, [(2, "role")], 0)


def test_a_closed_account_stays_closed(app: Flask, place: Path) -> None:
    accounts.person(email="known@example.org", active=False)

    _result, told = run(app, place, HEADER + "known@example.org,Ana Popa,,MD,,,\n")

    assert faults(told) == [(2, "email")]


def test_who_registered_with_somebody_elses_address_loses_the_password(app: Flask, place: Path) -> None:
    """A password that was set before the address was proven would open the account of its real owner."""
    squatter = accounts.person(email="known@example.org", email_confirmed=None, password_hash="of a stranger")

    _result, told = run(app, place, HEADER + "known@example.org,Ana Popa,,MD,,,\n")

    db.session.refresh(squatter)
    assert (squatter.password_hash, squatter.is_active, told["invited"]) == (None, True, 1)


def test_invitations_come_by_mail_unless_not_wanted(app: Flask, place: Path) -> None:
    run(app, place, HEADER + "a@example.org,Ana Popa,,MD,,,\n")
    run(app, place, HEADER + "b@example.org,Eva Popa,,MD,,,\n", "--no-mail")
    jobs.run_due()

    to = [
        line
        for path in mail.outbox().glob("*.eml")
        for line in path.read_text().splitlines()
        if line.startswith("To:")
    ]
    assert to == ["To: a@example.org"]


def test_each_new_person_has_an_act_on_record(app: Flask, place: Path) -> None:
    run(app, place, HEADER + "a@example.org,Ana Popa,,MD,,,\nb@example.org,Eva Popa,,MD,,,\n")

    acts = list(db.session.scalars(sa.select(AuditEntry.act).order_by(AuditEntry.id)))
    assert acts == ["person.create", "person.create", "person.import"]


def test_statements_do_not_grow_with_each_person(app: Flask, place: Path, queries: Any) -> None:
    def rows(name: str, count: int) -> str:
        return HEADER + "".join(f"{name}{number}@example.org,Ana Popa,,MD,,,\n" for number in range(count))

    with queries() as few:
        run(app, place, rows("a", 2), "--no-mail")
    with queries() as many:
        run(app, place, rows("b", 400), "--no-mail")

    assert len(many) == len(few)
