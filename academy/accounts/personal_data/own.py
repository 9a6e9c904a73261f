"""What accounts itself holds about a person; erased last, for all other rooms point here."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from academy.accounts import throttle
from academy.accounts.forms.administration import role_name
from academy.accounts.models import (
    Grant,
    MailedLink,
    Organisation,
    Person,
    PersonSession,
    Pseudonym,
    SignInAttempt,
)
from academy.accounts.personal_data import words
from academy.accounts.personal_data.models import DataRequest
from academy.accounts.personal_data.sources import (
    Document,
    Entry,
    Holding,
    Leftover,
    Source,
    StoredFile,
    Subject,
)
from academy.accounts.states import state_name
from academy.accounts.zones import DEFAULT
from academy.db import db, new_public_id
from academy.locale import translated
from academy.tables import Column

ATTEMPTS = ("account", "account of browser", "mail to")
COARSE_FROM = 5
LANGUAGE_NAMES = {"en": "English", "ru": "Русский"}
NOWHERE = "erased.invalid"
COPIES = "personal"


def _holdings(subject: Subject) -> Iterator[Holding]:
    yield Holding("account", _l("Account: names, address, language, password"), 1)
    yield Holding("roles", _l("Roles"), _count(Grant.person_id == subject.id))
    yield Holding("sessions", _l("Signed-in browsers"), _count(PersonSession.person_id == subject.id))
    yield Holding(
        "links", _l("Links sent by mail that still work"), _count(MailedLink.person_id == subject.id)
    )
    yield Holding("requests", _l("Requests about personal data"), _count(DataRequest.person_id == subject.id))
    yield Holding("attempts", _l("Failed sign-ins of the last hours"), _count(_attempts(subject)))


def _export(subject: Subject) -> Iterator[Document | StoredFile]:
    person = subject.person
    yield Document("account", _l("Account"), FACT, [Entry(fact) for fact in _facts(person)])
    yield Document("roles", _l("Roles"), ROLE, [Entry(_role(grant)) for grant in person.grants])
    yield Document("sessions", _l("Signed-in browsers"), SESSION, _sessions(subject))
    yield Document("requests", _l("Requests about personal data"), REQUEST, _requests(subject))


def _erase(subject: Subject) -> Leftover:
    """Remove everything; `settle` then decides whether a nameless row stays."""
    person = subject.person
    copies = [
        f"{COPIES}/{one}.zip"
        for one in db.session.scalars(
            sa.select(DataRequest.public_id).where(DataRequest.person_id == subject.id)
        )
    ]
    db.session.execute(sa.delete(SignInAttempt).where(_attempts(subject)))
    for table in (DataRequest, MailedLink, PersonSession, Pseudonym, Grant):
        db.session.execute(sa.delete(table).where(table.person_id == subject.id))
    decided = sa.update(DataRequest).where(DataRequest.decided_by_id == subject.id)
    db.session.execute(decided.values(decided_by_id=None))
    db.session.expire(person, ["pseudonym", "grants"])
    return Leftover(files=copies)


def settle(subject: Subject, *, keeps_totals: bool) -> None:
    """Remove the person's row, or leave what totals need: a confirmed place of service, and the month."""
    person = subject.person
    if not keeps_totals:
        db.session.delete(person)
        db.session.flush()
        return
    month = person.created.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    person.public_id = new_public_id()
    person.email = f"{person.public_id}@{NOWHERE}"
    person.name_latin, person.name_cyrillic = "", None
    person.password_hash = person.privacy_version = None
    person.email_confirmed = person.privacy_accepted = person.claim_declined = None
    person.language, person.time_zone = "en", DEFAULT
    person.active, person.demo, person.erased, person.created = False, False, True, month
    person.organisation = _coarser(person) if person.organisation_confirmed else None
    person.organisation_confirmed = month if person.organisation else None
    if not person.state_confirmed:
        person.state_code = None
    person.state_confirmed = month if person.state_code else None
    db.session.flush()


def _coarser(person: Person) -> Organisation | None:
    """Return the smallest unit above or at the person's in which five others at least serve, else nothing."""
    unit = person.organisation
    while unit is not None:
        inside = sa.select(Organisation.id).where(Organisation.path.startswith(unit.path, autoescape=True))
        others = sa.and_(
            Person.organisation_id.in_(inside),
            Person.organisation_confirmed.is_not(None),
            Person.id != person.id,
        )
        if _count(others, Person) >= COARSE_FROM:
            return unit
        unit = unit.parent
    return None


FACT = (Column("what", _l("What")), Column("value", _l("Value")))
ROLE = (Column("name", _l("Role")), Column("limit", _l("Limited to")))
SESSION = (
    Column("browser", _l("Browser")),
    Column("network", _l("Network")),
    Column("began", _l("Began"), "datetime"),
    Column("last_seen", _l("Last used"), "datetime"),
)
REQUEST = (
    Column("kind", _l("Request")),
    Column("state", _l("Status")),
    Column("asked", _l("Asked"), "datetime"),
    Column("decided", _l("Decided"), "datetime"),
)


def _facts(person: Person) -> Iterable[dict[str, object]]:
    unit = person.organisation
    facts: tuple[tuple[str, object, object], ...] = (
        ("email", _l("E-mail"), person.email),
        ("name_latin", _l("Name in Latin letters"), person.name_latin),
        ("name_cyrillic", _l("Name in Cyrillic letters"), person.name_cyrillic),
        ("state", _l("State"), state_name(person.state) if person.state else None),
        ("state_confirmed", _l("State confirmed"), person.state_confirmed),
        ("organisation", _l("Organisation"), translated(unit.name) if unit else None),
        ("organisation_confirmed", _l("Organisation confirmed"), person.organisation_confirmed),
        ("claim_declined", _l("Place of service declined"), person.claim_declined),
        ("language", _l("Language"), LANGUAGE_NAMES.get(person.language)),
        ("time_zone", _l("Time zone"), person.time_zone),
        ("email_confirmed", _l("Address confirmed"), person.email_confirmed),
        ("privacy_version", _l("Privacy notice accepted"), person.privacy_version),
        ("privacy_accepted", _l("Accepted on"), person.privacy_accepted),
        ("pseudonym", _l("Pseudonym in learning records"), str(person.pseudonym.name)),
        ("public_id", _l("Number in the technical records"), str(person.public_id)),
        ("password", _l("Password"), _l("kept as a one-way digest only") if person.password_hash else None),
        ("created", _l("Account made"), person.created),
    )
    for key, title, value in facts:
        if value is not None:
            yield {
                "fact": key,
                "what": str(title),
                "value": str(value) if not isinstance(value, datetime) else value,
            }


def _role(grant: Grant) -> dict[str, object]:
    unit = grant.organisation
    limit = state_name(grant.state) if grant.state else translated(unit.name) if unit else None
    return {"role": grant.role, "name": role_name(grant.role), "limit": limit}


def _sessions(subject: Subject) -> Iterator[Entry]:
    of_person = sa.select(PersonSession).where(PersonSession.person_id == subject.id)
    for one in db.session.scalars(of_person.order_by(PersonSession.id)):
        yield Entry(
            {
                "browser": one.agent,
                "network": one.network,
                "began": one.created,
                "last_seen": one.last_seen,
                "ended": one.ended,
                "shared": one.shared,
            }
        )


def _requests(subject: Subject) -> Iterator[Entry]:
    of_person = sa.select(DataRequest).where(DataRequest.person_id == subject.id)
    for one in db.session.scalars(of_person.order_by(DataRequest.id)):
        yield Entry(
            {
                "kind": str(words.KINDS[one.kind]),
                "state": str(words.STATES[one.state]),
                "asked": one.asked,
                "decided": one.decided,
                "reason": one.reason,
            }
        )


def _attempts(subject: Subject) -> sa.ColumnElement[bool]:
    return SignInAttempt.account.in_([throttle.key(kind, subject.email) for kind in ATTEMPTS])


def _count(which: sa.ColumnElement[bool], table: Any = None) -> int:
    counted = sa.select(sa.func.count()).where(which)
    return db.session.scalar(counted.select_from(table) if table is not None else counted) or 0


SOURCE = Source(
    name="accounts",
    title=_l("Account"),
    tables=frozenset(
        (
            "person",
            "pseudonym",
            "role_grant",
            "person_session",
            "mailed_link",
            "sign_in_attempt",
            "data_request",
        )
    ),
    holdings=_holdings,
    export=_export,
    erase=_erase,
)
