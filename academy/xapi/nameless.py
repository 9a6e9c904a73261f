"""Making somebody nameless, so that totals stay; the one exception to "statements never change".

An address, a name or a typed text that tells who somebody is gives way; who did what under which pseudonym
stays. Where their statements are to go altogether, what others said of them is made nameless all the same.
"""

from array import array
from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from academy.xapi import attachments, credentials, interning, json_text, people, relations, removal
from academy.xapi.batches import pieces
from academy.xapi.json_text import Json
from academy.xapi.models import Agent, AgentProfileDocument, StateDocument, Statement, StatementAgent
from academy.xapi.people import Whom
from academy.xapi.removal import Removed
from academy.xapi.vocabulary import SIGNATURE, VOIDED

_STATEMENT: Any = Statement.__table__
_LINK: Any = StatementAgent.__table__
_AGENT: Any = Agent.__table__
_STATE: Any = StateDocument.__table__
_PROFILE: Any = AgentProfileDocument.__table__

IDENTIFIERS = ("name", "mbox", "mbox_sha1sum", "account", "openid")

Clean = Callable[[object], object]


def _as_it_is(value: object) -> object:
    return value


@dataclass(frozen=True)
class Manner:
    """How somebody becomes nameless.

    `clean` is applied to texts that they typed, `clean_others` to those that others typed. `removes` says
    that their own statements go. `also` are statements that are known to tell of them without naming them
    as an agent.
    """

    clean: Clean
    clean_others: Clean = _as_it_is
    removes: bool = False
    also: Sequence[int] = ()


@dataclass
class Outcome:
    """What was done: files that nobody else needs any more, and how much changed or went."""

    files: list[str] = field(default_factory=list)
    changed: int = 0
    documents: int = 0
    removed: Removed = field(default_factory=Removed)


def make_nameless(connection: sa.Connection, whom: Whom, manner: Manner) -> Outcome:
    """Leave of somebody only the account that tells nobody who it is, in the transaction of the caller.

    Documents of theirs go, and credentials for them alone. Statements that stay do so under their ids and in
    their order.
    """
    credentials.forget_agents(connection, [whom.pseudonym, *whom.telling])
    known = people.agents(connection, whom)
    if not known and not manner.also:
        return Outcome()
    kept = interning.agents(connection, {whom.pseudonym: []})[whom.pseudonym]
    numbers = {*known.values(), kept}
    work = _Work(connection, whom, manner, {*known, *whom.telling} - {whom.pseudonym})
    for seq, payload, usage in _statements(connection, numbers, manner.also):
        work.change(seq, payload, usage)
    done = work.outcome
    done.files = work.files()
    done.removed = removal.remove(connection, work.going)
    done.documents = _remove_documents(connection, numbers)
    _merge(connection, numbers, kept)
    return done


class _Work:
    """What is known while statements go by."""

    def __init__(self, connection: sa.Connection, whom: Whom, manner: Manner, others: set[str]) -> None:
        self.connection, self.whom, self.manner, self.others = connection, whom, manner, others
        self.outcome = Outcome()
        self.own, self.going, self.touched = array("q"), array("q"), array("q")
        self.attached: dict[str, None] = {}

    def change(self, seq: int, payload: bytes, usage: int) -> None:
        """Make a statement nameless, or note that it goes."""
        statement = json_text.decode(payload)
        assert isinstance(statement, dict)
        is_own = bool(usage) and self.whom.owns(statement, usage)
        if is_own:
            self.own.append(seq)
            self._note(_hashes(statement))
            if self.manner.removes and not self._voids_another(statement):
                self.going.append(seq)
                return
        clean = self.manner.clean if is_own else self.manner.clean_others
        changed = _cleaned(_renamed(statement, self.whom, self.others), clean)
        if changed == statement:
            return
        self.touched.append(seq)
        self._note(_hashes(statement, signatures=True))
        values = {"payload": json_text.encode(changed)}
        self.connection.execute(sa.update(_STATEMENT).where(_STATEMENT.c.seq == seq).values(**values))
        self.outcome.changed += 1

    def files(self) -> list[str]:
        """Return where the attached files lie that no statement of anybody else needs.

        What a signature signed is another text by now, so a changed statement does not need its own.
        """
        if not self.attached:
            return []
        left, own, touched = dict(self.attached), self.own, array("q", sorted(self.touched))
        query = sa.select(_STATEMENT.c.seq, _STATEMENT.c.payload)
        query = query.where(people.holds(self.connection, b'"attachments"'))
        with self.connection.execute(query, execution_options={"yield_per": people.BATCH}) as rows:
            for seq, payload in rows:
                if _is_in(own, seq):
                    continue
                statement: Any = json_text.decode(bytes(payload))
                for sha2 in _hashes(statement, signatures=False if _is_in(touched, seq) else None):
                    left.pop(sha2, None)
        return [attachments.place(sha2) for sha2 in left]

    def _note(self, hashes: Iterable[str]) -> None:
        self.attached.update(dict.fromkeys(hashes))

    def _voids_another(self, statement: Any) -> bool:
        """Say whether a statement voids somebody else's, which would come to life again without it."""
        if statement["verb"]["id"] != VOIDED:
            return False
        wanted = _STATEMENT.c.id == UUID(statement["object"]["id"])
        payload = self.connection.scalar(sa.select(_STATEMENT.c.payload).where(wanted))
        voided: Any = json_text.decode(bytes(payload)) if payload else None
        return voided is None or not self.whom.owns(voided, 0)  # one that is not here may yet come


def _statements(
    connection: sa.Connection, numbers: Collection[int], also: Sequence[int]
) -> Iterator[tuple[int, bytes, int]]:
    """Go through the statements that name agents, and then those others; none comes twice."""
    seen = array("q")
    for rows in people.batches(connection, numbers):
        for row in rows:
            seen.append(row[0])
            yield row
    for some in pieces([seq for seq in sorted(set(also)) if not _is_in(seen, seq)]):
        texts = sa.select(_STATEMENT.c.seq, _STATEMENT.c.payload).where(_STATEMENT.c.seq.in_(some))
        for seq, payload in connection.execute(texts.order_by(_STATEMENT.c.seq)).all():
            yield seq, bytes(payload), 0


def _renamed(value: object, whom: Whom, others: set[str]) -> object:
    """Return a part of a statement in which somebody is the pseudonym, without a name."""
    if isinstance(value, list):
        return [_renamed(one, whom, others) for one in value]
    if not isinstance(value, dict):
        return value
    found = {key: _renamed(inner, whom, others) for key, inner in value.items()}
    identity = _identity(value)
    if identity == whom.pseudonym:
        found.pop("name", None)
    elif identity in others:
        found = {key: inner for key, inner in found.items() if key not in IDENTIFIERS}
        found["account"] = whom.account
    return found


def _identity(value: Json) -> str | None:
    try:
        return relations.identity(value)
    except (KeyError, TypeError):
        return None


def _cleaned(statement: object, clean: Clean) -> object:
    """Return a statement whose typed texts are clean: answers, extensions, descriptions of attachments."""
    assert isinstance(statement, dict)
    found = dict(statement)
    for part, names in (("result", ("response", "extensions")), ("context", ("extensions",))):
        inner = found.get(part)
        if isinstance(inner, dict):
            found[part] = {key: clean(one) if key in names else one for key, one in inner.items()}
    listed = found.get("attachments")
    if isinstance(listed, list):
        told = ("display", "description")
        found["attachments"] = [
            {key: clean(text) if key in told else text for key, text in one.items()} for one in listed
        ]
    return found


def _hashes(statement: Json, *, signatures: bool | None = None) -> Iterator[str]:
    """Go through the hashes of attachments: of all, or of signatures alone, or of all but signatures."""
    for attachment in attachments.described_by([statement]):
        if signatures is None or (attachment["usageType"] == SIGNATURE) is signatures:
            yield str(attachment["sha2"]).lower()


def _is_in(sorted_numbers: "array[int]", number: int) -> bool:
    place = bisect_left(sorted_numbers, number)
    return place < len(sorted_numbers) and sorted_numbers[place] == number


def _remove_documents(connection: sa.Connection, numbers: Collection[int]) -> int:
    gone = 0
    for table in (_STATE, _PROFILE):
        gone += connection.execute(sa.delete(table).where(table.c.agent_id.in_(numbers))).rowcount
    return gone


def _merge(connection: sa.Connection, numbers: Iterable[int], kept: int) -> None:
    """Let one agent be in the place of several, without names; where no statement names it, none is left."""
    for number in sorted({*numbers} - {kept}):
        _merge_links(connection, number, kept)
        connection.execute(sa.delete(_AGENT).where(_AGENT.c.id == number))
    connection.execute(sa.update(_AGENT).where(_AGENT.c.id == kept).values(names=[]))
    is_named = sa.exists().where(_LINK.c.agent_id == kept)
    connection.execute(sa.delete(_AGENT).where(_AGENT.c.id == kept, sa.not_(is_named)))


def _merge_links(connection: sa.Connection, number: int, kept: int) -> None:
    """Let links of one agent be those of another; a statement that names both names it once."""
    links = sa.select(_LINK.c.seq, _LINK.c.usage, _LINK.c.direct).where(_LINK.c.agent_id == number)
    for seq, usage, direct in connection.execute(links).all():
        both = sa.and_(_LINK.c.agent_id == kept, _LINK.c.seq == seq)
        merged = (
            sa.update(_LINK)
            .where(both)
            .values(usage=_LINK.c.usage.bitwise_or(usage), direct=_LINK.c.direct.bitwise_or(direct))
        )
        own = sa.and_(_LINK.c.agent_id == number, _LINK.c.seq == seq)
        if connection.execute(merged).rowcount:
            connection.execute(sa.delete(_LINK).where(own))
        else:
            connection.execute(sa.update(_LINK).where(own).values(agent_id=kept))
