"""People, states and organisations for tests; everything is added to the session and flushed."""

from itertools import count
from typing import Any

from academy import clock
from academy.accounts.models import Grant, Organisation, Person, Pseudonym, State
from academy.db import db

PASSWORD = "a-long-test-password"

_numbers = count(1)


def state(code: str = "MD", **overrides: Any) -> State:
    """Return the state of a code; make it where the database has none."""
    found = db.session.get(State, code)
    if found is None:
        found = State(code=code, name={"en": f"State {code}", "ru": f"Государство {code}"}, region="Test")
        db.session.add(found)
    for name, value in overrides.items():
        setattr(found, name, value)
    db.session.flush()
    return found


def organisation(
    name: str = "Border Police", *, parent: Organisation | None = None, **overrides: Any
) -> Organisation:
    """Make an organisation of Moldova, or of its parent's state, with its path."""
    code = overrides.pop("state", None) or (parent.state_code if parent else "MD")
    made = Organisation(name={"en": name}, parent=parent, state_code=state(code).code, **overrides)
    db.session.add(made)
    db.session.flush()
    made.path = f"{parent.path if parent else '/'}{made.id}/"
    db.session.flush()
    return made


def person(**overrides: Any) -> Person:
    """Make a confirmed learner of Moldova without a password.

    `state` is a code or None; `organisation` an Organisation; `roles` names further roles (not coordinator);
    `confirmed=False` leaves state and organisation unconfirmed. Other names are columns.
    """
    number = next(_numbers)
    code, unit = overrides.pop("state", "MD"), overrides.pop("organisation", None)
    roles, confirmed = overrides.pop("roles", ()), overrides.pop("confirmed", True)
    now = clock.now()
    values = {
        "email": f"person{number}@example.org",
        "name_latin": f"Person {number}",
        "state_code": state(code).code if code else None,
        "state_confirmed": now if code and confirmed else None,
        "organisation": unit,
        "organisation_confirmed": now if unit and confirmed else None,
        "email_confirmed": now,
        "privacy_version": "test",
        "privacy_accepted": now,
        "pseudonym": Pseudonym(),
    }
    made = Person(**values | overrides)
    made.grants = [Grant(role=role) for role in roles]
    db.session.add(made)
    db.session.flush()
    return made


def coordinator(
    state: str | None = "MD", *, organisation: Organisation | None = None, **overrides: Any
) -> Person:
    """Make a coordinator of a state, or of an organisation and all below it."""
    made = person(**{"state": state or "MD"} | overrides)
    made.grants.append(
        Grant(
            role="coordinator",
            state_code=None if organisation else state,
            organisation_id=organisation.id if organisation else None,
        )
    )
    db.session.flush()
    return made
