"""Every filter of GET /statements, and every pair of filters, walks an index and stops at the limit."""

import itertools
import json
import re
from uuid import UUID

import pytest
from sqlalchemy import event

from academy.db import db
from academy.xapi import queries
from academy.xapi.queries import StatementFilter
from academy.xapi.relations import identity
from tools import lrs_statements
from tools.lrs_statements import World

LIMIT = 50
LARGE = {"xapi_statement", "xapi_statement_agent", "xapi_statement_activity"}

#: What a page may cost at any size: instructions of SQLite's machine, or blocks that PostgreSQL looks at.
MOST_STEPS = 100_000
MOST_BLOCKS = 20_000


def asked(case):
    """Return the filter of a case."""
    found = dict(case)
    if "agent" in found:
        found["agent"] = identity(found["agent"])
    if "mine" in found:
        found["authority"] = identity(lrs_statements.authority(found.pop("mine")))
    if "registration" in found:
        found["registration"] = UUID(found["registration"])
    return found


class Work:
    """The statements that a page sends to the database, what they cost, and how they are carried out."""

    def __init__(self, connection, wanted, cursor=None):
        self.connection, self.sent = connection, []
        self.is_sqlite = connection.dialect.name == "sqlite"
        event.listen(connection, "before_cursor_execute", self._note)
        try:
            self.cost = self._steps(wanted, cursor) if self.is_sqlite else self._page(wanted, cursor)
        finally:
            event.remove(connection, "before_cursor_execute", self._note)
        self.plans = [self._plan(statement, parameters) for statement, parameters in self.sent]
        if not self.is_sqlite:
            self.cost = sum(one["Shared Hit Blocks"] + one["Shared Read Blocks"] for one in self.plans)

    @property
    def scanned(self):
        """Return the large tables that are read without a key to begin at."""
        return {table for plan in self.plans for table in self._read_through(plan)} & LARGE

    def _page(self, wanted, cursor):
        self.page = queries.page(self.connection, StatementFilter(**wanted), limit=LIMIT, cursor=cursor)
        return 0

    def _steps(self, wanted, cursor):
        hundreds = itertools.count()
        driver = self.connection.connection.driver_connection
        driver.set_progress_handler(lambda: next(hundreds) < 0, 100)
        try:
            self._page(wanted, cursor)
        finally:
            driver.set_progress_handler(None, 0)
        return next(hundreds) * 100

    def _note(self, connection, cursor, statement, parameters, *rest):
        if "set_config" not in statement:
            self.sent.append((statement, parameters))

    def _plan(self, statement, parameters):
        if self.is_sqlite:
            rows = self.connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
            return [row.detail for row in rows]
        explain = f"EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, FORMAT JSON) {statement}"
        found = self.connection.exec_driver_sql(explain, parameters).scalar()
        return (json.loads(found) if isinstance(found, str) else found)[0]["Plan"]

    def _read_through(self, plan):
        if self.is_sqlite:
            found = (re.match(r"SCAN (\w+?)(_\d+)?\b(?! \()", line) for line in plan)
            return [match[1] for match in found if match]
        own = [plan["Relation Name"]] if plan["Node Type"] == "Seq Scan" else []
        return [*own, *itertools.chain(*(self._read_through(inner) for inner in plan.get("Plans", ())))]


def fill(connection, size):
    world = World()
    for _ in lrs_statements.fill(connection, size, world=world, batch=min(500, size // 60)):
        pass
    db.session.commit()
    connection = db.session.connection()
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("ANALYZE")
    return world


@pytest.mark.parametrize(
    "size",
    [
        pytest.param(2_000, marks=pytest.mark.conformance_on("postgresql")),
        pytest.param(100_000, marks=pytest.mark.conformance),
    ],
)
def test_page_walks_an_index_for_every_pair_of_filters(connection, size):
    world = fill(connection, size)
    connection = db.session.connection()
    rows = list(queries.all_rows(connection))
    middle = rows[len(rows) // 2].stored
    known = {row.seq for row in rows}

    costs = {}
    cases = [asked(case) for case in lrs_statements.cases(world, middle)]
    for wanted in [*cases, *({**case, "with_voided": True} for case in cases)]:
        work = Work(connection, wanted)
        name = json.dumps(wanted, default=str)
        costs[name] = work.cost
        if wanted.keys() - {"since", "until", "ascending", "with_voided"}:
            assert work.scanned == set(), name
        assert {row.seq for row in work.page.rows} <= known

    most = MOST_STEPS if connection.dialect.name == "sqlite" else MOST_BLOCKS
    assert {name: cost for name, cost in costs.items() if cost > most} == {}
