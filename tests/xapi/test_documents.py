import hashlib
from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa

from academy import clock
from academy.db import db
from academy.xapi import documents
from academy.xapi.documents import ActivityShelf, AgentShelf, Content, StateShelf
from academy.xapi.errors import DocumentConflict, PreconditionFailed, XapiInvalid
from academy.xapi.preconditions import Demand, Preconditions
from academy.xapi.relations import identity
from tests.factories import xapi

LESSON, LEARNER = xapi.activity()["id"], identity(xapi.agent())
REGISTRATION = UUID("ec531277-b57b-4c15-8d91-d292c5b2b8f7")

SHELVES = [
    StateShelf(LESSON, LEARNER),
    StateShelf(LESSON, LEARNER, REGISTRATION),
    ActivityShelf(LESSON),
    AgentShelf(LEARNER),
]


def text(data, media_type="text/plain"):
    return Content(data, media_type)


def json_object(data):
    return Content(data, "application/json; charset=utf-8")


@pytest.fixture(autouse=True)
def noise(connection):
    """Store documents that no test asks for."""
    other = identity(xapi.agent("other"))
    for shelf in (
        StateShelf(LESSON, other),
        StateShelf(LESSON, LEARNER, UUID(int=7)),
        StateShelf("x:other", LEARNER),
        ActivityShelf("x:other"),
        AgentShelf(other),
    ):
        documents.put(connection, shelf, "bookmark", text(b"noise"))


@pytest.mark.parametrize("shelf", SHELVES)
def test_put_and_read_give_back_bytes_type_and_etag(connection, shelf):
    content = text(b"\x00\xff", "application/octet-stream")
    before = clock.now()

    documents.put(connection, shelf, "bookmark", content)

    found = documents.read(connection, shelf, "bookmark")
    assert found.content == content
    assert found.etag == hashlib.sha1(b"\x00\xff").hexdigest()
    assert before <= found.updated <= clock.now()
    assert documents.read(connection, shelf, "Bookmark") is None


@pytest.mark.parametrize("shelf", SHELVES)
def test_put_again_replaces(connection, shelf):
    documents.put(connection, shelf, "bookmark", text(b"1"))

    documents.put(connection, shelf, "bookmark", json_object(b"{}"))

    assert documents.read(connection, shelf, "bookmark").content == json_object(b"{}")
    assert documents.names(connection, shelf)[0].count("bookmark") == 1


def test_put_with_another_etag_changes_nothing(connection):
    shelf = SHELVES[0]
    documents.put(connection, shelf, "bookmark", text(b"1"))
    stale = Preconditions(if_match='"0000"')

    with pytest.raises(PreconditionFailed):
        documents.put(connection, shelf, "bookmark", text(b"2"), given=stale)
    with pytest.raises(PreconditionFailed):
        documents.merge(connection, shelf, "bookmark", json_object(b"{}"), given=stale)
    with pytest.raises(PreconditionFailed):
        documents.delete(connection, shelf, "bookmark", given=stale)

    assert documents.read(connection, shelf, "bookmark").content == text(b"1")


def test_put_with_the_present_etag_replaces(connection):
    shelf = SHELVES[0]
    documents.put(connection, shelf, "bookmark", text(b"1"))
    etag = documents.read(connection, shelf, "bookmark").etag

    documents.put(connection, shelf, "bookmark", text(b"2"), given=Preconditions(if_match=f'"{etag}"'))

    assert documents.read(connection, shelf, "bookmark").content == text(b"2")


def test_put_on_demand_of_a_precondition_conflicts(connection):
    shelf = SHELVES[2]
    documents.put(connection, shelf, "bookmark", text(b"1"), demand=Demand.FOR_EXISTING)

    with pytest.raises(DocumentConflict):
        documents.put(connection, shelf, "bookmark", text(b"2"), demand=Demand.FOR_EXISTING)

    assert documents.read(connection, shelf, "bookmark").content == text(b"1")


@pytest.mark.parametrize("shelf", SHELVES)
def test_merge_sets_top_level_properties_and_keeps_numbers(connection, shelf):
    documents.merge(connection, shelf, "bookmark", json_object(b'{"a":1.50,"b":{"c":1},"d":1e2}'))

    documents.merge(connection, shelf, "bookmark", json_object(b'{"b":{"e":2},"f":12345678901234567890123}'))

    found = documents.read(connection, shelf, "bookmark").content
    assert found == json_object(b'{"a":1.50,"b":{"e":2},"d":1e2,"f":12345678901234567890123}')


@pytest.mark.parametrize(
    ("kept", "sent"),
    [
        (json_object(b"{}"), text(b"{}")),
        (json_object(b"{}"), json_object(b"[]")),
        (json_object(b"{}"), json_object(b"{")),
        (json_object(b"{}"), json_object(b'{"a":1,"a":2}')),
        (text(b"{}"), json_object(b"{}")),
        (json_object(b"[]"), json_object(b"{}")),
    ],
)
def test_merge_of_what_is_no_json_object_changes_nothing(connection, kept, sent):
    shelf = SHELVES[0]
    documents.put(connection, shelf, "bookmark", kept)

    with pytest.raises(XapiInvalid):
        documents.merge(connection, shelf, "bookmark", sent)

    assert documents.read(connection, shelf, "bookmark").content == kept


@pytest.mark.parametrize("shelf", SHELVES)
def test_delete_removes_this_one_only(connection, shelf):
    documents.put(connection, shelf, "one", text(b"1"))
    documents.put(connection, shelf, "two", text(b"2"))

    documents.delete(connection, shelf, "one")
    documents.delete(connection, shelf, "one")

    assert documents.read(connection, shelf, "one") is None
    assert documents.read(connection, shelf, "two").content == text(b"2")


@pytest.mark.parametrize("shelf", SHELVES[1:])
def test_names_lists_this_place_since_a_moment(connection, shelf, monkeypatch):
    moment = clock.now() + timedelta(hours=1)
    for minute, name in enumerate(("one", "two", "three")):
        monkeypatch.setattr(clock, "now", lambda minute=minute: moment + timedelta(minutes=minute))
        documents.put(connection, shelf, name, text(b"x"))

    last = moment + timedelta(minutes=2)
    assert documents.names(connection, shelf) == (["one", "two", "three"], last)
    assert documents.names(connection, shelf, since=moment) == (["two", "three"], last)
    assert documents.names(connection, shelf, since=last) == ([], None)


def test_names_of_an_unknown_place_are_none(connection):
    assert documents.names(connection, StateShelf("x:unknown", "unknown")) == ([], None)


def test_state_without_registration_lists_those_of_all_registrations(connection):
    documents.put(connection, SHELVES[0], "plain", text(b"1"))
    documents.put(connection, SHELVES[1], "registered", text(b"2"))

    assert documents.names(connection, SHELVES[0])[0] == ["bookmark", "plain", "registered"]
    assert documents.names(connection, SHELVES[1])[0] == ["registered"]
    assert documents.read(connection, SHELVES[0], "registered") is None


def test_clear_removes_all_of_this_place_only(connection):
    documents.put(connection, SHELVES[1], "one", text(b"1"))
    documents.put(connection, SHELVES[1], "two", text(b"2"))
    before = db.session.scalar(sa.select(sa.func.count()).select_from(SHELVES[1].table))

    documents.clear(connection, SHELVES[1])

    assert documents.names(connection, SHELVES[1]) == ([], None)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(SHELVES[1].table)) == before - 2
