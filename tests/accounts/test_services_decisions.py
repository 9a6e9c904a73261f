"""People hear what was decided about their place of service, once, and not what was undone."""

from datetime import timedelta
from email import message_from_bytes, policy

import pytest
import sqlalchemy as sa
from flask import Flask

from academy import clock, jobs, mail
from academy.accounts import services
from academy.accounts.models import Person
from academy.db import db
from academy.jobs import Job
from tests.factories import accounts


def told() -> list[tuple[str, str]]:
    """Let some minutes pass; return to whom mail went, and its subject."""
    later = sa.update(Job).where(Job.kind == "accounts.tell_decision").values(due=clock.now() - timedelta(1))
    db.session.execute(later)
    db.session.commit()
    jobs.run_due()
    mails = [
        message_from_bytes(path.read_bytes(), policy=policy.default) for path in mail.outbox().glob("*.eml")
    ]
    return sorted((str(one["To"]), str(one["Subject"])) for one in mails)


def claimant(**overrides: object) -> Person:
    return accounts.person(confirmed=False, email="waiting@example.org", **overrides)


def test_nothing_is_told_at_once(app: Flask) -> None:
    services.confirm_claim(claimant(), viewer=accounts.coordinator("MD"))
    db.session.commit()
    jobs.run_due()

    assert list(mail.outbox().glob("*.eml")) == []


@pytest.mark.parametrize(
    ("language", "subject"),
    [("en", "Your place of service is confirmed"), ("ru", "Ваше место службы подтверждено")],
)
def test_a_confirmation_is_told_in_the_language_of_the_person(
    app: Flask, language: str, subject: str
) -> None:
    services.confirm_claim(claimant(language=language), viewer=accounts.coordinator("MD"))

    assert told() == [("waiting@example.org", subject)]


def test_a_refusal_is_told(app: Flask) -> None:
    services.decline_claim(claimant(), viewer=accounts.coordinator("MD"))

    assert told() == [("waiting@example.org", "Your place of service was not confirmed")]


def test_what_was_undone_is_not_told_and_what_followed_is(app: Flask) -> None:
    person, viewer = claimant(), accounts.coordinator("MD")
    before = services.claim_of(person)
    services.confirm_claim(person, viewer=viewer)
    services.undo_decision(services.decision(person, before=before), viewer=viewer)
    services.decline_claim(person, viewer=viewer)

    assert told() == [("waiting@example.org", "Your place of service was not confirmed")]


def test_confirmed_undone_and_confirmed_again_is_told_once(app: Flask) -> None:
    person, viewer = claimant(), accounts.coordinator("MD")
    before = services.claim_of(person)
    services.confirm_claim(person, viewer=viewer)
    services.undo_decision(services.decision(person, before=before), viewer=viewer)
    services.confirm_claim(person, viewer=viewer)

    assert len(told()) == 1
