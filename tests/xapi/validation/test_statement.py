"""Rules of the statement as a whole: what stands where, and what a message says."""

import pytest

from academy.xapi.editions import Edition
from academy.xapi.errors import StatementInvalid
from academy.xapi.validation import validate
from tests.factories import xapi


def refused(value, edition=Edition.FIRST):
    with pytest.raises(StatementInvalid) as caught:
        validate(value, edition=edition)
    return caught.value


def test_validate_minimal_statement_returns_it():
    assert validate(xapi.statement()) == xapi.statement()


def test_validate_fault_names_place_reason_and_clause():
    parents = [xapi.activity(), {"id": "lesson"}]
    fault = refused(xapi.statement(context={"contextActivities": {"parent": parents}}))

    assert fault.place == "context.contextActivities.parent[1].id"
    assert str(fault) == (
        'context.contextActivities.parent[1].id: must be an IRI with a scheme, not "lesson"'
    )
    assert fault.clause == "xAPI 1.0.3 Data 4.3"


@pytest.mark.parametrize("value", [None, [], "statement", 7])
def test_validate_no_object_is_refused(value):
    assert refused(value).place == ""


@pytest.mark.parametrize("name", ["actor", "verb", "object"])
def test_validate_missing_property_is_named(name):
    assert str(refused(xapi.statement(**{name: None}))) == f'the property "{name}" is missing'


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"Actor": xapi.agent()}, "Actor"),
        ({"extra": 1}, "extra"),
        ({"id": "12345678"}, "id"),
        ({"id": None, "timestamp": "2015-11-18"}, "timestamp"),
        ({"stored": "now"}, "stored"),
        ({"version": "1.1.0"}, "version"),
        ({"version": "2.0.0"}, "version"),
        ({"authority": {"name": "Nobody"}}, "authority"),
        ({"object": {"id": "x:y", "objectType": "activity"}}, "object.objectType"),
        ({"object": {"objectType": ["Agent"], "id": "x:y"}}, "object.objectType"),
        ({"attachments": {}}, "attachments"),
    ],
)
def test_validate_wrong_property_is_placed(change, place):
    assert refused(xapi.statement(**change)).place == place


def test_validate_voiding_an_activity_is_refused():
    fault = refused(xapi.statement(verb=xapi.verb("voided")))

    assert (fault.place, fault.clause) == ("object", "xAPI 1.0.3 Data 2.3.2")


def sub_statement(**overrides):
    return {"objectType": "SubStatement", **xapi.statement(**overrides)}


def test_validate_sub_statement_is_a_statement():
    whole = xapi.statement(object=sub_statement(timestamp="2030-01-01T00:00:00Z"))

    assert validate(whole) == whole


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"id": str(xapi.statement_id())}, "object.id"),
        ({"stored": "2015-11-18T12:17:00Z"}, "object.stored"),
        ({"version": "1.0.0"}, "object.version"),
        ({"authority": xapi.agent()}, "object.authority"),
        ({"object": sub_statement()}, "object.object.objectType"),
        ({"verb": {"id": "no iri"}}, "object.verb.id"),
    ],
)
def test_validate_sub_statement_has_no_identity_and_no_child(change, place):
    assert refused(xapi.statement(object=sub_statement(**change))).place == place


@pytest.mark.parametrize("name", ["revision", "platform"])
def test_validate_platform_and_revision_stand_beside_activities_only(name):
    beside_agent = xapi.statement(object=xapi.agent("other"), context={name: "x"})

    assert refused(beside_agent).place == f"context.{name}"
    assert validate(xapi.statement(context={name: "x"}))


@pytest.mark.parametrize(
    "text", ["2026-01-01T00:00:00", "2026-01-01T00:00Z", "2026-01-01T00:00:00+01", "2026-01-01T00:00:00,5Z"]
)
def test_validate_timestamps_of_2_0_are_those_of_rfc_3339(text):
    plain, inner = (
        xapi.statement(timestamp=text),
        {"objectType": "SubStatement", **xapi.statement(timestamp=text)},
    )

    assert validate(plain)
    assert refused(plain, Edition.SECOND).place == "timestamp"
    assert refused(xapi.statement(object=inner), Edition.SECOND).place == "object.timestamp"
    assert validate(xapi.statement(timestamp="2026-01-01t00:00:00.5+01:00"), edition=Edition.SECOND)


def test_validate_context_agents_only_in_2_0():
    item = {"objectType": "contextAgent", "agent": xapi.agent(), "relevantTypes": ["x:y"]}
    statement = xapi.statement(context={"contextAgents": [item]})

    assert validate(statement, edition=Edition.SECOND)
    assert refused(statement).place == "context.contextAgents"


@pytest.mark.parametrize(
    "item",
    [
        {"agent": xapi.agent()},
        {"objectType": "Agent", "agent": xapi.agent()},
        {"objectType": "contextAgent"},
        {"objectType": "contextAgent", "agent": xapi.agent(), "relevantTypes": []},
        {"objectType": "contextAgent", "agent": xapi.agent(), "relevantTypes": ["relative"]},
        {"objectType": "contextAgent", "agent": xapi.agent(), "group": {}},
    ],
)
def test_validate_malformed_context_agent_is_refused(item):
    statement = xapi.statement(context={"contextAgents": [item]})

    assert refused(statement, Edition.SECOND).place.startswith("context.contextAgents[0]")


def test_validate_context_groups():
    anonymous = {"objectType": "Group", "member": [xapi.agent()]}
    identified = {"objectType": "Group", "mbox": "mailto:team@example.org"}

    def context(*items):
        inner = {"objectType": "SubStatement", **xapi.statement(context={"contextGroups": list(items)})}
        return xapi.statement(context={"contextGroups": list(items)}), xapi.statement(object=inner)

    good = [{"objectType": "contextGroup", "group": group} for group in (anonymous, identified)]
    for statement in (*context(*good), *context()):
        assert validate(statement, edition=Edition.SECOND)
        assert refused(statement, Edition.FIRST).place.endswith("context.contextGroups")
    for item in (
        {"objectType": "contextGroup", "group": xapi.agent()},
        {"objectType": "contextAgent", "group": anonymous},
        {"objectType": "contextGroup", "group": anonymous, "relevantTypes": ["x:y", 1]},
        {"group": anonymous},
    ):
        for statement in context(good[0], item):
            assert "contextGroups[1]" in refused(statement, Edition.SECOND).place
