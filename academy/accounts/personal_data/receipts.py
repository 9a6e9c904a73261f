"""Receipts of erasures: without personal data, and able to find again whom a restored backup brings back."""

import hashlib
import hmac
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask import current_app
from flask_babel import lazy_gettext as _l

from academy import clock
from academy.accounts.models import Person
from academy.accounts.personal_data.models import ErasureReceipt
from academy.accounts.personal_data.sources import Holding
from academy.db import db
from academy.errors import Invalid

SIGNS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


class NotAReceipt(Invalid):
    """A line of a list of receipts that is none."""

    message = _l("This is no list of receipts. Take one that `academy users receipts --json` printed.")


@dataclass(frozen=True)
class Past:
    """An erasure of another time, as a list of receipts tells it."""

    number: str
    at: datetime
    reason: str
    digest: str | None
    actor: UUID | None

    @classmethod
    def read(cls, row: Any) -> "Past":
        """Read one receipt of a list; raises NotAReceipt."""
        try:
            by = UUID(row["by"]) if row.get("by") else None
            return cls(str(row["number"]), clock.parse(row["at"]), str(row["reason"]), row["digest"], by)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise NotAReceipt from error


def digest_of(email: str) -> str:
    """Return the keyed digest by which an address is known again after its erasure."""
    key = str(current_app.config["SECRET_KEY"]).encode()
    return hmac.new(key, f"erased:{email}".encode(), hashlib.sha256).hexdigest()


def new_number(kind: str = "E") -> str:
    """Make the number of a receipt; the letter tells whether a person was erased (E) or an agent (A)."""
    return f"{kind}-{clock.now().year}-{''.join(secrets.choice(SIGNS) for _ in range(6))}"


def write(
    email: str,
    held: Mapping[str, list[Holding]],
    *,
    reason: str,
    actor: UUID | None,
    past: Past | None = None,
) -> ErasureReceipt:
    """Keep that everything was erased; an erasure repeated after a restore keeps its number and moment."""
    counts = {
        room: {one.code: one.count for one in found if one.fate == "goes"} for room, found in held.items()
    }
    began = past or Past(new_number(), clock.now(), reason, None, actor)
    return keep(email, counts, told=began)


def keep(identity: str, counts: Mapping[str, Mapping[str, int]], *, told: Past) -> ErasureReceipt:
    """Keep a receipt: how much of whoever has the identity, and what is told of it, which names nobody."""
    receipt = ErasureReceipt(
        number=told.number,
        at=told.at,
        actor=told.actor,
        reason=told.reason,
        counts={room: dict(found) for room, found in counts.items()},
        digest=digest_of(identity),
    )
    db.session.add(receipt)
    db.session.flush()
    return receipt


def of_number(number: str) -> ErasureReceipt | None:
    """Return the receipt of a number."""
    return db.session.scalar(sa.select(ErasureReceipt).where(ErasureReceipt.number == number))


def newest_of_agents(most: int) -> Sequence[ErasureReceipt]:
    """Return the newest receipts of agents of the record store."""
    agents = sa.select(ErasureReceipt).where(ErasureReceipt.number.startswith("A-"))
    latest = agents.order_by(ErasureReceipt.at.desc(), ErasureReceipt.id.desc())
    return db.session.scalars(latest.limit(most)).all()


def newest_first() -> Iterator[ErasureReceipt]:
    """Go through all receipts."""
    yield from db.session.scalars(
        sa.select(ErasureReceipt).order_by(ErasureReceipt.at.desc(), ErasureReceipt.id.desc())
    )


def newest(most: int) -> Sequence[ErasureReceipt]:
    """Return the newest receipts."""
    latest = sa.select(ErasureReceipt).order_by(ErasureReceipt.at.desc(), ErasureReceipt.id.desc())
    return db.session.scalars(latest.limit(most)).all()


def of_address(email: str) -> ErasureReceipt | None:
    """Return the newest receipt of an address, while its digest is kept."""
    known = sa.select(ErasureReceipt).where(ErasureReceipt.digest == digest_of(email))
    return db.session.scalar(known.order_by(ErasureReceipt.at.desc()).limit(1))


def is_known(number: str) -> bool:
    """Say whether there is a receipt of this number."""
    return db.session.scalar(sa.select(sa.exists().where(ErasureReceipt.number == number))) or False


def as_json(receipt: ErasureReceipt) -> dict[str, Any]:
    """Return a receipt as commands print it."""
    return {
        "number": receipt.number,
        "at": receipt.at,
        "by": str(receipt.actor) if receipt.actor else None,
        "reason": receipt.reason,
        "erased": receipt.counts,
        "digest": receipt.digest,
    }


def come_back(past: Past, people: Mapping[str, list[Person]]) -> list[Person]:
    """Return the people whom a backup has brought back: same address, and made before the erasure."""
    return [person for person in people.get(past.digest or "", ()) if person.created < past.at]


def people_by_digest() -> dict[str, list[Person]]:
    """Return everybody by the digest of their address."""
    found: dict[str, list[Person]] = {}
    for person in db.session.scalars(sa.select(Person).where(Person.erased.is_(False))):
        found.setdefault(digest_of(person.email), []).append(person)
    return found


def forget_digests() -> None:
    """Take the digests off receipts that are older than any backup."""
    kept = timedelta(days=int(str(current_app.config["BACKUP_DAYS"])))
    old = sa.update(ErasureReceipt).where(ErasureReceipt.at < clock.now() - kept)
    db.session.execute(old.where(ErasureReceipt.digest.is_not(None)).values(digest=None))
