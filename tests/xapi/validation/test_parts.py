"""Rules of actors, activities, results and attachments."""

import pytest

from academy.xapi.errors import StatementInvalid
from academy.xapi.validation import actor, attachment, context, interaction, result

ACCOUNT = {"homePage": "https://example.org", "name": "7"}
SHA1 = "ebd31e95054c018b10727ccffd2ef2ec3a016ee9"


@pytest.mark.parametrize(
    "identifier",
    [{"mbox": "mailto:a@b.org"}, {"mbox_sha1sum": SHA1}, {"openid": "http://a.org"}, {"account": ACCOUNT}],
)
def test_agent_each_identifier_alone_is_enough(identifier):
    actor.agent(identifier)
    actor.group({"objectType": "Group", **identifier})


@pytest.mark.parametrize(
    ("value", "place"),
    [
        ({}, ""),
        ({"name": "A"}, ""),
        ({"mbox": "mailto:a@b.org", "openid": "http://a.org"}, ""),
        ({"mbox": "a@b.org"}, "mbox"),
        ({"mbox": None}, "mbox"),
        ({"mbox_sha1sum": SHA1[:-1]}, "mbox_sha1sum"),
        ({"account": {"homePage": "https://example.org"}}, "account"),
        ({"account": {**ACCOUNT, "homePage": "example"}}, "account.homePage"),
        ({"account": {**ACCOUNT, "name": ""}}, "account.name"),
        ({"account": {**ACCOUNT, "extra": 1}}, "account.extra"),
        ({"mbox": "mailto:a@b.org", "objectType": "agent"}, "objectType"),
        ({"mbox": "mailto:a@b.org", "name": 7}, "name"),
        ({"mbox": "mailto:a@b.org", "member": []}, "member"),
    ],
)
def test_agent_malformed_is_refused(value, place):
    with pytest.raises(StatementInvalid) as caught:
        actor.agent(value)

    assert caught.value.place == place


@pytest.mark.parametrize(
    ("members", "place"),
    [
        ({}, ""),
        ({"member": []}, "member"),
        ({"member": [{"name": "A"}]}, "member[0]"),
        ({"member": [{"objectType": "Group", "mbox": "mailto:a@b.org"}]}, "member[0].objectType"),
        ({"mbox": "mailto:a@b.org", "openid": "http://a.org"}, ""),
    ],
)
def test_group_malformed_is_refused(members, place):
    with pytest.raises(StatementInvalid) as caught:
        actor.group({"objectType": "Group", **members})

    assert caught.value.place == place


@pytest.mark.parametrize("members", [{}, {"member": []}, {"member": [{"mbox": "mailto:c@d.org"}]}])
def test_group_with_an_identifier_may_name_its_members(members):
    actor.group({"objectType": "Group", "mbox": "mailto:a@b.org", **members})


def test_identified_anonymous_group_is_refused():
    with pytest.raises(StatementInvalid, match="anonymous"):
        actor.identified({"objectType": "Group", "member": [{"mbox": "mailto:a@b.org"}]})


def test_authority_group_is_an_anonymous_pair():
    pair = [{"mbox": "mailto:a@b.org"}, {"account": ACCOUNT}]
    actor.authority({"objectType": "Group", "member": pair})

    for group in (
        {"objectType": "Group", "member": pair[:1]},
        {"objectType": "Group", "member": [*pair, pair[0]]},
        {"objectType": "Group", "member": pair, "mbox": "mailto:c@b.org"},
    ):
        with pytest.raises(StatementInvalid, match="two members"):
            actor.authority(group)


@pytest.mark.parametrize(
    "score",
    [
        {"scaled": 0},
        {"scaled": -1},
        {"scaled": 1},
        {"min": 0, "raw": 0, "max": 1},
        {"min": -5, "raw": -1},
        {},
    ],
)
def test_score_bounds_are_values(score):
    result.score(score)


@pytest.mark.parametrize(
    ("score", "place"),
    [
        ({"scaled": 1.01}, "scaled"),
        ({"scaled": -1.01}, "scaled"),
        ({"scaled": "0.5"}, "scaled"),
        ({"scaled": True}, "scaled"),
        ({"min": 0, "raw": -1}, "raw"),
        ({"max": 0, "raw": 1}, "raw"),
        ({"min": 1, "max": 1}, "min"),
        ({"min": 0, "max": -1}, "min"),
        ({"Scaled": 0}, "Scaled"),
    ],
)
def test_score_out_of_bounds_is_refused(score, place):
    with pytest.raises(StatementInvalid) as caught:
        result.score(score)

    assert caught.value.place == place


@pytest.mark.parametrize(
    ("value", "place"),
    [
        ({"success": "true"}, "success"),
        ({"completion": 1}, "completion"),
        ({"duration": "PT"}, "duration"),
        ({"response": 1}, "response"),
        ({"extensions": {"no iri": 1}}, "extensions"),
        ({"extensions": None}, "extensions"),
    ],
)
def test_result_malformed_is_refused(value, place):
    with pytest.raises(StatementInvalid) as caught:
        result.result(value)

    assert caught.value.place == place


@pytest.mark.parametrize(("depth", "fits"), [(200, True), (201, False)])
def test_result_extensions_are_not_nested_without_end(depth, fits):
    held = 1
    for level in range(depth):
        held = {"a": held} if level % 2 else [held]

    if fits:
        result.result({"extensions": {"x:a": held}})
    else:
        with pytest.raises(StatementInvalid, match=r"extensions.x:a: nested deeper than 200 levels"):
            result.result({"extensions": {"x:a": held}})


def test_result_extensions_hold_any_value():
    result.result({"extensions": {"x:a": None, "x:b": [], "x:c": {}, "x:d": ""}})


@pytest.mark.parametrize(
    ("kind", "lists"),
    [
        ("choice", ["choices"]),
        ("sequencing", ["choices"]),
        ("likert", ["scale"]),
        ("matching", ["source", "target"]),
        ("performance", ["steps"]),
        ("numeric", []),
    ],
)
def test_definition_component_lists_go_with_their_type(kind, lists):
    component = [{"id": "a", "description": {"en": "A"}}, {"id": "b"}]
    interaction.definition({"interactionType": kind, **dict.fromkeys(lists, component)})
    stray = next(name for name in interaction.COMPONENT_LISTS if name not in lists)

    with pytest.raises(StatementInvalid, match="does not go with"):
        interaction.definition({"interactionType": kind, stray: component})


@pytest.mark.parametrize(
    ("value", "place"),
    [
        ({"interactionType": "essay"}, "interactionType"),
        ({"correctResponsesPattern": []}, "correctResponsesPattern"),
        ({"choices": []}, "choices"),
        ({"interactionType": "choice", "choices": [{"id": "a"}, {"id": "a"}]}, "choices"),
        ({"interactionType": "choice", "choices": [{"description": {}}]}, "choices[0]"),
        ({"interactionType": "choice", "correctResponsesPattern": [1]}, "correctResponsesPattern[0]"),
        ({"name": {"en": 1}}, "name.en"),
        ({"name": {"not a tag": "x"}}, "name"),
        ({"type": "lesson"}, "type"),
        ({"moreInfo": "here"}, "moreInfo"),
    ],
)
def test_definition_malformed_is_refused(value, place):
    with pytest.raises(StatementInvalid) as caught:
        interaction.definition(value)

    assert caught.value.place == place


@pytest.mark.parametrize(
    ("value", "place"),
    [
        ({"registration": "7"}, "registration"),
        ({"team": {"mbox": "mailto:a@b.org"}}, "team"),
        ({"language": "en_US"}, "language"),
        ({"statement": {"objectType": "StatementRef"}}, "statement"),
        ({"contextActivities": {"sibling": []}}, "contextActivities.sibling"),
        ({"contextActivities": {"parent": "x:y"}}, "contextActivities.parent"),
    ],
)
def test_context_malformed_is_refused(value, place):
    with pytest.raises(StatementInvalid) as caught:
        context.context(value)

    assert caught.value.place == place


ATTACHMENT = {
    "usageType": "x:usage",
    "display": {"en": "Text"},
    "contentType": "text/plain; charset=utf-8",
    "length": 0,
    "sha2": "a" * 64,
}


def test_attachment_complete_is_accepted():
    attachment.attachment(ATTACHMENT)
    attachment.attachment({**ATTACHMENT, "sha2": "b" * 128, "fileUrl": "http://a.org/f", "description": {}})


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"length": -1}, "length"),
        ({"length": "7"}, "length"),
        ({"length": 1.5}, "length"),
        ({"sha2": "a" * 40}, "sha2"),
        ({"contentType": "text"}, "contentType"),
        ({"usageType": "usage"}, "usageType"),
        ({"fileUrl": "file"}, "fileUrl"),
    ],
)
def test_attachment_malformed_is_refused(change, place):
    with pytest.raises(StatementInvalid) as caught:
        attachment.attachment({**ATTACHMENT, **change})

    assert caught.value.place == place


@pytest.mark.parametrize("name", ATTACHMENT)
def test_attachment_without_a_required_property_is_refused(name):
    with pytest.raises(StatementInvalid, match=name):
        attachment.attachment({key: value for key, value in ATTACHMENT.items() if key != name})
