from datetime import timedelta
from uuid import UUID

import pytest

from academy.xapi import moments, queries
from academy.xapi.queries import StatementFilter
from academy.xapi.relations import identity
from tests.factories import xapi

REGISTRATION = UUID("ec531277-b57b-4c15-8d91-d292c5b2b8f7")


def found(connection, limit=50, **wanted):
    rows = queries.page(connection, StatementFilter(**wanted), limit=limit).rows
    return [UUID(row.statement["id"]) for row in rows]


@pytest.fixture
def store(connection):
    """Store noise and one statement of each kind; return their ids by name."""
    course = {"contextActivities": {"grouping": [xapi.activity("course")]}}
    statements = {
        "noise": xapi.statement(
            actor=xapi.agent("noise"), object=xapi.activity("noise"), verb=xapi.verb("noise")
        ),
        "plain": xapi.statement(),
        "passed": xapi.statement(verb=xapi.verb("passed"), context={"registration": str(REGISTRATION)}),
        "in course": xapi.statement(actor=xapi.agent("peer"), object=xapi.activity("quiz"), context=course),
        "coached": xapi.statement(
            actor=xapi.agent("peer"), object=xapi.activity("quiz"), context={"instructor": xapi.agent()}
        ),
        "about learner": xapi.statement(actor=xapi.agent("peer"), object=xapi.agent()),
        "in group": xapi.statement(
            actor={"objectType": "Group", "member": [xapi.agent(), xapi.agent("peer")]},
            object=xapi.activity("quiz"),
        ),
        "sub": xapi.statement(
            actor=xapi.agent("peer"), object={"objectType": "SubStatement", **xapi.statement()}
        ),
    }
    return dict(zip(statements, xapi.stored(*statements.values()), strict=True))


LEARNER = identity(xapi.agent())
PEER = identity(xapi.agent("peer"))
LESSON, COURSE, QUIZ = (xapi.activity(name)["id"] for name in ("lesson", "course", "quiz"))


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        ({"agent": LEARNER}, ["in group", "about learner", "passed", "plain"]),
        (
            {"agent": LEARNER, "related_agents": True},
            ["sub", "in group", "about learner", "coached", "passed", "plain"],
        ),
        ({"verb": xapi.verb("passed")["id"]}, ["passed"]),
        ({"activity": LESSON}, ["passed", "plain"]),
        ({"activity": LESSON, "related_activities": True}, ["sub", "passed", "plain"]),
        ({"activity": COURSE}, []),
        ({"activity": COURSE, "related_activities": True}, ["in course"]),
        ({"registration": REGISTRATION}, ["passed"]),
        ({"agent": PEER, "activity": QUIZ}, ["in group", "coached", "in course"]),
        ({"agent": LEARNER, "verb": xapi.verb("passed")["id"]}, ["passed"]),
        ({"activity": LESSON, "verb": xapi.verb()["id"]}, ["plain"]),
        ({"agent": LEARNER, "registration": REGISTRATION}, ["passed"]),
        ({"agent": PEER, "registration": REGISTRATION}, []),
        ({"activity": LESSON, "registration": REGISTRATION}, ["passed"]),
        ({"activity": QUIZ, "registration": REGISTRATION}, []),
        ({"verb": xapi.verb()["id"], "registration": REGISTRATION}, []),
        ({"agent": LEARNER, "ascending": True}, ["plain", "passed", "about learner", "in group"]),
        ({"agent": identity(xapi.agent("unknown"))}, []),
        ({"verb": "http://example.org/unknown"}, []),
        ({"activity": "http://example.org/unknown"}, []),
        ({"registration": UUID(int=7)}, []),
        ({"authority": identity(xapi.AUTHORITY), "verb": xapi.verb("passed")["id"]}, ["passed"]),
        ({"authority": LEARNER}, []),
    ],
)
def test_page_filter_finds_these_newest_first(connection, store, wanted, names):
    assert found(connection, **wanted) == [store[name] for name in names]


def test_page_without_filter_finds_all_but_voided(connection, store):
    [voiding] = xapi.stored(xapi.voiding(store["plain"]))

    expected = [voiding, *[store[name] for name in store if name != "plain"][::-1]]
    assert found(connection) == expected


def test_page_since_is_exclusive_and_until_inclusive(connection, store):
    moment = queries.one(connection, store["passed"]).stored
    names = list(store)

    assert found(connection, since=moment) == [store[name] for name in names[3:]][::-1]
    assert found(connection, until=moment) == [store[name] for name in names[:3]][::-1]
    assert found(connection, since=moment - timedelta(microseconds=1), until=moment) == [store["passed"]]


@pytest.mark.parametrize("ascending", [False, True])
def test_page_cursor_goes_through_all_once_while_others_write(connection, ascending):
    ids = xapi.stored(*(xapi.statement() for _ in range(7)))
    wanted = StatementFilter(agent=LEARNER, ascending=ascending)
    seen, cursor, pages = [], None, 0
    while pages == 0 or cursor is not None:
        page = queries.page(connection, wanted, limit=3, cursor=cursor)
        seen += [UUID(row.statement["id"]) for row in page.rows]
        cursor, pages = page.cursor, pages + 1
        if not ascending:
            xapi.stored(xapi.statement())

    assert seen == (ids if ascending else ids[::-1])
    assert pages == 3


def test_page_exactly_full_has_no_cursor(connection):
    xapi.stored(*(xapi.statement() for _ in range(3)))

    assert queries.page(connection, StatementFilter(), limit=3).cursor is None


def test_page_statement_that_targets_a_match_matches(connection, store):
    """Targets count for the filter, not for time; a voided target counts too (Communication 2.1.3)."""
    [confirmed] = xapi.stored(
        xapi.statement(
            actor=xapi.agent("boss"), verb=xapi.verb("confirmed"), object=xapi.reference(store["passed"])
        )
    )
    [again] = xapi.stored(
        xapi.statement(actor=xapi.agent("boss"), verb=xapi.verb("agreed"), object=xapi.reference(confirmed))
    )
    passed = xapi.verb("passed")["id"]

    assert found(connection, verb=passed) == [again, confirmed, store["passed"]]
    assert found(connection, verb=passed, limit=2) == [again, confirmed]
    assert found(connection, verb=passed, agent=LEARNER) == [again, confirmed, store["passed"]]
    assert found(connection, verb=passed, agent=identity(xapi.agent("boss"))) == []
    assert found(connection, registration=REGISTRATION, ascending=True) == [store["passed"], confirmed, again]
    assert found(connection, verb=passed, since=queries.one(connection, confirmed).stored) == [again]

    [voiding] = xapi.stored(xapi.voiding(store["passed"], actor=xapi.agent("boss")))
    assert found(connection, verb=passed) == [voiding, again, confirmed]


def test_one_of_another_authority_is_not_found(connection):
    [identifier] = xapi.stored(xapi.statement())

    assert queries.one(connection, identifier, authority=identity(xapi.AUTHORITY)) is not None
    assert queries.one(connection, identifier, authority=LEARNER) is None
    assert queries.one(connection, identifier, authority="unknown") is None


def test_all_statements_streams_in_order_without_voided(connection, store):
    xapi.stored(xapi.voiding(store["noise"]))

    streamed = list(queries.all_statements(connection, batch=3))

    assert [item.id for item in streamed][:-1] == [store[name] for name in list(store)[1:]]
    assert streamed[0].statement == queries.one(connection, store["plain"]).statement
    assert streamed[0].statement["stored"] == moments.stored(streamed[0].seq)
    later = list(queries.all_statements(connection, after_seq=streamed[2].seq, batch=2))
    assert later == streamed[3:]
    assert [item.id for item in queries.all_statements(connection, registration=REGISTRATION)] == [
        store["passed"]
    ]


def test_all_rows_brings_voided_statements_too(connection, store):
    xapi.stored(xapi.voiding(store["noise"]))

    assert len(list(queries.all_rows(connection, batch=4))) == len(store) + 1


def test_those_who_keep_the_store_see_voided_statements_too(connection, store):
    (voiding,) = xapi.stored(xapi.voiding(store["passed"]))
    again = xapi.stored(xapi.voiding(store["passed"]))
    rows = queries.page(connection, StatementFilter(with_voided=True), limit=50).rows
    first = queries.voiding(connection, store["passed"])

    assert found(connection, registration=REGISTRATION) == [*again, voiding]  # they refer to it
    assert found(connection, registration=REGISTRATION, with_voided=True) == [
        *again,
        voiding,
        store["passed"],
    ]
    assert len(rows) == len(store) + 2
    assert [row.statement["id"] for row in rows if row.seq in queries.voided_among(connection, rows)] == [
        str(store["passed"])
    ]
    assert first is not None
    assert first.statement["id"] == str(voiding)
    assert queries.voiding(connection, store["plain"]) is None


def test_statements_are_found_by_many_ids_whether_voided_or_not(connection, store):
    xapi.stored(xapi.voiding(store["passed"]))
    asked = [store["plain"], store["passed"], UUID(int=5)]
    rows = queries.by_ids(connection, asked)

    assert {one: row.statement["id"] for one, row in rows.items()} == {one: str(one) for one in asked[:2]}
    assert queries.by_ids(connection, []) == {}
