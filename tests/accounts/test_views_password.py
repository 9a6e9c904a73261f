import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from academy import clock, jobs
from academy.accounts import passwords, services, tokens
from academy.accounts.privacy import PRIVACY_VERSION
from academy.db import db
from academy.jobs import Job
from tests.factories import accounts

OLD, NEW = "three words fit", "four words fit too"


@pytest.fixture
def elena(app):
    accounts.person(email="noise@example.org", password_hash="x")
    return accounts.person(email="elena@example.org", password_hash=passwords.hash_of(OLD))


def mail():
    jobs.run_due(limit=1)
    return db.session.scalars(sa.select(Job).order_by(Job.id.desc())).first().payload


def link():
    payload = mail()
    return re.search(r"http://localhost:5000(/password/reset/\S+)", payload["text"]).group(1)


def test_a_forgotten_password_is_replaced_and_other_sessions_end(client, elena, sign_in):
    elsewhere = sign_in(elena)
    asked = client.post("/password/forgot", data={"email": "Elena@Example.org"})
    assert asked.location == "/password/sent"
    assert "elena@example.org" in client.get("/password/sent").text

    address = link()
    assert "elena@example.org" in client.get(address).text
    done = client.post(address, data={"password": NEW})

    assert (done.status_code, done.location) == (303, "/learn")
    db.session.refresh(elena)
    assert passwords.matches(NEW, elena.password_hash)
    assert client.get("/profile").status_code == 200
    assert elsewhere.get("/profile").status_code == 303


def test_a_reset_link_works_once(client, elena, app):
    client.post("/password/forgot", data={"email": "elena@example.org"})
    address = link()
    client.post(address, data={"password": NEW})

    again = app.test_client().post(address, data={"password": "yet another password"})

    assert again.status_code == 400
    db.session.refresh(elena)
    assert passwords.matches(NEW, elena.password_hash)


def test_a_reset_link_is_dead_after_an_hour(client, elena, monkeypatch):
    address = f"/password/reset/{tokens.resetting(elena)}"
    moment = clock.now() + timedelta(minutes=61)
    monkeypatch.setattr(clock, "now", lambda: moment)

    answer = client.post(address, data={"password": NEW})

    assert answer.status_code == 400
    assert "too old" in answer.text


def test_forgot_password_says_the_same_for_every_address(client, elena):
    answers = [
        client.post("/password/forgot", data={"email": email})
        for email in ("elena@example.org", "nobody@example.org")
    ]

    assert {(answer.status_code, answer.location) for answer in answers} == {(303, "/password/sent")}
    kept = db.session.scalars(sa.select(Job.kind)).all()
    assert kept == ["accounts.reset", "accounts.reset"]  # who has an account is looked up later
    jobs.run_due(limit=2)
    written = db.session.scalars(sa.select(Job).order_by(Job.id)).all()
    assert [(job.kind, job.payload.get("to")) for job in written][2:] == [("mail.send", "elena@example.org")]
    assert [job.payload for job in written[:2]] == [{"email": ""}] * 2
    assert client.post("/password/forgot", data={"email": "x"}).status_code == 422


def test_password_sent_needs_a_question_first(client):
    assert client.get("/password/sent").location == "/password/forgot"


def test_a_weak_new_password_is_refused(client, elena):
    address = f"/password/reset/{tokens.resetting(elena)}"

    answer = client.post(address, data={"password": "short"})

    assert answer.status_code == 422
    assert "at least 10" in answer.text


def test_an_invited_person_accepts_the_privacy_notice(client, app):
    person = services.create_person(
        "new@example.org",
        profile=services.Profile("New Person", None, "en", "Europe/Prague"),
    )
    address = f"/password/reset/{tokens.resetting(person)}"

    assert client.post(address, data={"password": NEW}).status_code == 422
    assert client.post(address, data={"password": NEW, "consent": "y"}).status_code == 303

    db.session.refresh(person)
    assert person.privacy_version == PRIVACY_VERSION
    assert person.privacy_accepted is not None


def test_mail_of_a_reset_ignores_the_host_of_the_request(client, app, elena, monkeypatch):
    monkeypatch.setitem(app.config, "EXTRA_HOSTS", "evil.example")
    client.post("/password/forgot", data={"email": "elena@example.org"}, base_url="http://evil.example")

    payload = mail()
    assert "http://localhost:5000/password/reset/" in payload["text"]
    assert "evil.example" not in payload["text"] + payload["html"]
