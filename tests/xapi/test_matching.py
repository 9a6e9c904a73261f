"""Every filter and every pair of filters finds what the standard says: beside a plain reading of all."""

import json
from functools import partial
from itertools import chain
from typing import Any

import pytest
import sqlalchemy as sa

from academy.db import db
from academy.xapi import queries
from academy.xapi.queries import StatementFilter
from academy.xapi.relations import identity
from tools import lrs_statements
from tools.lrs_statements import World

from .test_plans import asked

Json = dict[str, Any]
SIZE, LIMIT = 1_500, 400


def named(statement: Json) -> set[str | None]:
    """Return the agents by which a statement is found where those merely related count."""
    context, target = statement.get("context", {}), statement["object"]
    found = [statement["actor"], statement["authority"], context.get("instructor"), target]
    return {identity(one) for one in found if one}


def about(statement: Json) -> set[str]:
    """Return the activities by which a statement is found where those merely related count."""
    held = statement.get("context", {}).get("contextActivities", {}).values()
    return {one["id"] for one in (statement["object"], *chain(*held))}


def has_key(statement: Json, name: str, wanted: StatementFilter) -> bool:
    """Say whether a statement has what one parameter asks for."""
    value = getattr(wanted, name)
    match name:
        case "agent" if wanted.related_agents:
            return value in named(statement)
        case "agent":
            return value in {identity(statement["actor"]), identity(statement["object"])}
        case "activity" if wanted.related_activities:
            return value in about(statement)
        case "activity":
            return value == statement["object"].get("id") and "definition" in statement["object"]
        case "verb":
            return value == statement["verb"]["id"]
        case _:
            return str(value) == statement.get("context", {}).get("registration")


class Reading:
    """All statements with what they refer to, in the order in which they were stored."""

    def __init__(self, connection: sa.Connection) -> None:
        """Read the whole store."""
        self.rows = {row.seq: row.stored for row in queries.all_rows(connection)}
        found = connection.execute(sa.text("SELECT seq, payload FROM xapi_statement ORDER BY seq"))
        self.told = {seq: json.loads(bytes(text)) for seq, text in found}
        self.of_id = {one["id"]: one for one in self.told.values()}
        self.voided = {
            one["object"]["id"] for one in self.told.values() if one["verb"]["id"].endswith("/voided")
        }

    def page(self, wanted: StatementFilter) -> list[int]:
        """Return the `seq` of all that a filter finds, in its order."""
        found = filter(partial(self._is_found, wanted=wanted), self.told)
        return sorted(found, reverse=not wanted.ascending)

    def _is_found(self, seq: int, wanted: StatementFilter) -> bool:
        statement = self.told[seq]
        if statement["id"] in self.voided:
            return False
        if wanted.authority and identity(statement["authority"]) != wanted.authority:
            return False
        if (wanted.since and self.rows[seq] <= wanted.since) or (
            wanted.until and self.rows[seq] > wanted.until
        ):
            return False
        keys = [key for key in ("agent", "verb", "activity", "registration") if getattr(wanted, key)]
        return any(all(has_key(reached, key, wanted) for key in keys) for reached in self._reached(statement))

    def _reached(self, statement: Json) -> list[Json]:
        reached = [statement]
        while reached[-1]["object"].get("objectType") == "StatementRef":
            reached.append(self.of_id[reached[-1]["object"]["id"]])
        return reached


def walked(connection: sa.Connection, wanted: StatementFilter) -> list[int]:
    """Return the `seq` of all that a filter finds, page after page."""
    found, cursor = list[int](), None
    while True:
        page = queries.page(connection, wanted, limit=LIMIT, cursor=cursor)
        found += [row.seq for row in page.rows]
        cursor = page.cursor
        if cursor is None:
            return found


def test_every_pair_of_filters_finds_what_a_plain_reading_finds(connection: sa.Connection) -> None:
    compare(connection)


@pytest.mark.usefixtures("nothing_is_few")
def test_every_pair_finds_it_where_many_refer_to_others_too(connection: sa.Connection) -> None:
    compare(connection)


def compare(connection: sa.Connection) -> None:
    """Fill the store, and compare all pages with a plain reading."""
    world = World()
    for _ in lrs_statements.fill(connection, SIZE, world=world, batch=25):
        pass
    db.session.commit()
    connection = db.session.connection()
    reading = Reading(connection)
    middle = reading.rows[sorted(reading.told)[SIZE // 2]]

    wrong, sizes = {}, []
    for case in lrs_statements.cases(world, middle):
        for direction in ({}, {"ascending": True}):
            wanted = StatementFilter(**asked(case | direction))
            expected = reading.page(wanted)
            sizes.append(len(expected))
            if walked(connection, wanted) != expected:
                wrong[json.dumps(case | direction, default=str)] = len(expected)

    assert wrong == {}
    assert min(sizes) == 0
    assert max(sizes) > LIMIT * 3
