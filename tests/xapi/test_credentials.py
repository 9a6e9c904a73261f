import pytest

from academy.db import iri_base
from academy.errors import Invalid, NotFound
from academy.xapi import credentials
from academy.xapi.credentials import Bearer


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
