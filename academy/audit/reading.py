"""Reading the record: what entries say in words, gathered for many at once."""

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from academy import clock
from academy.audit.models import AuditEntry, AuditText
from academy.db import db


@dataclass(frozen=True)
class Said:
    """What an entry says in words; `erased` names the parts that went with the data of a person."""

    name: str | None = None
    address: str | None = None
    label: str = ""
    before: dict[str, Any] | None = None
    after: dict[str, Any] | None = None
    reason: str | None = None
    erased: frozenset[str] = frozenset()


def said(entries: Iterable[AuditEntry]) -> dict[int, Said]:
    """Return what each of the entries says, by row; one query for all."""
    known = {entry.id: entry for entry in entries}
    contents: dict[int, dict[str, Any]] = defaultdict(dict)
    parts: dict[int, set[str]] = defaultdict(set)
    for text in db.session.scalars(sa.select(AuditText).where(AuditText.entry_id.in_(known))):
        contents[text.entry_id] |= json.loads(text.content)
        parts[text.entry_id].add(text.part)
    return {
        number: Said(**contents[number], erased=_digested(entry) - parts[number])
        for number, entry in known.items()
    }


def of_person(person: UUID) -> list[dict[str, Any]]:
    """Return every act of a person or concerning the person, oldest first, for the archive of one's data."""
    concerned = sa.or_(AuditEntry.actor == person, AuditEntry.person == person)
    entries = db.session.scalars(sa.select(AuditEntry).where(concerned).order_by(AuditEntry.id)).all()
    words = said(entries)
    return [
        {
            "at": clock.rfc3339(entry.at),
            "act": entry.act,
            "by_this_person": entry.actor == person,
            **_own_words(entry, words[entry.id], person),
        }
        for entry in entries
    ]


def _own_words(entry: AuditEntry, words: Said, person: UUID) -> dict[str, Any]:
    """Return of an entry what is about the person, and nothing about others who are in it."""
    found: dict[str, Any] = {"kind": entry.kind, "address": words.address if entry.actor == person else None}
    if entry.person in (None, person):
        found |= {"target": entry.target, "label": words.label}
        found |= {"before": words.before, "after": words.after, "reason": words.reason}
    return {name: value for name, value in found.items() if value}


def _digested(entry: AuditEntry) -> frozenset[str]:
    digests = {"actor": entry.actor_digest, "target": entry.target_digest}
    return frozenset(part for part, digest in digests.items() if digest)
