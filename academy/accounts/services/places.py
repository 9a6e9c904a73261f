"""Participating states and organisations, edited by staff."""

import csv
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from academy import audit
from academy.accounts import records
from academy.accounts.models import Organisation, Person, State
from academy.db import db
from academy.errors import Conflict, Invalid
from academy.transactions import Turn, take

FACTS = Path(__file__).parent.parent / "data" / "states.csv"


class DomainTaken(Conflict):
    """Another organisation has this mail domain."""

    message = _l("Another organisation has this mail domain.")


class LoopInTree(Invalid):
    """An organisation cannot lie below itself."""

    message = _l("An organisation cannot be part of itself or of what is below it.")


@dataclass(frozen=True)
class StateFacts:
    """What staff may change about a state."""

    name: dict[str, str]
    region: str
    status: str
    since: date | None = None
    until: date | None = None
    footnote: bool = False
    time_zone: str = "Europe/Prague"


def load_states() -> int:
    """Add the participating states that the database does not know; return how many were added.

    What is there stays as staff left it, so this may run at every upgrade.
    """
    known = set(db.session.scalars(sa.select(State.code)))
    with FACTS.open(encoding="utf-8", newline="") as file:
        new = [_state(row) for row in csv.DictReader(file) if row["code"] not in known]
    db.session.add_all(new)
    db.session.flush()
    return len(new)


def save_state(code: str, facts: StateFacts) -> State:
    """Add or change a state."""
    state = db.session.get(State, code)
    before = _written(state) if state else None
    if state is None:
        state = State(code=code)
        db.session.add(state)
    for name, value in asdict(facts).items():
        setattr(state, name, value)
    db.session.flush()
    audit.record("state.save", target=records.state(state), before=before, after=_written(state))
    return state


def save_organisation(
    organisation: Organisation | None,
    *,
    name: dict[str, str],
    state_code: str | None,
    parent: Organisation | None,
    mail_domain: str | None,
) -> Organisation:
    """Add or change an organisation; below a parent it has the parent's state.

    Raises DomainTaken, LoopInTree.
    """
    take(Turn.PLACES, db.session.connection())  # two moves at once could make a loop
    _check_organisation(organisation, parent=parent, mail_domain=mail_domain)
    before = _written_unit(organisation) if organisation else None
    if organisation is None:
        organisation = Organisation()
        db.session.add(organisation)
    old_path = organisation.path
    organisation.name, organisation.parent, organisation.mail_domain = name, parent, mail_domain
    organisation.state_code = parent.state_code if parent else state_code
    db.session.flush()
    organisation.path = f"{parent.path if parent else '/'}{organisation.id}/"
    if old_path:
        _move_below(organisation, old_path)
    db.session.flush()
    after = _written_unit(organisation)
    audit.record("organisation.save", target=records.organisation(organisation), before=before, after=after)
    return organisation


def _check_organisation(
    organisation: Organisation | None, *, parent: Organisation | None, mail_domain: str | None
) -> None:
    if organisation and parent and parent.path.startswith(organisation.path):
        raise LoopInTree
    owner = sa.select(Organisation).where(Organisation.mail_domain == mail_domain)
    taken = db.session.scalar(owner) if mail_domain else None
    if taken is not None and taken is not organisation:
        raise DomainTaken


def _move_below(organisation: Organisation, old_path: str) -> None:
    below = sa.select(Organisation).where(
        Organisation.path.startswith(old_path, autoescape=True), Organisation.id != organisation.id
    )
    changed = [organisation.id]
    for unit in db.session.scalars(below):
        unit.path = organisation.path + unit.path.removeprefix(old_path)
        unit.state_code = organisation.state_code
        changed.append(unit.id)
    elsewhere = Person.state_code.is_distinct_from(organisation.state_code)
    db.session.execute(
        sa.update(Person)
        .where(Person.organisation_id.in_(changed), elsewhere)
        .values(organisation_id=None, organisation_confirmed=None)
    )


def _state(row: dict[str, str]) -> State:
    return State(
        code=row["code"],
        name={"en": row["name_en"], "ru": row["name_ru"]},
        region=row["region"],
        status=row["status"],
        time_zone=row["time_zone"],
        footnote=bool(row["footnote"]),
    )


def _written(state: State) -> dict[str, object]:
    return {
        "name": state.name,
        "region": state.region,
        "status": state.status,
        "since": str(state.since) if state.since else None,
        "until": str(state.until) if state.until else None,
        "footnote": state.footnote,
        "time_zone": state.time_zone,
    }


def _written_unit(unit: Organisation) -> dict[str, object]:
    parent = str(unit.parent.public_id) if unit.parent else None
    return {"name": unit.name, "state": unit.state_code, "parent": parent, "mail_domain": unit.mail_domain}
