"""Refused sign-ins of staff are on record, and nobody can tell from the answer whose they were."""

import pytest
import sqlalchemy as sa

from academy import audit, jobs
from academy.accounts import passwords
from academy.db import db
from tests.factories import accounts

WRONG = {"password": "not the password"}


@pytest.fixture
def people(app):
    hashed = passwords.hash_of("three words fit")
    accounts.person(email="learner@example.org", password_hash=hashed)
    return accounts.person(
        email="trainer@example.org", name_latin="Ion Trainer", roles=["trainer"], password_hash=hashed
    )


def entries():
    return list(db.session.scalars(sa.select(audit.AuditEntry).where(audit.AuditEntry.act == "signin.fail")))


def test_a_refused_sign_in_of_staff_is_recorded_with_its_way(people, client):
    answer = client.post("/sign-in", data={"email": "Trainer@example.org", **WRONG})
    jobs.run_due()

    (entry,) = entries()
    words = audit.said([entry])[entry.id]
    assert (entry.actor, entry.person, entry.door) == (None, people.public_id, "page")
    assert entry.request_id == answer.headers["X-Request-ID"]
    assert (words.label, words.address) == ("Ion Trainer, trainer@example.org", "127.0.0.1")


@pytest.mark.parametrize("email", ["learner@example.org", "nobody@example.org"])
def test_refused_sign_ins_of_others_do_the_same_work_and_leave_nothing(people, client, queries, email):
    with queries() as of_staff:
        client.post("/sign-in", data={"email": "trainer@example.org", **WRONG})
    with queries() as of_others:
        client.post("/sign-in", data={"email": email, **WRONG})

    jobs.run_due()

    assert [entry.person for entry in entries()] == [people.public_id]
    assert len(of_staff) - len(of_others) in (0, 1)  # the roles of a person who is found
    assert "example.org" not in str(db.session.scalars(sa.select(jobs.Job.payload)).all())


def test_a_right_password_leaves_no_refusal(people, client):
    client.post("/sign-in", data={"email": "trainer@example.org", "password": "three words fit"})
    jobs.run_due()

    assert entries() == []
