"""Tamper evidence: each entry is sealed with a digest of itself and of the seal before it.

Sealing follows within a minute, by the workers, so that acts of different people never wait for each other;
the log shows each head of the chain, which a copy kept elsewhere can be compared with.
"""

import hashlib
import json
import logging
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from uuid import UUID

import sqlalchemy as sa

from academy import clock
from academy.audit.acts import ERASURE
from academy.audit.models import AuditEntry, AuditSeal, AuditText
from academy.audit.recording import digest_of
from academy.db import db

log = logging.getLogger(__name__)

START = "0" * 64
AT_ONCE = 1000
COLUMNS = ("actor", "act", "kind", "target", "person", "door", "request_id", "actor_digest", "target_digest")


@dataclass
class Verdict:
    """What checking the record found: how many entries hold, which wait for a seal, and every fault."""

    sealed: int = 0
    waiting: int = 0
    erased: int = 0
    head: str = START
    faults: list[str] = field(default_factory=list)


def seal() -> int:
    """Seal what was added since the last time; return how many entries. Only one process gets through."""
    unsealed = sa.select(AuditEntry).where(~_has_seal()).order_by(AuditEntry.id).limit(AT_ONCE)
    entries = list(db.session.scalars(unsealed))
    if not entries:
        return 0
    last = db.session.scalar(sa.select(AuditSeal).order_by(AuditSeal.number.desc()).limit(1))
    number, digest = (last.number, last.digest) if last else (0, START)
    for entry in entries:
        number, digest = number + 1, _sealed(digest, entry)
        db.session.add(AuditSeal(number=number, entry_id=entry.id, digest=digest))
    try:
        db.session.flush()
    except sa.exc.IntegrityError:  # another worker sealed them
        db.session.rollback()
        return 0
    log.info("audit record sealed up to %s with %s", number, digest)
    return len(entries)


def verify() -> Verdict:
    """Check every entry against its seal, and every text against its entry."""
    verdict = Verdict()
    erased = set(db.session.scalars(sa.select(AuditEntry.person).where(AuditEntry.act == ERASURE)))
    rows = sa.select(AuditSeal, AuditEntry).join(AuditEntry, AuditEntry.id == AuditSeal.entry_id)
    expected = 1
    for seal_, entry in db.session.execute(
        rows.order_by(AuditSeal.number).execution_options(yield_per=AT_ONCE)
    ):
        if seal_.number != expected:
            verdict.faults.append(f"seals {expected} to {seal_.number - 1} are missing")
        if seal_.digest != _sealed(verdict.head, entry):
            verdict.faults.append(f"entry {entry.public_id} is not as it was sealed")
        verdict.head, verdict.sealed, expected = seal_.digest, verdict.sealed + 1, seal_.number + 1
    for entry, texts in _with_texts():
        for fault in _text_faults(entry, texts, erased, verdict):
            verdict.faults.append(fault)
    verdict.waiting = (
        db.session.scalar(sa.select(sa.func.count()).select_from(AuditEntry).where(~_has_seal())) or 0
    )
    return verdict


def _has_seal() -> sa.Exists:
    return sa.exists().where(AuditSeal.entry_id == AuditEntry.id)


def _sealed(previous: str, entry: AuditEntry) -> str:
    facts = {name: getattr(entry, name) for name in COLUMNS}
    facts |= {"public_id": entry.public_id, "at": clock.rfc3339(entry.at)}
    written = json.dumps(facts, default=str, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256((previous + written).encode()).hexdigest()


def _with_texts() -> Iterator[tuple[AuditEntry, dict[str, AuditText]]]:
    last = 0
    while True:
        chunk = list(
            db.session.scalars(
                sa.select(AuditEntry).where(AuditEntry.id > last).order_by(AuditEntry.id).limit(AT_ONCE)
            )
        )
        if not chunk:
            return
        texts: dict[int, dict[str, AuditText]] = defaultdict(dict)
        ids = AuditText.entry_id.between(chunk[0].id, chunk[-1].id)
        for text in db.session.scalars(sa.select(AuditText).where(ids)):
            texts[text.entry_id][text.part] = text
        yield from ((entry, texts[entry.id]) for entry in chunk)
        last = chunk[-1].id
        db.session.expunge_all()


def _text_faults(
    entry: AuditEntry, texts: dict[str, AuditText], erased: set[UUID | None], verdict: Verdict
) -> Iterator[str]:
    for part in ("actor", "target"):
        held, text = getattr(entry, f"{part}_digest"), texts.get(part)
        if text is not None and digest_of(text) != held:
            yield f"entry {entry.public_id}: what it says about its {part} is not as it was recorded"
        elif text is None and held is not None:
            if erased & {entry.actor, entry.person}:
                verdict.erased += 1
            else:
                yield f"entry {entry.public_id}: what it says about its {part} is gone"
