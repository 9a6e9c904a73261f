import time
from datetime import timedelta

import pytest

from academy import clock
from academy.db import iri_base
from academy.errors import Invalid, NotFound
from academy.xapi import credentials
from academy.xapi.credentials import Bearer, Terms


def test_bearer_of_key_and_secret_has_scopes_and_authority(connection):
    credentials.issue(connection, name="Noise", scopes=["all"])
    key, secret = credentials.issue(connection, name="Player", scopes=["state", "statements/write", "state"])

    assert credentials.bearer(connection, key=key, secret=secret) == Bearer(
        key=key,
        scopes=frozenset({"state", "statements/write"}),
        authority={
            "objectType": "Agent",
            "name": "Player",
            "account": {"homePage": iri_base(), "name": key},
        },
    )


def test_bearer_with_a_wrong_pair_is_nobody(connection):
    key, secret = credentials.issue(connection, name="A", scopes=["all"])
    other_key, other_secret = credentials.issue(connection, name="B", scopes=["all"])

    assert credentials.bearer(connection, key=key, secret=other_secret) is None
    assert credentials.bearer(connection, key="unknown", secret=secret) is None
    assert credentials.bearer(connection, key=key, secret="") is None


def test_revoke_ends_this_credential_only(connection):
    key, secret = credentials.issue(connection, name="A", scopes=["all"])
    other_key, other_secret = credentials.issue(connection, name="B", scopes=["all"])

    credentials.revoke(connection, key=key)
    revoked = credentials.every(connection)[0].revoked
    credentials.revoke(connection, key=key)

    assert credentials.bearer(connection, key=key, secret=secret) is None
    assert credentials.bearer(connection, key=other_key, secret=other_secret) is not None
    assert [entry.revoked for entry in credentials.every(connection)] == [revoked, None]
    with pytest.raises(NotFound):
        credentials.revoke(connection, key="unknown")


@pytest.mark.parametrize("scopes", [[], ["everything"], ["all", "everything"]])
def test_issue_unknown_scope_is_refused(connection, scopes):
    with pytest.raises(Invalid, match="scope"):
        credentials.issue(connection, name="A", scopes=scopes)

    assert credentials.every(connection) == []


def test_may_needs_one_of_the_scopes_or_all():
    def bearer(*scopes):
        return Bearer("key", frozenset(scopes), {})

    assert bearer("state").may("state", "all/read")
    assert bearer("all").may("state")
    assert not bearer("all/read").may("state")
    assert not bearer().may("state")


def test_an_expired_credential_is_nobody_from_that_moment(connection, monkeypatch):
    end = clock.now() + timedelta(hours=1)
    key, secret = credentials.issue(connection, name="A", scopes=["all"], terms=Terms(expires=end))

    monkeypatch.setattr(clock, "now", lambda: end - timedelta(microseconds=1))
    assert credentials.bearer(connection, key=key, secret=secret) is not None
    assert credentials.entry(connection, key=key).standing == "valid"
    monkeypatch.setattr(clock, "now", lambda: end)
    assert credentials.bearer(connection, key=key, secret=secret) is None
    assert credentials.entry(connection, key=key).standing == "expired"
    with pytest.raises(Invalid, match="is over"):
        credentials.issue(connection, name="B", scopes=["all"], terms=Terms(expires=end))


def test_expire_sets_and_takes_back_the_end(connection):
    key, secret = credentials.issue(connection, name="A", scopes=["all"])
    other_key, other_secret = credentials.issue(connection, name="B", scopes=["all"])

    credentials.expire(connection, key=key, at=clock.now())
    assert credentials.bearer(connection, key=key, secret=secret) is None
    assert credentials.bearer(connection, key=other_key, secret=other_secret) is not None
    credentials.expire(connection, key=key, at=None)
    assert credentials.bearer(connection, key=key, secret=secret) is not None
    with pytest.raises(NotFound):
        credentials.expire(connection, key="unknown", at=None)


def recalled(connection, key, secret):
    return credentials.remembered(connection.engine.pool, key=key, secret=secret)


def test_who_was_found_is_remembered_for_a_second(connection, monkeypatch):
    key, secret = credentials.issue(connection, name="A", scopes=["all"])
    other_key, other_secret = credentials.issue(connection, name="B", scopes=["state"])
    begun = time.monotonic()
    monkeypatch.setattr(credentials.time, "monotonic", lambda: begun)
    assert recalled(connection, key, secret) is None

    found = credentials.bearer(connection, key=key, secret=secret)
    credentials.bearer(connection, key=other_key, secret=other_secret)

    assert recalled(connection, key, secret) == found
    assert recalled(connection, key, other_secret) is None
    assert recalled(connection, key, "") is None
    monkeypatch.setattr(credentials.time, "monotonic", lambda: begun + 0.99)
    assert recalled(connection, key, secret) == found
    monkeypatch.setattr(credentials.time, "monotonic", lambda: begun + 1)
    assert recalled(connection, key, secret) is None


def test_who_is_revoked_or_has_expired_is_not_remembered(connection, monkeypatch):
    end = clock.now() + timedelta(hours=1)
    pairs = [
        credentials.issue(connection, name=name, scopes=["all"], terms=Terms(expires=end))
        for name in ("revoked", "expired by hand", "used", "kept")
    ]
    for key, secret in pairs:
        credentials.bearer(connection, key=key, secret=secret)

    credentials.revoke(connection, key=pairs[0][0])
    credentials.expire(connection, key=pairs[1][0], at=clock.now())
    credentials.note_use(connection, key=pairs[2][0])

    def known():
        return [recalled(connection, *pair) is not None for pair in pairs]

    assert known() == [False, False, False, True]
    monkeypatch.setattr(clock, "now", lambda: end)
    assert known() == [False] * 4


def test_only_so_many_are_remembered(connection, monkeypatch):
    monkeypatch.setattr(credentials, "MOST_REMEMBERED", 2)
    pairs = [credentials.issue(connection, name=name, scopes=["all"]) for name in "ABC"]

    for key, secret in pairs:
        credentials.bearer(connection, key=key, secret=secret)

    assert [recalled(connection, *pair) is not None for pair in pairs] == [False, False, True]


def test_use_is_noted_once_a_minute(connection, monkeypatch):
    key, secret = credentials.issue(connection, name="A", scopes=["all"])
    start = clock.now()

    def note(seconds):
        monkeypatch.setattr(clock, "now", lambda: start + timedelta(seconds=seconds))
        due = credentials.use_is_due(credentials.bearer(connection, key=key, secret=secret))
        credentials.note_use(connection, key=key)
        return due, (credentials.entry(connection, key=key).used - start).total_seconds()

    assert [note(0), note(59), note(60), note(61)] == [(True, 0), (False, 0), (True, 60), (False, 60)]


def test_who_may_void_is_a_term_or_holds_all(connection):
    def may_void(*scopes, **terms):
        key, secret = credentials.issue(connection, name="A", scopes=scopes, terms=Terms(**terms))
        return credentials.bearer(connection, key=key, secret=secret).may_void

    assert not may_void("statements/write")
    assert may_void("statements/write", may_void=True)
    assert may_void("all")
