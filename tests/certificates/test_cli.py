"""The commands of certificates."""

import json
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from academy import storage
from academy.certificates import services
from academy.clock import rfc3339
from academy.db import db
from tests.factories import accounts, certificates, courses


def run(app: Flask, *arguments: str) -> tuple[int, str]:
    answer = app.test_cli_runner().invoke(args=["certificates", *arguments])
    return answer.exit_code, answer.output


@pytest.fixture
def issued(app: Flask) -> Any:
    person = accounts.person(email="elena@example.org")
    made = certificates.certificate(person=person, code="BORDER-1")
    certificates.certificate()  # somebody else's
    db.session.commit()
    return made


def test_list_prints_the_certificates_of_one_person(app: Flask, issued: Any) -> None:
    expected = [
        {"serial": issued.serial, "course": "BORDER-1", "status": "valid", "issued": rfc3339(issued.issued)}
    ]

    code, output = run(app, "list", "--email", "elena@example.org", "--json")

    assert (code, json.loads(output)) == (0, expected)
    assert issued.serial in run(app, "list", "--email", "elena@example.org")[1]
    assert run(app, "list", "--email", "nobody@example.org")[0] == 1


def test_issue_prints_the_serial_and_issues_once(app: Flask) -> None:
    person = accounts.person(email="elena@example.org")
    certificates.completed_enrolment(person=person, code="BORDER-1")
    courses.enrolment(courses.course(code="EMPTY"), person=person)
    db.session.commit()

    first = run(app, "issue", "--course", "BORDER-1", "--email", "elena@example.org")
    second = run(app, "issue", "--course", "BORDER-1", "--email", "elena@example.org")

    assert first[0] == 0
    assert first[1].startswith("PPTA-")
    assert second == first
    assert run(app, "issue", "--course", "EMPTY", "--email", "elena@example.org")[0] == 1
    assert run(app, "issue", "--course", "NONE", "--email", "elena@example.org")[0] == 1


def test_file_verify_and_revoke(app: Flask, issued: Any, tmp_path: Path) -> None:
    serial, target, changed = issued.serial, tmp_path / "c.pdf", tmp_path / "changed.pdf"

    assert run(app, "file", serial, "-o", str(target))[0] == 0
    assert target.read_bytes() == storage.read(services.storage_key(serial))
    changed.write_bytes(target.read_bytes() + b" ")

    valid = run(app, "verify", str(target), "--json")
    altered = run(app, "verify", str(changed), "--json")
    revoked_now = run(app, "revoke", serial, "--reason", "Error")
    revoked = run(app, "verify", str(target), "--json")
    again = run(app, "revoke", serial, "--reason", "Error")

    assert (valid[0], json.loads(valid[1])) == (0, {"status": "valid", "serial": serial})
    assert (altered[0], json.loads(altered[1])) == (1, {"status": "altered", "serial": serial})
    assert revoked_now[0] == 0
    assert (revoked[0], json.loads(revoked[1])) == (1, {"status": "revoked", "serial": serial})
    assert again[0] == 1


def test_unknown_serials_and_files(app: Flask, issued: Any, tmp_path: Path) -> None:
    other = tmp_path / "other.pdf"
    other.write_bytes(b"%PDF-1.7")

    assert run(app, "revoke", "PPTA-2020-000001-00", "--reason", "x")[0] == 1
    assert run(app, "file", "nonsense", "-o", str(tmp_path / "x"))[0] == 1
    code, output = run(app, "verify", str(other), "--json")
    assert (code, json.loads(output)) == (1, {"status": "unknown", "serial": None})
    assert run(app, "verify", str(tmp_path / "missing.pdf"))[0] == 2
