"""What holds for every valid statement, tried with generated ones."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from academy.db import db
from academy.xapi import (
    equivalence,
    formats,
    json_text,
    preparation,
    presentation,
    queries,
    store,
    validation,
)
from academy.xapi.editions import Edition
from academy.xapi.errors import StatementInvalid
from academy.xapi.validation import interaction
from academy.xapi.vocabulary import INTERACTION_TYPES
from tests.factories import xapi

letters = st.characters(exclude_categories=("Cs",))
texts = st.text(letters, max_size=20)
iris = st.builds("https://example.org/{}".format, st.from_regex(r"[a-zа-я0-9/_-]{1,20}", fullmatch=True))
tags = st.sampled_from(["en", "ru", "en-GB", "sr-Latn-RS", "zh-min-nan"])
language_maps = st.dictionaries(tags, texts, max_size=3)
uuids = st.uuids().map(str)
numbers = st.integers() | st.floats(allow_nan=False, allow_infinity=False)
values = st.recursive(
    st.none() | st.booleans() | numbers | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)
extensions = st.dictionaries(iris, values, max_size=3)
timestamps = st.builds(
    lambda moment, zone: moment.isoformat() + zone, st.datetimes(), st.sampled_from(["Z", "+05:30", "-03:00"])
)
timestamps = timestamps.filter(formats.is_timestamp)


def some(**optional):
    return st.fixed_dictionaries({}, optional=optional)


accounts = st.fixed_dictionaries({"homePage": iris, "name": st.text(letters, min_size=1, max_size=9)})
accounts = accounts.filter(lambda account: "\x00" not in account["name"])
identifiers = st.one_of(
    st.from_regex(r"mailto:[a-zA-Z]{1,8}@[a-zA-Z]{1,8}\.org", fullmatch=True).map(
        lambda text: {"mbox": text}
    ),
    st.from_regex(r"[0-9a-fA-F]{40}", fullmatch=True).map(lambda text: {"mbox_sha1sum": text}),
    iris.map(lambda iri: {"openid": iri}),
    accounts.map(lambda account: {"account": account}),
)
agents = st.builds(lambda one, more: {**one, **more}, identifiers, some(name=texts))
named_agents = agents.map(lambda agent: {**agent, "objectType": "Agent"})
groups = st.builds(
    lambda one, members: {**one, "objectType": "Group", "member": members},
    st.just({}) | identifiers,
    st.lists(agents, min_size=1, max_size=3),
)
components = st.lists(
    st.builds(lambda name, more: {"id": name, **more}, texts, some(description=language_maps)),
    max_size=3,
    unique_by=lambda component: component["id"],
)
interactions = st.sampled_from(sorted(INTERACTION_TYPES)).flatmap(
    lambda kind: st.fixed_dictionaries(
        {"interactionType": st.just(kind), "correctResponsesPattern": st.lists(texts, max_size=3)},
        optional=dict.fromkeys(interaction.COMPONENTS.get(kind, ()), components),
    )
)
definitions = st.builds(
    lambda words, more: {**words, **more},
    some(name=language_maps, description=language_maps, type=iris, moreInfo=iris, extensions=extensions),
    st.just({}) | interactions,
)
activities = st.builds(lambda iri, more: {"id": iri, **more}, iris, some(definition=definitions))
references = uuids.map(lambda text: {"objectType": "StatementRef", "id": text})
contexts = some(
    registration=uuids,
    instructor=agents | groups,
    team=groups,
    contextActivities=some(parent=activities, grouping=st.lists(activities, max_size=2)),
    language=tags,
    statement=references,
    extensions=extensions,
)
types = some(relevantTypes=st.lists(iris, min_size=1, max_size=2))
context_agents = st.builds(
    lambda agent, more: {"objectType": "contextAgent", "agent": agent, **more}, agents, types
)
context_groups = st.builds(
    lambda group, more: {"objectType": "contextGroup", "group": group, **more}, groups, types
)
contexts_of_2_0 = st.builds(
    lambda common, more: {**common, **more},
    contexts,
    some(
        contextAgents=st.lists(context_agents, max_size=2), contextGroups=st.lists(context_groups, max_size=2)
    ),
)
attachments = st.lists(
    st.fixed_dictionaries(
        {
            "usageType": iris,
            "display": language_maps,
            "contentType": st.sampled_from(["image/png", "text/plain; charset=utf-8"]),
            "length": st.integers(0, 2**60),
            "sha2": st.from_regex(r"[0-9a-f]{64}", fullmatch=True),
            "fileUrl": iris,
        },
        optional={"description": language_maps},
    ),
    max_size=2,
)
results = some(
    score=some(scaled=st.floats(-1, 1), raw=numbers),
    success=st.booleans(),
    completion=st.booleans(),
    response=texts,
    duration=st.sampled_from(["PT1H2M3.4567S", "P4W", "P1Y2M", "PT0S"]),
    extensions=extensions,
)


def claims(targets, contexts=contexts, **more):
    required = {
        "actor": agents | groups,
        "verb": st.builds(lambda iri, words: {"id": iri, **words}, iris, some(display=language_maps)),
        "object": targets,
    }
    optional = {
        "context": contexts,
        "result": results,
        "timestamp": timestamps,
        "attachments": attachments,
        **more,
    }
    return st.fixed_dictionaries(required, optional=optional)


plain_targets = activities | named_agents | groups | references
sub_statements = claims(plain_targets).map(lambda claim: {**claim, "objectType": "SubStatement"})
statements = claims(plain_targets | sub_statements, id=uuids, version=st.sampled_from(["1.0", "1.0.3"]))
sub_statements_of_2_0 = claims(plain_targets, contexts_of_2_0).map(
    lambda claim: {**claim, "objectType": "SubStatement"}
)
statements_of_2_0 = claims(
    plain_targets | sub_statements_of_2_0,
    contexts_of_2_0,
    id=uuids,
    version=st.sampled_from(["1.0.3", "2.0.0"]),
)

tries = settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)


def prepared(statement, edition=Edition.FIRST):
    return preparation.prepare(statement, authority=xapi.AUTHORITY, edition=edition, new_id=xapi.statement_id)


@tries
@given(statements)
def test_a_valid_statement_is_valid_and_stays_so(statement):
    draft = prepared(validation.validate(statement))

    assert validation.validate(json_text.decode(draft.payload)) == json_text.decode(draft.payload)


@tries
@given(statements)
def test_what_is_stored_makes_the_same_claim(statement):
    stored = json_text.decode(prepared(statement).payload)

    assert equivalence.same(statement, statement)
    assert equivalence.same(stored, statement)
    assert equivalence.same(stored, json_text.decode(json.dumps(statement)))


@tries
@given(statements)
def test_ids_identify_the_same_and_are_valid(statement):
    stored = json_text.decode(prepared(statement).payload)
    reduced = validation.validate(presentation.reduced(stored))

    assert presentation.reduced(reduced) == reduced
    assert prepared(reduced).agents.keys() == prepared(statement).agents.keys() or "Group" in str(statement)
    assert prepared(reduced).activities == prepared(statement).activities


@tries
@given(statements, st.data())
def test_a_statement_with_an_unknown_property_anywhere_is_refused(statement, data):
    part = data.draw(st.sampled_from([name for name in statement if isinstance(statement[name], dict)]))

    with pytest.raises(StatementInvalid):
        validation.validate({**statement, part: {**statement[part], "unknown": 1}})
    with pytest.raises(StatementInvalid):
        validation.validate({**statement, part: None})


number_texts = st.from_regex(r"-?(0|[1-9][0-9]{0,40})(\.[0-9]{1,30})?([eE][+-]?[0-9]{1,2})?", fullmatch=True)


@tries
@given(st.lists(number_texts, min_size=1, max_size=20))
def test_every_number_is_kept_letter_by_letter(written):
    text = b'{"extensions":{"x:y":[%b]}}' % ",".join(written).encode()
    result = json_text.decode(text)

    assert text in prepared(validation.validate(xapi.statement(result=result))).payload


def batches(one):
    return st.lists(one, min_size=1, max_size=4, unique_by=lambda claim: claim.get("id", id(claim)))


both_editions = st.one_of(
    st.tuples(st.just(Edition.FIRST), batches(statements)),
    st.tuples(st.just(Edition.SECOND), batches(statements_of_2_0)),
)


@settings(
    max_examples=10,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(both_editions)
def test_a_batch_comes_back_as_it_was_sent(connection, sent):
    edition, batch = sent
    savepoint = db.session.begin_nested()
    ids = store.insert(connection, batch, authority=xapi.AUTHORITY, edition=edition)

    for identifier, statement in zip(ids, batch, strict=True):
        row = queries.one(connection, identifier) or queries.one(connection, identifier, voided=True)
        named = {**statement, "id": statement.get("id", str(identifier))}
        assigned = {"stored": row.statement["stored"], "timestamp": row.statement["timestamp"]}
        assert row.statement == {**assigned, **prepared(named, edition).statement}
        assert json_text.encode(row.statement) == row.text
    savepoint.rollback()
