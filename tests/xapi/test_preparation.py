from uuid import UUID

from academy.xapi import json_text, preparation
from academy.xapi.editions import Edition
from academy.xapi.relations import ActivityUsage, AgentUsage, identity
from tests.factories import xapi

NEW_ID = UUID("01a20be1-ceb3-75ec-a2a2-a87f6d73a747")


def prepared(statement, edition=Edition.FIRST):
    return preparation.prepare(statement, authority=xapi.AUTHORITY, edition=edition, new_id=lambda: NEW_ID)


def test_prepare_completes_what_the_store_assigns():
    statement = xapi.statement(stored="2001-01-01T00:00:00Z", authority=xapi.agent("liar"))

    draft = prepared(statement)

    assert draft.statement == {
        **xapi.statement(),
        "id": str(NEW_ID),
        "version": "1.0.0",
        "authority": xapi.AUTHORITY,
    }
    assert (draft.id, draft.is_named_by_client) == (NEW_ID, False)
    assert "stored" in statement


def test_prepare_keeps_id_and_version_of_the_client():
    statement = xapi.statement(id=str(NEW_ID).upper(), version="1.0.2")

    draft = prepared(statement)

    assert (draft.id, draft.is_named_by_client) == (NEW_ID, True)
    assert draft.statement["id"] == str(NEW_ID).upper()
    assert draft.statement["version"] == "1.0.2"


def test_prepare_version_follows_the_edition():
    assert prepared(xapi.statement(), Edition.SECOND).statement["version"] == "2.0.0"


def test_prepare_brings_timestamp_to_utc():
    draft = prepared(xapi.statement(timestamp="2026-11-24T05:00:00.5+01:00"))

    assert draft.statement["timestamp"] == "2026-11-24T04:00:00.500Z"


def test_set_stored_gives_a_missing_timestamp_to_statement_and_text():
    draft = prepared(xapi.statement())

    preparation.set_stored(draft, "2026-11-24T04:00:00.000000Z")

    assert draft.statement["timestamp"] == draft.statement["stored"] == "2026-11-24T04:00:00.000000Z"
    text = json_text.decode(draft.payload)
    assert text == {name: value for name, value in draft.statement.items() if name != "stored"}


def test_prepare_wraps_single_context_activities_in_sub_statements_too():
    context = {"contextActivities": {"parent": xapi.activity("course"), "other": [xapi.activity("x")]}}
    inner = {"objectType": "SubStatement", **xapi.statement(context=context)}

    draft = prepared(xapi.statement(object=inner, context=context))

    wrapped = {"parent": [xapi.activity("course")], "other": [xapi.activity("x")]}
    assert draft.statement["context"] == {"contextActivities": wrapped}
    assert draft.statement["object"]["context"] == {"contextActivities": wrapped}
    assert context["contextActivities"]["parent"] == xapi.activity("course")


def test_prepare_collects_agents_with_all_their_usages():
    group = {"objectType": "Group", "member": [xapi.agent("one"), xapi.agent("two")]}
    statement = xapi.statement(
        actor=xapi.agent("one"), object=group, context={"instructor": xapi.agent("coach")}
    )

    draft = prepared(statement)

    assert draft.agents == {
        identity(xapi.agent("one")): AgentUsage.ACTOR | AgentUsage.OBJECT,
        identity(xapi.agent("two")): AgentUsage.OBJECT,
        identity(xapi.agent("coach")): AgentUsage.INSTRUCTOR,
        identity(xapi.AUTHORITY): AgentUsage.AUTHORITY,
    }


def test_prepare_collects_activities_and_joins_their_definitions():
    named = {**xapi.activity(), "definition": {"name": {"en": "Lesson"}}}
    again = {**xapi.activity(), "definition": {"name": {"ru": "Урок"}, "type": "x:lesson"}}
    statement = xapi.statement(
        object=named, context={"contextActivities": {"parent": again, "grouping": xapi.activity("course")}}
    )

    draft = prepared(statement)

    assert draft.activities == {
        xapi.activity()["id"]: ActivityUsage.OBJECT | ActivityUsage.PARENT,
        xapi.activity("course")["id"]: ActivityUsage.GROUPING,
    }
    assert draft.definitions == {
        xapi.activity()["id"]: {"name": {"en": "Lesson", "ru": "Урок"}, "type": "x:lesson"}
    }


def test_prepare_notes_target_and_voiding():
    draft = prepared(xapi.voiding(NEW_ID))

    assert (draft.target, draft.is_voiding, draft.activities) == (NEW_ID, True, {})
    assert not prepared(xapi.statement()).is_voiding
