"""What administrators do with credentials of the record store; each act is on record."""

from collections.abc import Sequence
from datetime import datetime
from math import ceil

from academy import audit, clock
from academy.db import db
from academy.errors import NotFound
from academy.xapi import credentials
from academy.xapi.credentials import Entry, Terms

PAGE = 50


def every() -> list[Entry]:
    """Return all credentials: those that are valid first, the newest of them first."""
    found = credentials.every(db.session.connection())
    found.sort(key=lambda entry: (entry.standing == "valid", entry.created), reverse=True)
    return found


def page(number: int) -> tuple[list[Entry], int, int]:
    """Return one page of all credentials, its number, and how many pages there are."""
    found = every()
    pages = max(1, ceil(len(found) / PAGE))
    number = min(number, pages)
    return found[(number - 1) * PAGE : number * PAGE], number, pages


def entry(key: str) -> Entry:
    """Return one credential. Raises NotFound."""
    if not key.isalnum():
        raise NotFound
    try:
        return credentials.entry(db.session.connection(), key=key)
    except NotFound as fault:
        raise NotFound from fault


def issue(label: str, *, scopes: Sequence[str], terms: Terms) -> tuple[str, str]:
    """Make a credential; return its key and its secret, which is not kept."""
    pair = credentials.issue(db.session.connection(), name=label, scopes=scopes, terms=terms)
    audit.record(
        "xapi.credentials.create",
        target=audit.Target(pair[0], label),
        after={"scopes": list(scopes), **credentials.said(terms)},
    )
    return pair


def expire(known: Entry, *, at: datetime | None) -> None:
    """Set when a credential ceases to be valid, None for never."""
    credentials.expire(db.session.connection(), key=known.key, at=at)
    audit.record(
        "xapi.credentials.expire",
        target=audit.Target(known.key, known.name),
        before={"expires": known.expires and clock.rfc3339(known.expires)},
        after={"expires": at and clock.rfc3339(at)},
    )


def revoke(known: Entry) -> None:
    """Make a credential useless from now on."""
    credentials.revoke(db.session.connection(), key=known.key)
    if known.revoked is None:
        audit.record("xapi.credentials.revoke", target=audit.Target(known.key, known.name))
