import pytest

from academy.xapi.equivalence import same
from tests.factories import xapi

GROUP = {"objectType": "Group", "member": [xapi.agent("one"), xapi.agent("two")]}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"id": str(xapi.statement_id())}, {"id": str(xapi.statement_id())}),
        ({"timestamp": "2026-01-01T00:00:00Z"}, {}),
        ({"version": "1.0.0"}, {"version": "1.0.3"}),
        ({"authority": xapi.agent("a")}, {}),
        ({"attachments": []}, {}),
        ({"verb": {**xapi.verb(), "display": {"en": "did"}}}, {"verb": xapi.verb()}),
        ({"object": {**xapi.activity(), "definition": {"type": "x:y"}}}, {"object": xapi.activity()}),
        ({"object": {"id": xapi.activity()["id"]}}, {"object": xapi.activity()}),
        ({"actor": {"mbox": "mailto:learner@EXAMPLE.org"}}, {"actor": xapi.agent()}),
        ({"actor": GROUP}, {"actor": {**GROUP, "member": GROUP["member"][::-1]}}),
        ({"result": {"duration": "PT1.239S"}}, {"result": {"duration": "PT1.23S"}}),
        (
            {"context": {"contextActivities": {"parent": xapi.activity("a")}}},
            {"context": {"contextActivities": {"parent": [xapi.activity("a")]}}},
        ),
        (
            {"context": {"registration": "EC531277-b57b-4c15-8d91-d292c5b2b8f7"}},
            {"context": {"registration": "ec531277-b57b-4c15-8d91-d292c5b2b8f7"}},
        ),
        (
            {
                "object": {
                    "objectType": "SubStatement",
                    **xapi.statement(timestamp="2026-01-01T01:00:00+01:00"),
                }
            },
            {"object": {"objectType": "SubStatement", **xapi.statement(timestamp="2026-01-01T00:00:00Z")}},
        ),
    ],
)
def test_same_what_does_not_count_is_ignored(one, other):
    assert same(xapi.statement(**one), xapi.statement(**other))


@pytest.mark.parametrize(
    "change",
    [
        {"actor": xapi.agent("other")},
        {"actor": {**xapi.agent(), "name": "A"}},
        {"verb": xapi.verb("passed")},
        {"object": xapi.activity("other")},
        {"object": xapi.agent()},
        {"object": xapi.reference(xapi.statement_id())},
        {"result": {"success": True}},
        {"context": {"platform": "x"}},
    ],
)
def test_same_another_claim_is_not_the_same(change):
    assert not same(xapi.statement(), xapi.statement(**change))


def test_same_true_is_not_one():
    assert not same(
        xapi.statement(result={"extensions": {"x:a": [True]}}),
        xapi.statement(result={"extensions": {"x:a": [1]}}),
    )


def test_same_durations_are_strings():
    assert not same(xapi.statement(result={"duration": "PT60S"}), xapi.statement(result={"duration": "PT1M"}))


def test_same_sub_statement_timestamps_count():
    early, late = (
        xapi.statement(object={"objectType": "SubStatement", **xapi.statement(timestamp=moment)})
        for moment in ("2026-01-01T00:00:00Z", "2026-01-01T00:00:01Z")
    )

    assert not same(early, late)
