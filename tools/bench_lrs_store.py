"""In an instance of the bench: who learns what there, and what storing costs without HTTP and validation.

`seats` prints enrolments, `fill COUNT` stores statements of an uneven world and prints what to ask for.
`store` prints, for groups of 1, 8 and 100 of the statements in its input, how many a second the store call
takes, the same without those who listen (the projection), and the bare driver for the same rows.
"""

import json
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from functools import partial
from itertools import count, islice
from typing import Any
from uuid import uuid4

import lrs_statements
import psycopg
import sqlalchemy as sa
from flask import current_app
from sqlalchemy import event

from academy import clock
from academy.accounts import pseudonyms
from academy.accounts.models import Pseudonym
from academy.app import create_app
from academy.courses.identifiers import iri_of, iri_of_course
from academy.courses.models import Activity, Course, Enrolment
from academy.db import db, iri_base
from academy.xapi import credentials, json_text, queries, store
from academy.xapi.editions import Edition
from academy.xapi.preparation import Draft
from academy.xapi.signals import statements_stored

SEATS, SECONDS, GROUPS = 500, 3.0, (1, 8, 100)

Inserts = list[tuple[str, Any, bool]]


def seats() -> list[dict[str, Any]]:
    """Return enrolments: registration, learner, an activity of the course, the course."""
    found = db.session.execute(
        sa.select(Enrolment.registration, Pseudonym.name, Activity.kind, Activity.public_id, Course.public_id)
        .join(Pseudonym, Pseudonym.person_id == Enrolment.person_id)
        .join(Course, Course.id == Enrolment.course_id)
        .join(Activity, Activity.course_id == Enrolment.course_id)
        .where(Activity.launchable)
        .order_by(Enrolment.registration, Activity.id)
        .limit(SEATS)
    )
    return [
        {
            "registration": str(registration),
            "actor": pseudonyms.actor_named(name),
            "activity": iri_of(kind, activity),
            "course": iri_of_course(course),
        }
        for registration, name, kind, activity, course in found
    ]


def filled(size: int) -> dict[str, Any]:
    """Store statements; return the cases to ask for, and the credentials of those whose own they may be."""
    connection, world = db.session.connection(), lrs_statements.World()
    keys = {
        name: credentials.issue(connection, name=name, scopes=["statements/read/mine"])
        for name in ("busy", "quiet")
    }
    keys["all"] = credentials.issue(connection, name="all", scopes=["all"])
    bearers = {
        name: credentials.bearer(connection, key=key, secret=secret) for name, (key, secret) in keys.items()
    }
    authorities = {name: bearer.authority for name, bearer in bearers.items() if bearer is not None}
    iri_base()  # which the projection then need not read in the middle of a transaction
    db.session.commit()
    with db.engine.connect() as connection:
        for stored in lrs_statements.fill(connection, size, world=world, authorities=authorities):
            connection.commit()
            print(f"\r{stored:,} statements", end="", file=sys.stderr, flush=True)
        print(file=sys.stderr)
        middle = next(queries.all_rows(connection, after_seq=_middle(connection), batch=1)).stored
    if db.engine.dialect.name == "postgresql":  # as the server does by itself after a while
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            for order in ("VACUUM ANALYZE", "CHECKPOINT"):
                connection.exec_driver_sql(order)
    return {"cases": list(lrs_statements.cases(world, clock.rfc3339(middle))), "keys": keys}


def _middle(connection: sa.Connection) -> int:
    first, last = connection.exec_driver_sql("SELECT min(seq), max(seq) FROM xapi_statement").one()
    return int((first + last) // 2)


def measured(statements: Sequence[Any]) -> dict[str, dict[str, float]]:
    """Return statements a second by the size of groups, and by how they are stored."""
    iri_base()  # which the projection then need not read in the middle of a transaction
    db.session.rollback()
    fresh = _drafts(statements)
    listeners = dict(statements_stored.receivers)
    found: dict[str, dict[str, float]] = {}
    for size in GROUPS:
        rates = found[str(size)] = {"with the projection": _rate(_stored, fresh, size)}
        statements_stored.receivers.clear()
        try:
            rates["store call"] = _rate(_stored, fresh, size)
            with closing(_driver()) as driver:
                groups = _rate(partial(_inserted, driver), _rows(fresh, size), 1)
                rates["driver"] = groups * size
        finally:
            statements_stored.receivers.update(listeners)
    return found


def _drafts(statements: Sequence[Any]) -> Iterator[Draft]:
    """Go through drafts without end, each with an id of its own."""
    for number in count():
        statement = {**statements[number % len(statements)], "id": str(uuid4())}
        whole = json_text.decode(json.dumps(statement))
        yield from store.prepare([whole], authority=store.own_authority(), edition=Edition.FIRST)


def _rate(act: Callable[[Any], object], things: Iterator[Any], size: int) -> float:
    """Do it for groups of things for a while; return things a second, without the time to make them."""
    taken, groups = 0.0, 0
    while taken < SECONDS:
        group = list(islice(things, size))
        begun = time.perf_counter()
        act(group)
        taken += time.perf_counter() - begun
        groups += 1
    return groups * size / taken


def _stored(group: list[Draft]) -> None:
    with db.engine.begin() as connection:
        store.write(connection, group)


def _rows(fresh: Iterator[Draft], size: int) -> Iterator[Inserts]:
    """Go through what the driver is told when a group is stored, each time taken back."""
    while True:
        inserts: Inserts = []

        def note(
            connection: object,
            cursor: object,
            text: str,
            rows: Any,
            context: object,
            many: bool,
            _to: Any = inserts,
        ) -> None:
            if text.startswith("INSERT"):
                _to.append((text, rows, many))

        with db.engine.connect() as connection:
            event.listen(connection, "before_cursor_execute", note)
            store.write(connection, list(islice(fresh, size)))
            connection.rollback()
        yield inserts


def _driver() -> Any:
    url = sa.make_url(str(current_app.config["DATABASE_URL"]))
    if url.get_backend_name() != "sqlite":
        return psycopg.connect(url.set(drivername="postgresql").render_as_string(hide_password=False))
    driver = sqlite3.connect(str(url.database), isolation_level=None)
    driver.execute("PRAGMA synchronous=FULL")
    return driver


def _inserted(driver: Any, group: list[Inserts]) -> None:
    cursor = driver.cursor()
    if isinstance(driver, sqlite3.Connection):
        cursor.execute("BEGIN IMMEDIATE")
    for text, rows, many in group[0]:
        (cursor.executemany if many else cursor.execute)(text, rows)
    driver.commit()


def main() -> None:
    """Do what the command line says."""
    with create_app().app_context():
        match sys.argv[1:]:
            case ["seats"]:
                found: Any = seats()
            case ["fill", size]:
                found = filled(int(size))
            case _:
                found = measured(json.load(sys.stdin))
        print(json.dumps(found, default=str))


if __name__ == "__main__":
    main()
