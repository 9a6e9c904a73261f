"""Roles: who grants them, and what a coordinator's is limited to."""

from flask_babel import lazy_gettext as _l

from academy import audit
from academy.accounts import records, sessions
from academy.accounts.models import Grant, Organisation, Person, Role
from academy.db import db, lock
from academy.errors import Conflict, Invalid


class ScopeMissing(Invalid):
    """A coordinator's role without a state or an organisation."""

    message = _l("A coordinator needs a state or an organisation.")


class LastAdministrator(Conflict):
    """Nobody could undo this any more."""

    message = _l("You cannot take the role of administrator from yourself. Ask another administrator.")


def grant(
    person: Person, role: Role, *, state_code: str | None = None, organisation: Organisation | None = None
) -> bool:
    """Give a person a role; say whether that changed anything, as who holds it keeps it. Raises ScopeMissing.

    Only a coordinator's role is limited; a limit given with another role is left out.
    """
    if role == Role.LEARNER:
        return False
    if role == Role.COORDINATOR and not state_code and organisation is None:
        raise ScopeMissing
    wanted = (role.value, state_code, organisation.id if organisation else None)
    lock(person)
    wanted = wanted if role == Role.COORDINATOR else (role.value, None, None)
    if any(_facts(held) == wanted for held in person.grants):
        return False
    person.grants.append(Grant(role=wanted[0], state_code=wanted[1], organisation_id=wanted[2]))
    db.session.flush()
    sessions.renew_all(person)
    audit.record("role.grant", target=records.person(person), after=_written(wanted))
    return True


def revoke(
    person: Person,
    role: Role,
    *,
    by: Person,
    state_code: str | None = None,
    organisation: Organisation | None = None,
) -> None:
    """Take a role from a person; one that the person does not hold changes nothing."""
    if role == Role.ADMINISTRATOR and person.id == by.id:
        raise LastAdministrator
    wanted = (role.value, state_code, organisation.id if organisation else None)
    for held in [held for held in person.grants if _facts(held) == wanted]:
        person.grants.remove(held)
        audit.record("role.revoke", target=records.person(person), before=_written(wanted))
        sessions.renew_all(person)
    db.session.flush()


def _facts(held: Grant) -> tuple[str, str | None, int | None]:
    return held.role, held.state_code, held.organisation_id


def _written(facts: tuple[str, str | None, int | None]) -> dict[str, object]:
    return {"role": facts[0], "state": facts[1], "organisation": facts[2]}
