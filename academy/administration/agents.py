"""Erasing agents of the record store who have no account: found, made nameless or removed, with a receipt.

One way leads to it, for the pages and the command. Whoever has an account is erased with the account.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from academy import audit, clock, jobs
from academy.accounts import pseudonyms, queries
from academy.accounts.models import Person
from academy.accounts.personal_data import receipts
from academy.accounts.personal_data.models import ErasureReceipt
from academy.accounts.personal_data.receipts import Past
from academy.accounts.personal_data.spellings import REMOVED, Spellings
from academy.db import db, iri_base, reading, release
from academy.errors import Conflict, NotFound
from academy.jobs import Job
from academy.progress import services as progress
from academy.transactions import Turn, take, take_for
from academy.xapi import figures, nameless, strangers
from academy.xapi.json_text import Json
from academy.xapi.models import Agent, Statement
from academy.xapi.nameless import Manner, Outcome
from academy.xapi.strangers import Stranger

JOB = "administration.erase_agent"
ERASE, PSEUDONYMISE = "erase", "pseudonymise"
HOWS = (PSEUDONYMISE, ERASE)

#: Agents that look like persons' addresses by their digest are compared with everybody's.
AT_A_TIME = 1000

How = Literal["erase", "pseudonymise"]


class NotAStranger(Conflict):
    """An agent who is a person of the Academy, or the Academy itself."""

    message = _l("This agent is not erased here.")


@dataclass(frozen=True)
class Owner:
    """Whose agent it is: a stranger's, a person's, nobody's any more, or the Academy's own."""

    kind: Literal["stranger", "person", "nobody", "academy"]
    person: Person | None = None


@dataclass(frozen=True)
class Wish:
    """What is to be done with an agent, why, and who wants it; the number is that of the receipt to come."""

    how: str
    reason: str
    by: Person | None = None
    number: str | None = None
    past: Past | None = None

    def told(self, clean: Callable[[object], object]) -> Past:
        """Return what the receipt tells."""
        if self.past is not None:
            return self.past
        number = self.number or receipts.new_number("A")
        reason = str(clean(self.reason))
        return Past(number, clock.now(), reason, None, self.by.public_id if self.by else None)


def find(identifier: Json) -> bytes | None:
    """Return the key of the agent with an identifier, None where the store knows none."""
    connection = db.session.connection()
    found = strangers.known(connection, identifier)
    return strangers.key_of(connection, found) if found else None


def by_key(key: str) -> Stranger:
    """Return the agent of an address; raises NotFound."""
    if not re.fullmatch(r"[0-9a-f]{32}", key):
        raise NotFound
    found = strangers.by_key(db.session.connection(), bytes.fromhex(key))
    if found is None:
        raise NotFound(_l("The record store knows no such agent, or it was erased."))
    return found


def owner(identifier: Json) -> Owner:
    """Return whose an identifier is."""
    account: Any = identifier.get("account")
    if account and account["homePage"] == iri_base():
        return _own(account["name"])
    person = _person(identifier)
    return Owner("person", person) if person else Owner("stranger")


def ask(stranger: Stranger, wish: Wish) -> str:
    """Have a worker erase an agent; return the number of the receipt. Asked twice, it is done once.

    Raises NotAStranger.
    """
    if owner(stranger.identifier).kind != "stranger":
        raise NotAStranger
    digest = receipts.digest_of(_identity(stranger))
    take_for(digest, db.session.connection())
    waiting = _waiting(Job.payload["agent"].as_string() == digest)
    if waiting is not None:
        return str(waiting.payload["number"])
    number, (clean, _of_others) = receipts.new_number("A"), _cleaning(stranger)
    jobs.add(
        JOB,
        number=number,
        agent=digest,
        key=strangers.key_of(db.session.connection(), stranger).hex(),
        how=wish.how,
        reason=clean(wish.reason),
        by=str(wish.by.public_id) if wish.by else None,
    )
    audit.record("xapi.agent.ask", target=number, after={"how": wish.how}, by=wish.by)
    return number


def under_way(number: str) -> Job:
    """Return the job that writes a receipt; raises NotFound."""
    found = _waiting(Job.payload["number"].as_string() == number)
    if found is None:
        raise NotFound
    return found


def erase(stranger: Stranger, wish: Wish) -> ErasureReceipt:
    """Erase an agent, in one transaction, and return the receipt; the files go by a job.

    Reads all statements first, for mentions in texts, without keeping anybody from writing. Raises
    NotAStranger.
    """
    if owner(stranger.identifier).kind != "stranger":
        raise NotAStranger
    seen, also = _mentions(stranger)
    connection = db.session.connection()
    take(Turn.STATEMENTS, connection)  # nothing about the agent may come between
    also += strangers.mentions(connection, stranger, after=seen)
    own, others = _cleaning(stranger)
    manner = Manner(own, others, removes=wish.how == ERASE, also=also)
    outcome = nameless.make_nameless(connection, stranger, manner)
    figures.take_off(connection, outcome.removed.days)
    progress.fold_afresh(connection, outcome.removed.registrations)
    receipt = receipts.keep(_identity(stranger), _counts(wish.how, outcome), told=wish.told(own))
    audit.record(
        "xapi.agent.erase" if wish.how == ERASE else "xapi.agent.pseudonymise",
        target=receipt.number,
        after=_facts(receipt),
        reason=receipt.reason,
        by=wish.by,
    )
    jobs.add(
        "accounts.remove_files",
        receipt=receipt.number,
        files=outcome.files,
        outbox=[],
        address=receipt.digest,
        at=clock.rfc3339(clock.now()),
    )
    return receipt


@jobs.handler(JOB)
def erase_job(
    job: jobs.Job, *, number: str, agent: str, key: str, how: str, reason: str, by: str | None
) -> None:
    """Erase the agent that was asked for; one that is gone already is left."""
    found = strangers.by_key(db.session.connection(), bytes.fromhex(key))
    if found is None or receipts.digest_of(_identity(found)) != agent:
        return
    person = queries.person_by_public_id(UUID(by)) if by else None
    erase(found, Wish(how, reason, person, number))


def how_of(receipt: ErasureReceipt) -> str | None:
    """Return what was done by a receipt of an agent; None for a receipt of a person."""
    return next((how for how in HOWS if f"agent.{how}" in receipt.counts), None)


def remembered(past: Past) -> Iterator[Stranger]:
    """Go through the agents of a receipt whom a backup has brought back: named before that erasure."""
    connection = db.session.connection()
    for identity in connection.scalars(sa.select(Agent.identity).order_by(Agent.id)).all():
        if receipts.digest_of(identity) == past.digest:
            found = strangers.by_identity(connection, identity)
            if found is not None and strangers.since(connection, found) < past.at:
                yield found


def _own(name: str) -> Owner:
    """Return whose an account of the Academy is."""
    try:
        pseudonym = UUID(name)
    except ValueError:
        return Owner("academy")
    person = pseudonyms.person_of(pseudonym)
    return Owner("person", person) if person else Owner("nobody")


def _person(identifier: Json) -> Person | None:
    """Return the person of the Academy whose address an identifier tells."""
    account: Any = identifier.get("account")
    if "mbox_sha1sum" in identifier:
        return _person_of_digest(str(identifier["mbox_sha1sum"]).lower())
    if "mbox" in identifier:
        return queries.person_by_email(str(identifier["mbox"]).removeprefix("mailto:"))
    return queries.person_by_email(str(account["name"])) if account else None


def _person_of_digest(digest: str) -> Person | None:
    people = sa.select(Person.id, Person.email).where(Person.erased.is_(False))
    for number, email in db.session.execute(people, execution_options={"yield_per": AT_A_TIME}):
        if strangers.sha1_of(email) == digest:
            return db.session.get(Person, number)
    return None


def _waiting(condition: sa.ColumnElement[bool]) -> Job | None:
    unfinished = Job.state.in_(["queued", "running", "failed"])
    wanted = sa.select(Job).where(Job.kind == JOB, unfinished, condition)
    return db.session.scalar(wanted.order_by(Job.id.desc()).limit(1))


def _mentions(stranger: Stranger) -> tuple[int, list[int]]:
    """Return the newest statement of now, and all up to it in whose text the agent is told."""
    release()
    with reading():
        connection = db.session.connection()
        newest = connection.scalar(sa.select(sa.func.max(Statement.seq))) or 0
        found = [seq for seq in strangers.mentions(connection, stranger) if seq <= newest]
        db.session.rollback()  # a commit would renew the lease of the job, in a transaction that only reads
    return newest, found


def _cleaning(stranger: Stranger) -> tuple[Callable[[object], object], Callable[[object], object]]:
    """Return what cleans texts that the agent typed, of names too, and what cleans those of others."""
    texts = sorted(stranger.texts, key=len, reverse=True)
    told = re.compile("|".join(map(re.escape, texts)) or r"(?!)", re.IGNORECASE)
    spelt = Spellings(texts[-1] if texts else stranger.pseudonym, stranger.names)

    def others(value: object) -> object:
        if isinstance(value, str):
            return told.sub(REMOVED, value)
        if isinstance(value, dict):
            return {key: others(inner) for key, inner in value.items()}
        return [others(inner) for inner in value] if isinstance(value, list) else value

    return lambda value: spelt.without_any(others(value)), others


def _counts(how: str, outcome: Outcome) -> dict[str, dict[str, int]]:
    went = {
        "statements": outcome.removed.count,
        "documents": outcome.documents,
        "attachments": len(outcome.files),
    }
    return {f"agent.{how}": went, "agent.changed": {"statements": outcome.changed}}


def _facts(receipt: ErasureReceipt) -> dict[str, int]:
    how = how_of(receipt)
    return {**receipt.counts[f"agent.{how}"], "changed": receipt.counts["agent.changed"]["statements"]}


def _identity(stranger: Stranger) -> str:
    return strangers.identity_of(stranger)
