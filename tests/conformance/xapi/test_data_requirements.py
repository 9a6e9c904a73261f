"""Requirements on the data of statements (xAPI 1.0.3 Data), each through `POST /xapi/statements`."""

import pytest

from tests.factories import xapi

URL = "/xapi/statements"

GROUP = {"objectType": "Group", "member": [xapi.agent()]}
QUESTION = {"interactionType": "choice", "choices": [{"id": "a"}]}
SCORE = {"scaled": 0, "raw": 0, "min": 0, "max": 1}


def sub(**overrides):
    return {"objectType": "SubStatement", **xapi.statement(**overrides)}


def about(definition):
    return xapi.statement(object={**xapi.activity(), "definition": definition})


def result(**members):
    return xapi.statement(result=members)


def context(**members):
    return xapi.statement(context=members)


COMPONENTS = [{"id": "a", "description": {"en": "A"}}, {"id": "b"}]
PATTERNS = {
    "true-false": ({}, ["true"]),
    "choice": ({"choices": COMPONENTS}, ["a[,]b", "b"]),
    "fill-in": ({}, ["{case_matters=true}{lang=en}Kraków", "Bob's your uncle"]),
    "long-fill-in": ({}, ["{case_matters=false}" + "long " * 2000]),
    "likert": ({"scale": COMPONENTS}, ["b"]),
    "matching": ({"source": COMPONENTS, "target": COMPONENTS}, ["a[.]b[,]b[.]a"]),
    "performance": ({"steps": COMPONENTS}, ["a[.]1:[,]b[.]:360"]),
    "sequencing": ({"choices": COMPONENTS}, ["b[,]a"]),
    "numeric": ({}, ["4[:]", "[:]3.5", "-1[:]1"]),
    "other": ({}, ["(35.937432,-86.868896)", ""]),
}

ACCEPTED = {
    "Data 2.4.4.1 response patterns of every type of interaction": [
        about({"interactionType": kind, "correctResponsesPattern": pattern, **lists})
        for kind, (lists, pattern) in PATTERNS.items()
    ],
    "Data 2.4.7 timestamps in the future": [xapi.statement(timestamp="2999-01-01T00:00:00Z")],
    "XAPI-00014 every kind of object": [
        xapi.statement(object=xapi.activity()),
        xapi.statement(object={"id": "x:y"}),
        xapi.statement(object=xapi.agent("peer")),
        xapi.statement(object=GROUP),
        xapi.statement(object=xapi.reference(xapi.statement_id())),
        xapi.statement(object=sub()),
        xapi.statement(object=sub(object=GROUP)),
    ],
    "XAPI-00041 account wherever an actor may stand": [
        xapi.statement(actor={"account": {"homePage": "http://a.org", "name": "1"}}),
        context(team={"objectType": "Group", "account": {"homePage": "http://a.org", "name": "1"}}),
    ],
    "XAPI-00094 context activity alone or in a list": [
        context(contextActivities={"parent": xapi.activity()}),
        context(contextActivities={"parent": [xapi.activity()], "other": []}),
    ],
    "XAPI-00101 version beginning with 1.0": [xapi.statement(version="1.0"), xapi.statement(version="1.0.9")],
    "XAPI-00119 empty and null values of extensions": [
        result(extensions={"x:a": None, "x:b": "", "x:c": {}, "x:d": []})
    ],
    "XAPI-00122 timestamps finer than milliseconds": [
        xapi.statement(timestamp="2026-01-01T00:00:00.123456789Z")
    ],
    "XAPI-00124 durations of any precision": [result(duration="PT1.234567S"), result(duration="P4W")],
}

REFUSED = {
    "XAPI-00001 null outside extensions": [
        xapi.statement(actor={**xapi.agent(), "name": None}),
        {**xapi.statement(), "result": None},
        about({"name": None}),
    ],
    "XAPI-00006 text for a number or a boolean": [result(score={"raw": "1"}), result(success="true")],
    "XAPI-00008 keys in another case": [
        {**xapi.statement(), "Result": {}},
        xapi.statement(verb={"ID": "x:y"}),
    ],
    "XAPI-00009 enumerated values in another case": [
        xapi.statement(actor={**xapi.agent(), "objectType": "agent"}),
        about({**QUESTION, "interactionType": "Choice"}),
    ],
    "XAPI-00010 unknown keys": [{**xapi.statement(), "mood": "good"}, context(mood="good")],
    "XAPI-00011 IRIs without a scheme": [xapi.statement(verb={"id": "passed"}), about({"type": "lesson"})],
    "XAPI-00013 keys of language maps that are no tags": [about({"name": {"in English": "Lesson"}})],
    "XAPI-00014 agents as objects that do not say so": [
        xapi.statement(object={"mbox": "mailto:a@b.org"}),
        xapi.statement(object={"member": [xapi.agent()]}),
        xapi.statement(object={"id": str(xapi.statement_id())}),
    ],
    "XAPI-00027 ids that are no UUIDs": [xapi.statement(id="1"), context(registration="1")],
    "XAPI-00034 agents without exactly one identifier": [
        xapi.statement(actor={"objectType": "Agent", "name": "A"}),
        xapi.statement(actor={**xapi.agent(), "openid": "http://a.org"}),
        xapi.statement(authority={"objectType": "Agent"}),
        context(instructor={"name": "A"}),
        xapi.statement(object=sub(actor={"name": "A"})),
    ],
    "XAPI-00035 anonymous groups without members": [
        xapi.statement(actor={"objectType": "Group"}),
        xapi.statement(actor={"objectType": "Group", "member": []}),
        xapi.statement(actor={"objectType": "Group", "member": xapi.agent()}),
    ],
    "XAPI-00036 groups inside groups": [xapi.statement(actor={**GROUP, "member": [GROUP]})],
    "XAPI-00037 groups with two identifiers": [
        xapi.statement(actor={**GROUP, "mbox": "mailto:a@b.org", "openid": "http://a.org"})
    ],
    "XAPI-00038 mbox without mailto": [xapi.statement(actor={"mbox": "a@b.org"})],
    "XAPI-00039 mbox_sha1sum that is no hash": [xapi.statement(actor={"mbox_sha1sum": "abc"})],
    "XAPI-00040 openid that is no URI": [xapi.statement(actor={"openid": "a"})],
    "XAPI-00042 account without a home page that is an IRL": [
        xapi.statement(actor={"account": {"homePage": "home", "name": "1"}}),
        xapi.statement(actor={"account": {"name": "1"}}),
    ],
    "XAPI-00043 account without a name": [xapi.statement(actor={"account": {"homePage": "http://a.org"}})],
    "XAPI-00049 unknown types of interaction": [about({"interactionType": "essay"})],
    "XAPI-00064 parts of interactions without their type": [
        about({"choices": [{"id": "a"}]}),
        about({"correctResponsesPattern": ["a"]}),
    ],
    "XAPI-00066 sub-statements that are no statements": [
        xapi.statement(object={"objectType": "SubStatement", "actor": xapi.agent()}),
        xapi.statement(object=sub(object=sub())),
        xapi.statement(object=sub(id=str(xapi.statement_id()))),
    ],
    "XAPI-00079 to XAPI-00083 scores outside of their bounds": [
        result(score={**SCORE, "raw": -1}),
        result(score={**SCORE, "raw": 2}),
        result(score={"scaled": 1.5}),
        result(score={"min": 1, "max": 0}),
    ],
    "XAPI-00084 platform and revision without an activity": [
        xapi.statement(object=xapi.agent(), context={"platform": "x"}),
        xapi.statement(object=xapi.agent(), context={"revision": "x"}),
    ],
    "XAPI-00093 unknown kinds of context activities": [context(contextActivities={"sibling": []})],
    "XAPI-00098 groups as authority that are no pair": [xapi.statement(authority=GROUP)],
    "XAPI-00101 versions of another line": [xapi.statement(version="0.9.9"), xapi.statement(version="1.1.0")],
    "XAPI-00106 attachments without language maps": [
        xapi.statement(attachments=[{"usageType": "x:y", "display": "File"}])
    ],
    "XAPI-00118 keys of extensions that are no IRIs": [result(extensions={"mood": 1})],
    "XAPI-00123 timestamps with an unknown zone": [
        xapi.statement(timestamp=f"2026-01-01T00:00:00{zone}") for zone in ("-00", "-0000", "-00:00")
    ],
    "XAPI-00124 durations without designators": [result(duration="1H"), result(duration="P4W1D")],
}


def cases(table):
    return [
        pytest.param(statement, id=f"{name} {number}")
        for name, statements in table.items()
        for number, statement in enumerate(statements, 1)
    ]


@pytest.fixture
def headers(app):
    return xapi.headers()


@pytest.mark.parametrize("statement", cases(ACCEPTED))
def test_what_the_standard_allows_is_stored(client, headers, statement):
    assert client.post(URL, json=statement, headers=headers).status_code == 200


@pytest.mark.parametrize("statement", cases(REFUSED))
def test_what_the_standard_forbids_is_refused_with_its_clause(client, headers, statement):
    answer = client.post(URL, json=[xapi.statement(), statement], headers=headers)

    assert answer.status_code == 400
    assert answer.json["clause"].startswith("xAPI 1.0.3 Data")
    assert client.get(URL, headers=headers).json == {"statements": [], "more": ""}
