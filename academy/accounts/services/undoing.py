"""Taking back a decision on a place of service, for a short while and only while nothing came after it."""

from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa
from flask import current_app
from flask_babel import lazy_gettext as _l
from itsdangerous import BadData, URLSafeSerializer

from academy import audit, clock
from academy.accounts import records, scope
from academy.accounts.models import Organisation, Person
from academy.accounts.services.decisions import claim_with_moments
from academy.accounts.services.people import claim_of
from academy.db import db
from academy.errors import Conflict, NotAllowed

LASTS = timedelta(minutes=10)


class TooLateToUndo(Conflict):
    """The decision is older than ten minutes, or something was decided after it."""

    message = _l("This can no longer be undone here. Change it on the page of people.")


def decision(person: Person, *, before: dict[str, object]) -> str:
    """Return the signed note of a decision that was just made, with which it can be undone once.

    It bears the moments of the decision, so it undoes none that was made later and looks the same.
    """
    until = int((clock.now() + LASTS).timestamp())
    return str(_serializer().dumps([str(person.public_id), until, before, claim_with_moments(person)]))


def undo_decision(note: str, *, viewer: Person) -> Person:
    """Put back what a person claimed before a decision within the viewer's scope.

    Raises TooLateToUndo where the note is old, or the person's place of service has changed since;
    NotAllowed where the claim was outside of the viewer's scope.
    """
    person, before = _read(note)
    unit = _unit(before["organisation"])
    state = str(before["state"]) if before["state"] else None
    covered = scope.sees_everybody(viewer) or state in scope.states_of(viewer)
    if not covered and not scope.covers_organisation(viewer, unit):
        raise NotAllowed
    after = claim_of(person)
    person.state_code, person.organisation = state, unit
    person.state_confirmed = person.state_confirmed if before["state_confirmed"] else None
    person.organisation_confirmed = (
        person.organisation_confirmed if before["organisation_confirmed"] else None
    )
    person.claim_declined = None
    db.session.flush()
    audit.record("person.undo", target=records.person(person), before=after, after=claim_of(person))
    return person


def _read(note: str) -> tuple[Person, dict[str, object]]:
    try:
        public_id, until, before, after = _serializer().loads(note)
    except (BadData, ValueError) as error:
        raise TooLateToUndo from error
    person = db.session.scalar(sa.select(Person).where(Person.public_id == UUID(public_id)))
    if person is None or until < clock.now().timestamp() or claim_with_moments(person) != after:
        raise TooLateToUndo
    return person, before


def _unit(public_id: object) -> Organisation | None:
    if public_id is None:
        return None
    return db.session.scalar(sa.select(Organisation).where(Organisation.public_id == UUID(str(public_id))))


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.config["SECRET_KEY"]), salt="undo-decision")
