"""Writing people who passed: many new ones at once, those with an account one by one; their invitations."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import islice
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.exc import IntegrityError

from academy import audit, clock, jobs
from academy.accounts import queries, records, services
from academy.accounts.importing.checking import Candidate, Fault
from academy.accounts.models import Grant, Person, Pseudonym, Role, search_columns
from academy.db import db, new_public_id
from academy.errors import Conflict

AT_A_TIME = 500
INVITED_TOGETHER = 100
INVITE = "accounts.invite"


class ChangedMeanwhile(Conflict):
    """Somebody registered, or the file was changed, between the check and the writing."""

    message = _l("People or the file changed in the meantime, so nothing was written. Try again.")


@dataclass
class Outcome:
    """How many accounts an import made, changed and left as they were; `invited` get a mail."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    invited: list[UUID] = field(default_factory=list)


def write(checked: Iterable[Candidate | Fault]) -> Outcome:
    """Take people in, confirmed on the word of who imports them; raises ChangedMeanwhile.

    Who has an account keeps password, language and roles: only names and a place of service that the file
    gives are changed. A registration that was never confirmed becomes an account, and its password goes.
    """
    outcome, remaining = Outcome(), iter(checked)
    while batch := list(islice(remaining, AT_A_TIME)):
        candidates = [one for one in batch if isinstance(one, Candidate)]
        if len(candidates) < len(batch):
            raise ChangedMeanwhile
        try:
            _create([one for one in candidates if one.known is None], outcome)
        except IntegrityError as error:
            raise ChangedMeanwhile from error
        for one in candidates:
            if one.known is not None:
                _update(one, one.known, outcome)
        db.session.flush()
    return outcome


def invite(people: list[UUID]) -> None:
    """Queue invitations to choose a password, some in each job."""
    for begin in range(0, len(people), INVITED_TOGETHER):
        some = [str(one) for one in people[begin : begin + INVITED_TOGETHER]]
        jobs.add(INVITE, people=some)


@jobs.handler(INVITE)
def invite_job(job: jobs.Job, *, people: list[str]) -> None:
    """Mail invitations; who has chosen a password or is gone in the meantime gets none."""
    for public_id in people:
        person = queries.person_by_public_id(UUID(public_id))
        if person is not None and person.is_active and person.password_hash is None:
            services.invite(person)


def _create(candidates: list[Candidate], outcome: Outcome) -> None:
    if not candidates:
        return
    made = [_columns(one) for one in candidates]
    _insert(Person, made)
    numbers = sa.select(Person.email, Person.id).where(Person.email.in_([one.email for one in candidates]))
    by_email = {email: number for email, number in db.session.execute(numbers)}  # noqa: C416 -- rows
    _insert(Pseudonym, [{"person_id": number} for number in by_email.values()])
    grants = [_grant(one, by_email[one.email]) for one in candidates if one.role != Role.LEARNER]
    _insert(Grant, grants)
    public_ids = [one["public_id"] for one in made]
    audit.record_each("person.create", people=public_ids)
    outcome.created += len(made)
    outcome.invited += public_ids


def _insert(model: Any, rows: list[dict[str, Any]]) -> None:
    """Insert rows through the table itself: the mapper would send them one by one."""
    if rows:
        db.session.execute(sa.insert(model.__table__), rows)


def _columns(one: Candidate) -> dict[str, Any]:
    now = clock.now()
    return {
        "public_id": new_public_id(),
        "email": one.email,
        "name_latin": one.name_latin,
        "name_cyrillic": one.name_cyrillic,
        **search_columns(one.name_latin, one.name_cyrillic, one.email),
        "state_code": one.state_code,
        "state_confirmed": now if one.state_code else None,
        "organisation_id": one.organisation.id if one.organisation else None,
        "organisation_confirmed": now if one.organisation else None,
        "language": one.language or "en",
        "time_zone": one.time_zone,
        "email_confirmed": now,
    }


def _grant(one: Candidate, number: int) -> dict[str, Any]:
    scope = one.state_code if one.role == Role.COORDINATOR else None
    return {"person_id": number, "role": one.role.value, "state_code": scope}


def _update(one: Candidate, person: Person, outcome: Outcome) -> None:
    before = _facts(person)
    person.name_latin = one.name_latin
    person.name_cyrillic = one.name_cyrillic or person.name_cyrillic
    _place(one, person)
    if person.email_confirmed is None:  # whoever registered never proved to own the address
        person.email_confirmed, person.password_hash = clock.now(), None
        person.privacy_version = person.privacy_accepted = None
        services.forget_links(person)
        outcome.invited.append(person.public_id)
    after = _facts(person)
    if after == before:
        outcome.unchanged += 1
        return
    outcome.updated += 1
    audit.record("person.change", target=records.person(person), before=before, after=after)


def _place(one: Candidate, person: Person) -> None:
    now = clock.now()
    if one.state_code is not None:
        if one.state_code != person.state_code:
            person.state_code, person.state_confirmed = one.state_code, None
            person.organisation, person.organisation_confirmed = None, None
        person.state_confirmed = person.state_confirmed or now
        person.claim_declined = None
    if one.organisation is not None:
        if one.organisation is not person.organisation:
            person.organisation, person.organisation_confirmed = one.organisation, None
        person.organisation_confirmed = person.organisation_confirmed or now


def _facts(person: Person) -> dict[str, object]:
    names = {"name_latin": person.name_latin, "name_cyrillic": person.name_cyrillic}
    confirmed = {"email_confirmed": person.email_confirmed is not None}
    return {**names, **services.claim_of(person), **confirmed}
