"""Writing into the record: the one function that notes an act, and the erasure of what is personal in it."""

import hashlib
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol
from uuid import UUID

import sqlalchemy as sa
from flask import g, has_request_context, request
from flask_login import current_user

from academy import clock, search, trace
from academy.audit.acts import ACTS
from academy.audit.models import AuditEntry, AuditText
from academy.db import commit_now, db, release

Facts = dict[str, Any]
SEARCH = "audit"


class Actor(Protocol):
    """Whoever acts: known by public id, with a name."""

    public_id: UUID
    name_latin: str


@dataclass(frozen=True)
class Target:
    """The thing acted on: its public id or code, how people call it, and the person whom it concerns."""

    id: object
    label: str = ""
    person: UUID | None = None


@dataclass(frozen=True)
class Way:
    """How an act came in: by which door, from which address, under which code."""

    door: str
    address: str | None = None
    request_id: str | None = None


def record(
    act: str,
    *,
    target: Target | object,
    before: Facts | None = None,
    after: Facts | None = None,
    reason: str | None = None,
    by: Actor | None = None,
    way: Way | None = None,
) -> None:
    """Add an act to the record, in the transaction that does it; `academy.audit.acts` lists all acts.

    Of `before` and `after` only what differs is kept; where both are given and nothing differs, nothing was
    done and nothing is recorded. Who acts is the signed-in person unless `by` says otherwise, and the act
    came in the way that the present work did unless `way` says otherwise.
    """
    if act not in ACTS:
        raise ValueError(f"{act} is not an act of the record: add it to academy/audit/acts.py")
    before, after = _plain(before), _plain(after)
    if before is not None and after is not None:
        if before == after:
            return
        before, after = _differing(before, after), _differing(after, before)
    thing = target if isinstance(target, Target) else Target(target)
    kind = ACTS[act].kind
    person = thing.person or (UUID(str(thing.id)) if kind == "person" else None)
    actor, way = by or _signed_in(), way or _present_way()
    said = {"name": actor.name_latin if actor else None, "address": way.address}
    done = {"label": thing.label, "before": before, "after": after, "reason": reason}
    texts = [
        _text("actor", said, about=actor.public_id if actor else person),
        _text("target", done, about=person),
    ]
    entry = AuditEntry(act=act, kind=kind, target=str(thing.id), person=person)
    entry.at, entry.actor = clock.now(), actor.public_id if actor else None
    entry.door, entry.request_id = way.door, way.request_id
    _add(entry, [text for text in texts if text])


def record_each(act: str, *, people: Sequence[UUID]) -> None:
    """Add one act for each of many people, without words, in the transaction that does it."""
    actor, way = _signed_in(), _present_way()
    same = {"at": clock.now(), "act": act, "kind": ACTS[act].kind}
    same |= {"actor": actor.public_id if actor else None, "door": way.door, "request_id": way.request_id}
    rows = [{**same, "target": str(person), "person": person} for person in people]
    if rows:
        table: Any = AuditEntry.__table__
        db.session.execute(sa.insert(table), rows)


def record_reading(act: str, *, target: Target | object, after: Facts | None = None) -> None:
    """Record that somebody takes personal data out, before it is read; committed at once.

    For pages that are only asked for: their transaction, which may not write, is ended first.
    """
    release()
    if has_request_context():
        g.writes = True
    record(act, target=target, after=after)
    commit_now()
    if has_request_context():
        g.writes = False


def forget(person: UUID) -> int:
    """Remove what the record says in words about a person; return how many texts went.

    The acts stay. The erasure (`acts.ERASURE`) must have been recorded before, else the database refuses.
    """
    db.session.flush()
    entries = sa.select(AuditText.entry_id).where(AuditText.about == person)
    known = sa.select(AuditEntry.public_id).where(AuditEntry.id.in_(entries))
    for document in db.session.scalars(known).all():
        search.remove(SEARCH, document)
    gone = db.session.execute(
        sa.delete(AuditText).where(AuditText.about == person).execution_options(synchronize_session=False)
    )
    return int(gone.rowcount)  # type: ignore[attr-defined]


def digest_of(text: AuditText) -> str:
    """Return the digest by which an entry holds one of its texts; the salt makes it say nothing by itself."""
    return hashlib.sha256((text.salt + text.content).encode()).hexdigest()


def _add(entry: AuditEntry, texts: list[AuditText]) -> None:
    for text in texts:
        setattr(entry, f"{text.part}_digest", digest_of(text))
    db.session.add(entry)
    db.session.flush()
    for text in texts:
        text.entry_id = entry.id
    db.session.add_all(texts)
    search.index(SEARCH, entry.public_id, _words(entry, texts))


def _text(part: str, content: Facts, *, about: UUID | None) -> AuditText | None:
    kept = {name: value for name, value in content.items() if value not in (None, "")}
    if not kept:
        return None
    written = json.dumps(kept, ensure_ascii=False, sort_keys=True)
    return AuditText(part=part, about=about, salt=secrets.token_hex(16), content=written)


def _words(entry: AuditEntry, texts: list[AuditText]) -> dict[str, int]:
    """Return the words by which an entry is found: names, labels, reasons and codes."""
    contents = [json.loads(text.content) for text in texts]
    said = (content.get(name) for content in contents for name in ("name", "label", "reason"))
    return dict.fromkeys([entry.target, *(str(one) for one in said if one)], 1)


def _plain(facts: Facts | None) -> Facts | None:
    """Return facts as JSON keeps them, so that they compare as they will be read."""
    if facts is None:
        return None
    read: Facts = json.loads(json.dumps(facts, default=_written, ensure_ascii=False))
    return read


def _written(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


def _differing(these: Facts, those: Facts) -> Facts:
    return {name: value for name, value in these.items() if name not in those or those[name] != value}


def _signed_in() -> Actor | None:
    if not has_request_context() or not current_user or not current_user.is_authenticated:
        return None
    actor: Actor = current_user._get_current_object()
    return actor


def _present_way() -> Way:
    address, work = request.remote_addr if has_request_context() else None, trace.present()
    if work is None:  # a test, or a script of an operator
        return Way("page" if has_request_context() else "command", address)
    return Way(work.door, address, work.code)
