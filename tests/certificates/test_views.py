"""Certificates for their holders, and the check that is open to everybody."""

from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from lxml import html

from academy import storage
from academy.accounts.models import Person
from academy.certificates import services, throttle
from academy.certificates.models import Certificate
from academy.db import db
from tests.factories import accounts, certificates


@pytest.fixture(autouse=True)
def _fresh_throttles() -> None:
    for one in (throttle.look_ups, throttle.names):
        one.forget()


@pytest.fixture
def holder(app: Flask) -> Person:
    return accounts.person(name_latin="Elena Russu", name_cyrillic="Елена Руссу", state="MD")


@pytest.fixture
def certificate(holder: Person) -> Certificate:
    return certificates.certificate(person=holder, title={"en": "Return", "ru": "Возвращение"}, hours=3.0)


def words(answer: Any) -> str:
    page = html.fromstring(answer.get_data(as_text=True))
    return " ".join(page.xpath("string(//main)").split())


def test_pdf_is_the_stored_file_for_its_holder(
    certificate: Certificate, holder: Person, sign_in: Any
) -> None:
    answer = sign_in(holder).get(f"/certificates/{certificate.serial}.pdf")

    assert answer.status_code == 200
    assert answer.mimetype == "application/pdf"
    assert answer.data == storage.read(services.storage_key(certificate.serial))
    assert answer.headers["Content-Disposition"] == f'inline; filename="{certificate.serial}.pdf"'
    assert answer.headers["Cache-Control"] == "no-store"  # a shared PC keeps nothing


@pytest.mark.parametrize(
    ("viewer", "status"),
    [
        (lambda: accounts.person(state="MD"), 404),
        (lambda: accounts.person(roles=("trainer",)), 404),
        (lambda: accounts.person(roles=("observer",)), 404),
        (lambda: accounts.coordinator("GE"), 404),
        (lambda: accounts.coordinator("MD"), 200),
        (lambda: accounts.person(roles=("secretariat",), state=None), 200),
        (lambda: accounts.person(roles=("administrator",), state=None), 200),
    ],
)
def test_pdf_of_somebody_else_is_for_staff_in_scope_only(
    certificate: Certificate, sign_in: Any, viewer: Any, status: int
) -> None:
    assert sign_in(viewer()).get(f"/certificates/{certificate.serial}.pdf").status_code == status


def test_pdf_asks_to_sign_in_and_knows_no_other_numbers(
    certificate: Certificate, holder: Person, client: Any, sign_in: Any
) -> None:
    assert client.get(f"/certificates/{certificate.serial}.pdf").status_code == 303
    assert sign_in(holder).get("/certificates/PPTA-2020-000001-00.pdf").status_code == 404
    assert sign_in(holder).get("/certificates/..%2f..%2facademy.sqlite.pdf").status_code == 404


def test_verify_shows_the_facts_and_masks_the_name(certificate: Certificate, client: Any) -> None:
    answer = client.get(f"/verify/{certificate.serial}")

    found = words(answer)
    assert answer.status_code == 200
    assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
    for said in (
        "Valid",
        certificate.serial,
        "E•••• R••••",
        "Return",
        "Version 1, 3 h",
        "12 March 2026",
        "No end date",
        "The certificate has not been revoked or replaced",
    ):
        assert said in found, said
    assert "Russu" not in answer.get_data(as_text=True)
    assert "Руссу" not in answer.get_data(as_text=True)


def test_verify_shows_the_name_to_who_knows_two_letters(certificate: Certificate, client: Any) -> None:
    wrong = client.get(f"/verify/{certificate.serial}?name=zz")
    right = client.get(f"/verify/{certificate.serial}?name=ru")

    assert "These letters do not fit" in words(wrong)
    assert "Russu" not in wrong.get_data(as_text=True)
    assert "Elena Russu · Елена Руссу" in words(right)


def test_verify_by_setting_shows_the_name_at_once(
    app: Flask, certificate: Certificate, client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "VERIFY_SHOWS_NAME", True)

    assert "Elena Russu" in words(client.get(f"/verify/{certificate.serial}"))


def test_verify_of_a_revoked_certificate_says_since_when_and_why(
    certificate: Certificate, client: Any
) -> None:
    services.revoke(certificate.serial, reason="Issued by mistake")

    found = words(client.get(f"/verify/{certificate.serial}"))

    assert "This certificate has been void since" in found
    assert "Issued by mistake" in found
    assert "Valid until" not in found


def test_verify_of_a_superseded_certificate(certificate: Certificate, client: Any) -> None:
    certificate.status = "superseded"

    assert "A newer certificate has taken its place." in words(client.get(f"/verify/{certificate.serial}"))


@pytest.mark.parametrize("serial", ["PPTA-2026-999999-00", "hello", "<script>alert(1)<script>"])
def test_verify_of_an_unknown_number(certificate: Certificate, client: Any, serial: str) -> None:
    answer = client.get(f"/verify/{serial}")

    assert answer.status_code == 404
    assert "is not one of our numbers" in words(answer)
    assert "<script>alert" not in answer.get_data(as_text=True)


def test_verify_in_russian(certificate: Certificate, client: Any) -> None:
    client.set_cookie("language", "ru")

    found = words(client.get(f"/verify/{certificate.serial}"))

    assert "Возвращение" in found
    assert "12.03.2026" in found


def test_form_goes_to_the_page_of_the_number_however_typed(certificate: Certificate, client: Any) -> None:
    typed = certificate.serial.replace("-", " ").lower()

    answer = client.get("/verify", query_string={"number": typed})
    unknown = client.get("/verify", query_string={"number": "//evil.example/x"})

    assert (answer.status_code, answer.location) == (303, f"/verify/{certificate.serial}")
    assert unknown.location.startswith("/verify/")
    assert client.get("/verify").status_code == 200


def test_file_check_tells_original_from_altered(certificate: Certificate, client: Any) -> None:
    pdf = storage.read(services.storage_key(certificate.serial))

    def answer(content: bytes) -> str:
        return words(client.post("/verify/file", data={"file": (BytesIO(content), "c.pdf")}))

    assert "The file is, to the byte, the one that was issued" in answer(pdf)
    assert "Altered" in answer(pdf + b"\n%changed")
    assert "This file was not issued here." in answer(b"something")
    assert client.post("/verify/file").status_code == 422


def test_look_ups_and_names_are_limited(
    certificate: Certificate, client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(throttle.names, "most", 2)
    monkeypatch.setattr(throttle.look_ups, "most", 5)

    names = [client.get(f"/verify/{certificate.serial}?name=zz").status_code for _ in range(3)]
    look_ups = [client.get(f"/verify/{certificate.serial}").status_code for _ in range(3)]

    assert names == [200, 200, 429]
    assert look_ups == [200, 200, 429]


def test_slots_show_the_own_certificate_only(certificate: Certificate, holder: Person, sign_in: Any) -> None:
    other = certificates.certificate(title={"en": "Foreign"})
    code = certificate.facts["course_code"]
    client = sign_in(holder)

    learn, home = client.get("/learn"), client.get(f"/learn/{code}")

    for answer in (learn, home):
        page = html.fromstring(answer.get_data(as_text=True))
        assert page.xpath(f"//aside//a[@href='/certificates/{certificate.serial}.pdf']")
        assert other.serial not in answer.get_data(as_text=True)
    assert "Valid" in words(learn)


def test_course_home_says_that_the_certificate_is_coming(holder: Person, sign_in: Any) -> None:
    seat = certificates.completed_enrolment(person=holder)
    db.session.commit()

    assert "Your certificate is being made." in words(sign_in(holder).get(f"/learn/{seat.course.code}"))
