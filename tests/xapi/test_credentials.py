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
