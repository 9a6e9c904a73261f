"""Reading the audit record: what was asked for, one page at a time by keyset, and single entries."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from academy import audit, search
from academy.accounts.models import Person, folded
from academy.audit import ACTS, KINDS, AuditEntry, AuditSeal, Said
from academy.audit.recording import SEARCH
from academy.db import db
from academy.errors import NotFound

PAGE = 50
MOST_PEOPLE = 100
_NEWEST = (AuditEntry.at.desc(), AuditEntry.id.desc())
_OLDEST = (AuditEntry.at, AuditEntry.id)


@dataclass(frozen=True)
class Filters:
    """Which entries: by person (who acted or was concerned), act, thing, days (UTC), and words."""

    person: str = ""
    act: str = ""
    kind: str = ""
    target: str = ""
    since: date | None = None
    until: date | None = None
    text: str = ""

    @classmethod
    def read(cls, arguments: Mapping[str, str]) -> tuple["Filters", dict[str, str]]:
        """Read the filters of an address; return them and, for days that are none, what was typed."""
        wrong: dict[str, str] = {}
        act, kind = arguments.get("act", ""), arguments.get("kind", "")
        return cls(
            person=arguments.get("person", "").strip()[:100],
            act=act if act in ACTS else "",
            kind=kind if kind in KINDS else "",
            target=arguments.get("target", "").strip()[:200],
            since=_day(arguments, "from", wrong),
            until=_day(arguments, "to", wrong),
            text=arguments.get("q", "").strip()[:100],
        ), wrong

    @property
    def begins(self) -> datetime | None:
        """Return the first moment of the first day."""
        return _midnight(self.since) if self.since else None

    @property
    def ends(self) -> datetime | None:
        """Return the first moment of the last day."""
        return _midnight(self.until) if self.until else None

    def arguments(self, **changes: Any) -> dict[str, str]:
        """Return what an address with these filters, and changes of them, says."""
        one = replace(self, **changes)
        said = {
            "person": one.person,
            "act": one.act,
            "kind": one.kind,
            "target": one.target,
            "from": one.since.isoformat() if one.since else "",
            "to": one.until.isoformat() if one.until else "",
            "q": one.text,
        }
        return {name: value for name, value in said.items() if value}


@dataclass(frozen=True)
class Page:
    """Entries, newest first, with their words, and where the pages before and after begin."""

    entries: list[AuditEntry]
    words: dict[int, Said]
    newer: UUID | None = None
    older: UUID | None = None


def page(filters: Filters, *, before: UUID | None = None, after: UUID | None = None) -> Page:
    """Return the newest entries, those older than the entry `before`, or those newer than `after`."""
    backwards = after is not None and before is None
    start = _place(after if backwards else before)
    found = list(db.session.scalars(_select(filters, start, backwards=backwards).limit(PAGE + 1)))
    more, entries = len(found) > PAGE, found[:PAGE]
    if backwards:
        entries.reverse()
    newer = bool(entries) and (more if backwards else start is not None)
    older = bool(entries) and (start is not None if backwards else more)
    return Page(
        entries,
        audit.said(entries),
        newer=entries[0].public_id if newer else None,
        older=entries[-1].public_id if older else None,
    )


def newest(most: int) -> list[AuditEntry]:
    """Return the newest entries."""
    return list(db.session.scalars(sa.select(AuditEntry).order_by(*_NEWEST).limit(most)))


def every(filters: Filters) -> Iterator[tuple[AuditEntry, Said]]:
    """Go through all entries, newest first, a page at a time."""
    before: UUID | None = None
    while True:
        found = page(filters, before=before)
        yield from ((entry, found.words[entry.id]) for entry in found.entries)
        before = found.older
        db.session.expunge_all()
        if before is None:
            return


def entry(public_id: UUID) -> tuple[AuditEntry, Said, AuditSeal | None]:
    """Return an entry with its words and its seal, if it has one by now; raises NotFound."""
    with_seal = sa.select(AuditEntry, AuditSeal).outerjoin(AuditSeal, AuditSeal.entry_id == AuditEntry.id)
    found = db.session.execute(with_seal.where(AuditEntry.public_id == public_id)).one_or_none()
    if found is None:
        raise NotFound
    return found[0], audit.said([found[0]])[found[0].id], found[1]


def name_of(person: UUID) -> str | None:
    """Return the present name of a person, None where there is nobody any more."""
    return db.session.scalar(sa.select(Person.name_latin).where(Person.public_id == person))


def _select(
    filters: Filters, start: tuple[datetime, int] | None, *, backwards: bool
) -> sa.Select[AuditEntry]:
    """Return entries in the order of reading; of a person's, what they did and what concerned them."""
    order = _OLDEST if backwards else _NEWEST
    where = list(_where(filters, start, backwards=backwards))
    if not filters.person:
        return sa.select(AuditEntry).where(*where).order_by(*order)
    people = _people(filters.person)
    halves = [
        sa.select(AuditEntry.id).where(*where, column.in_(people)).order_by(*order).limit(PAGE + 1).subquery()
        for column in (AuditEntry.actor, AuditEntry.person)
    ]
    either = sa.union(*(sa.select(half.c.id) for half in halves)).subquery()
    return sa.select(AuditEntry).where(AuditEntry.id.in_(sa.select(either.c.id))).order_by(*order)


def _where(
    filters: Filters, start: tuple[datetime, int] | None, *, backwards: bool
) -> Iterator[sa.ColumnElement[bool]]:
    if filters.act:
        yield AuditEntry.act == filters.act
    if filters.kind:
        yield AuditEntry.kind == filters.kind
    if filters.target:
        yield AuditEntry.target == filters.target
    if filters.since:
        yield AuditEntry.at >= _midnight(filters.since)
    if filters.until and filters.until < date.max:
        yield AuditEntry.at < _midnight(filters.until + timedelta(days=1))
    if filters.text:
        hits = search.matching(SEARCH, filters.text)
        yield AuditEntry.public_id.in_(sa.select(hits.c.document))
    if start:
        here, there = sa.tuple_(AuditEntry.at, AuditEntry.id), sa.tuple_(*start)
        yield here > there if backwards else here < there


def _people(text: str) -> list[UUID]:
    """Return the people whom a text means: by public id, else by a part of name or address."""
    try:
        return [UUID(text)]
    except ValueError:
        found = sa.select(Person.public_id).where(Person.folded.contains(folded(text), autoescape=True))
        return list(db.session.scalars(found.order_by(Person.id).limit(MOST_PEOPLE)))


def _place(public_id: UUID | None) -> tuple[datetime, int] | None:
    if public_id is None:
        return None
    place = sa.select(AuditEntry.at, AuditEntry.id).where(AuditEntry.public_id == public_id)
    found = db.session.execute(place).one_or_none()
    return (found.at, found.id) if found else None


def _midnight(day: date) -> datetime:
    return datetime.combine(day, datetime.min.time(), UTC)


def _day(arguments: Mapping[str, str], name: str, wrong: dict[str, str]) -> date | None:
    text = arguments.get(name, "").strip()
    for pattern in ("%Y-%m-%d", "%d.%m.%Y"):
        try:
            return datetime.strptime(text, pattern).date() if text else None  # noqa: DTZ007 -- a day has no zone
        except ValueError:
            continue
    wrong[name] = text[:40]
    return None
