"""How much the store holds, and how many statements came on each day, without reading them for a page.

Statements of days that are over are counted once, by regular work, into a row for each day; those of the
present day are counted in an index. All else is counted every quarter of an hour, and shown with the moment.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from academy import clock, storage
from academy.db import db, installation, release
from academy.transactions import Turn, take
from academy.xapi import attachments, interning, moments
from academy.xapi.models import (
    ActivityProfileDocument,
    Agent,
    AgentProfileDocument,
    StateDocument,
    Statement,
    StatementDay,
    StoredActivity,
    Verb,
)
from academy.xapi.vocabulary import VOIDED

COUNTED_EVERY = timedelta(minutes=15)
DAYS_SHOWN = 90
#: A transaction that began on one day may end on the next.
LATE = timedelta(hours=1)
#: A page counts the statements of so many days at most, where regular work is behind.
MOST_OPEN = 3

MARK = "xapi.figures"

_STATEMENT: Any = Statement.__table__
_VERB: Any = Verb.__table__
_DAY: Any = StatementDay.__table__
_NUMBER = (_STATEMENT.c.seq // moments.DAY).label("number")
_DOCUMENTS: dict[str, Any] = {
    "state": StateDocument.__table__,
    "activity_profile": ActivityProfileDocument.__table__,
    "agent_profile": AgentProfileDocument.__table__,
}


@dataclass(frozen=True)
class Counted:
    """What was counted at a moment; `database` is the size of the store's tables, or of the whole file."""

    at: str
    voided: int
    agents: int
    activities: int
    verbs: int
    documents: dict[str, tuple[int, int]]
    attachments: tuple[int, int]
    database: int

    @property
    def moment(self) -> datetime:
        """Return when it was."""
        return clock.parse(self.at)


@dataclass(frozen=True)
class Day:
    """A day, in UTC, and how many statements were stored on it."""

    day: date
    count: int


@dataclass(frozen=True)
class Figures:
    """What a page shows; `statements` and `counted` are None where that is not counted yet."""

    statements: int | None
    days: list[Day]
    counted: Counted | None

    @property
    def in_days(self) -> int:
        """Return how many statements came on the days that are shown."""
        return sum(day.count for day in self.days)


def read(connection: sa.Connection) -> Figures:
    """Return the figures as they are known now, in three queries."""
    kept = connection.scalar(sa.select(installation.c.value).where(installation.c.name == MARK))
    rows = connection.execute(sa.select(_DAY.c.day, _DAY.c.statements))
    known = {row.day: row.statements for row in rows}
    today, upto = clock.now().date(), max(known, default=date.min)
    is_known = (today - upto).days <= MOST_OPEN
    if is_known:
        known |= _by_day(connection, since=upto + timedelta(days=1), before=today + timedelta(days=1))
    first = today - timedelta(days=DAYS_SHOWN - 1)
    days = [first + timedelta(days=number) for number in range(DAYS_SHOWN)]
    return Figures(
        statements=sum(known.values()) if is_known else None,
        days=[Day(day, known.get(day, 0)) for day in days] if is_known else [],
        counted=_counted(json.loads(kept)) if kept else None,
    )


def count_statements() -> None:
    """Count the days that are over, and now and then all else; called every minute."""
    connection = db.session.connection()
    close_days(connection)
    kept = connection.scalar(sa.select(installation.c.value).where(installation.c.name == MARK))
    if kept is None or clock.parse(json.loads(kept)["at"]) <= clock.now() - COUNTED_EVERY:
        release()
        keep(db.session.connection(), count_all())


def close_days(connection: sa.Connection) -> None:
    """Count the statements of days that are over and not counted yet."""
    end = (clock.now() - LATE).date()
    newest = connection.scalar(sa.select(sa.func.max(_DAY.c.day)))
    if newest is not None and newest >= end - timedelta(days=1):
        return
    take(Turn.STATEMENTS, connection)  # so that an erasure of one of these days comes before or after
    since = newest + timedelta(days=1) if newest else date.min
    found = {end - timedelta(days=1): 0} | _by_day(connection, since=since, before=end)
    rows = [{"day": day, "statements": count} for day, count in sorted(found.items())]
    interning.insert_ignoring(connection, StatementDay.__table__, rows)


def count_again(connection: sa.Connection, *, since: date) -> None:
    """Have days counted anew, for statements came that were stored elsewhere on a day that is over."""
    connection.execute(sa.delete(_DAY).where(_DAY.c.day >= since))


def take_off(connection: sa.Connection, days: Mapping[date, int]) -> None:
    """Count so many statements less on days that are over; those of the present day are not counted yet."""
    for day, count in sorted(days.items()):
        less = sa.update(_DAY).where(_DAY.c.day == day).values(statements=_DAY.c.statements - count)
        connection.execute(less)


def count_all() -> Counted:
    """Count all but statements; what lies in the storage is asked for outside of a transaction."""
    files = [one.size for one in storage.listed(attachments.FOLDER)]
    connection = db.session.connection()
    return Counted(
        at=clock.rfc3339(clock.now()),
        voided=_voided(connection),
        agents=_rows(connection, Agent.__table__),
        activities=_rows(connection, StoredActivity.__table__),
        verbs=_rows(connection, _VERB),
        documents={kind: _sizes(connection, table) for kind, table in _DOCUMENTS.items()},
        attachments=(len(files), sum(files)),
        database=_size(connection),
    )


def keep(connection: sa.Connection, counted: Counted) -> None:
    """Keep what was counted in the place of what was."""
    connection.execute(sa.delete(installation).where(installation.c.name == MARK))
    connection.execute(sa.insert(installation).values(name=MARK, value=json.dumps(asdict(counted))))


def _by_day(connection: sa.Connection, *, since: date, before: date) -> dict[date, int]:
    """Count statements by day: a few days in the index that has them by verb, many by going through all."""
    few = min((before - since).days, MOST_OPEN + 2)
    days = [since + timedelta(days=number) for number in range(few)]
    if since + timedelta(days=few) >= before:
        counts = connection.execute(sa.select(*(_on(day) for day in days))).one() if days else ()
        return {day: int(count) for day, count in zip(days, counts, strict=True) if count}
    within = [_STATEMENT.c.seq < moments.first_of(before)]
    if since > clock.EPOCH.date():
        within.append(_STATEMENT.c.seq >= moments.first_of(since))
    rows = connection.execute(sa.select(_NUMBER, sa.func.count()).where(*within).group_by(_NUMBER))
    return {moments.day(number * moments.DAY): count for number, count in rows}


def _on(day: date) -> Any:
    """Return the number of statements of a day, verb by verb: that index is small and holds no texts."""
    of_verb = sa.select(sa.func.count()).where(
        _STATEMENT.c.verb_id == _VERB.c.id,
        _STATEMENT.c.seq >= moments.first_of(day),
        _STATEMENT.c.seq < moments.first_of(day + timedelta(days=1)),
    )
    total = sa.func.sum(of_verb.correlate(_VERB).scalar_subquery())
    return sa.select(sa.func.coalesce(total, 0)).select_from(_VERB).scalar_subquery()


def _voided(connection: sa.Connection) -> int:
    """Count by way of the statements that void, which are few."""
    voiding = interning.verb(connection, VOIDED)
    other = _STATEMENT.alias()
    query = sa.select(sa.func.count(sa.distinct(_STATEMENT.c.seq))).select_from(
        other.join(_STATEMENT, _STATEMENT.c.id == other.c.target)
    )
    found = query.where(other.c.verb_id == voiding, _STATEMENT.c.voided)
    return (connection.scalar(found) or 0) if voiding else 0


def _rows(connection: sa.Connection, table: Any) -> int:
    return connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0


def _sizes(connection: sa.Connection, table: Any) -> tuple[int, int]:
    query = sa.select(sa.func.count(), sa.func.sum(sa.func.length(table.c.content)))
    count, size = connection.execute(query.select_from(table)).one()
    return count, int(size or 0)


def _size(connection: sa.Connection) -> int:
    """Return the bytes of the store's tables with their indexes, or of the whole database of SQLite."""
    if connection.dialect.name == "sqlite":
        pages, size = (
            connection.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in ("page_count", "page_size")
        )
        return int(pages * size)
    own = sa.text(
        "SELECT sum(pg_total_relation_size(oid)) FROM pg_class WHERE relkind = 'r' "
        "AND relnamespace = current_schema()::regnamespace AND starts_with(relname, 'xapi_')"
    )
    return int(connection.scalar(own) or 0)


def _counted(kept: dict[str, Any]) -> Counted:
    pairs = {kind: (count, size) for kind, (count, size) in kept["documents"].items()}
    count, size = kept["attachments"]
    return Counted(**{**kept, "documents": pairs, "attachments": (count, size)})
