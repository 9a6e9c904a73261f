"""A narrow credential, such as content gets, reaches one learner in one registration, nothing of others."""

import base64
import json
from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa

from academy import clock
from academy.db import db
from academy.errors import Invalid
from academy.xapi import credentials, nameless, queries, store
from academy.xapi.credentials import Narrow, Terms
from academy.xapi.models import Credential
from academy.xapi.nameless import Manner
from academy.xapi.people import Individual
from academy.xapi.relations import identity
from tests.factories import xapi

OWN, OTHER = "0193f1f0-0000-7000-8000-00000000000a", "0193f1f0-0000-7000-8000-00000000000b"
LEARNER, STRANGER = xapi.agent("ana"), xapi.agent("boris")
ACTIVITY = xapi.activity()["id"]


def narrow_terms(**more):
    return Terms(
        expires=clock.now() + timedelta(hours=1), narrow=Narrow(identity(LEARNER), UUID(OWN)), **more
    )


def issued(*scopes):
    key, secret = credentials.issue(
        db.session.connection(), name="Launch", scopes=scopes or ("all",), terms=narrow_terms()
    )
    db.session.commit()
    token = base64.b64encode(f"{key}:{secret}".encode()).decode()
    return {"Authorization": f"Basic {token}", "X-Experience-API-Version": "1.0.3"}


def told(actor=LEARNER, registration=OWN, **more):
    context = {"registration": registration} if registration else None
    return xapi.statement(actor=actor, context=context, **more)


def test_its_statements_are_those_of_the_learner_and_the_academy_vouches_for_them(client):
    answer = client.post("/xapi/statements", json=[told(), told()], headers=issued("statements/write"))

    assert answer.status_code == 200
    [one, _] = queries.all_rows(db.session.connection())
    assert one.statement["authority"] == store.own_authority()


@pytest.mark.parametrize(
    "wrong",
    [
        told(actor=STRANGER),
        told(registration=OTHER),
        told(registration=None),
        told(actor={"objectType": "Group", "member": [LEARNER]}),
        told(actor={**LEARNER, "objectType": "Group"}),
    ],
)
def test_statements_about_anything_else_are_refused_with_all_that_came_along(client, wrong):
    answer = client.post("/xapi/statements", json=[told(), wrong], headers=issued())

    assert answer.status_code == 403
    assert list(queries.all_rows(db.session.connection())) == []


def test_it_voids_nothing(client):
    headers = issued()
    [mine] = client.post("/xapi/statements", json=told(), headers=headers).json

    void = told(verb=xapi.verb("voided"), object=xapi.reference(mine))

    assert client.post("/xapi/statements", json=void, headers=headers).status_code == 403


def test_it_reads_the_statements_of_the_learner_only(client):
    headers = issued()
    mine, *others = xapi.stored(
        told(), told(actor=STRANGER), told(registration=OTHER), told(registration=None)
    )
    others += xapi.stored(told(actor=STRANGER, object=xapi.reference(mine)))  # about what is read
    db.session.commit()

    def read(**given):
        answer = client.get("/xapi/statements", query_string=given, headers=headers)
        found = answer.json.get("statements") if answer.status_code == 200 else None
        return answer.status_code, found and [one["id"] for one in found]

    assert read() == read(registration=OWN) == read(agent=json.dumps(LEARNER)) == (200, [str(mine)])
    assert read(ascending="true", related_agents="true", format="ids") == (200, [str(mine)])
    assert read(agent=json.dumps(STRANGER)) == read(registration=OTHER) == (403, None)
    one = {
        name: client.get(f"/xapi/statements?statementId={name}", headers=headers) for name in (mine, *others)
    }
    assert [answer.status_code for answer in one.values()] == [200, 404, 404, 404, 404]


@pytest.mark.parametrize("method", ["GET", "PUT", "POST", "DELETE"])
@pytest.mark.parametrize(
    ("agent", "registration", "reached"),
    [(LEARNER, OWN, True), (STRANGER, OWN, False), (LEARNER, OTHER, False), (LEARNER, None, False)],
)
def test_its_states_are_those_of_the_learner(client, method, agent, registration, reached):
    place = {"activityId": ACTIVITY, "agent": json.dumps(agent), "stateId": "bookmark"}
    place |= {"registration": registration} if registration else {}
    body = {"json": {"page": 3}} if method in {"PUT", "POST"} else {}

    answer = client.open(
        "/xapi/activities/state", method=method, query_string=place, headers=issued("state"), **body
    )

    assert (answer.status_code != 403) is reached


def test_it_lists_and_clears_no_states_of_all_registrations(client):
    place = {"activityId": ACTIVITY, "agent": json.dumps(LEARNER)}
    headers = issued("state")

    for method in ("GET", "DELETE"):
        answer = client.open("/xapi/activities/state", method=method, query_string=place, headers=headers)
        assert answer.status_code == 403


def test_it_knows_no_other_agent_and_changes_nothing_that_is_shared(client):
    headers = issued("profile") | {"If-None-Match": "*"}

    def status(method, resource, **given):
        body = {"json": {}} if method in {"PUT", "POST"} else {}
        return client.open(
            f"/xapi/{resource}", method=method, query_string=given, headers=headers, **body
        ).status_code

    mine, other = ({"agent": json.dumps(one)} for one in (LEARNER, STRANGER))
    assert [status("GET", "agents", **one) for one in (mine, other)] == [200, 403]
    assert [status("PUT", "agents/profile", profileId="p", **one) for one in (mine, other)] == [204, 403]
    assert [status("GET", "agents/profile", **one) for one in (mine, other)] == [200, 403]
    shared = {"activityId": ACTIVITY, "profileId": "p"}
    refused = [status(method, "activities/profile", **shared) for method in ("PUT", "POST", "DELETE")]
    assert refused == [403, 403, 403]
    assert status("GET", "activities/profile", activityId=ACTIVITY) == 200


def test_a_narrow_credential_ends_is_not_listed_and_is_forgotten(app):
    connection = db.session.connection()
    kept, _ = credentials.issue(
        connection, name="Client", scopes=["all"], terms=Terms(expires=narrow_terms().expires)
    )
    keys = [
        credentials.issue(connection, name="Launch", scopes=["all"], terms=narrow_terms())[0] for _ in "ab"
    ]
    with pytest.raises(Invalid, match="has to expire"):
        credentials.issue(
            connection, name="A", scopes=["all"], terms=Terms(narrow=Narrow(identity(LEARNER), UUID(OWN)))
        )

    def there():
        return {*db.session.scalars(sa.select(Credential.key))}

    assert [one.key for one in credentials.every(connection)] == [kept]
    credentials.revoke(connection, key=keys[0])
    credentials.expire(connection, key=kept, at=clock.now())
    credentials.forget_narrow()
    assert there() == {kept, keys[1]}
    credentials.expire(connection, key=keys[1], at=clock.now())
    credentials.forget_narrow()
    assert there() == {kept}


def test_credentials_for_somebody_go_when_they_are_erased(app):
    connection = db.session.connection()
    for agent in (LEARNER, STRANGER):
        narrow = Narrow(identity(agent), UUID(OWN))
        terms = Terms(expires=narrow_terms().expires, narrow=narrow)
        credentials.issue(connection, name="Launch", scopes=["all"], terms=terms)
    account = {"homePage": "https://example.org", "name": "ana"}

    nameless.make_nameless(connection, Individual(account, "ana@example.org"), Manner(lambda value: value))

    assert list(db.session.scalars(sa.select(Credential.agent))) == [identity(STRANGER)]
