from academy.xapi import relations
from academy.xapi.relations import ActivityUsage, AgentUsage
from tests.factories import xapi


def test_identity_domain_of_mail_has_no_case():
    assert relations.identity({"mbox": "mailto:A@Example.ORG"}) == '{"mbox":"mailto:A@example.org"}'
    assert relations.identity({"mbox": "mailto:a@example.org"}) != relations.identity(
        {"mbox": "mailto:A@example.org"}
    )


def test_identity_of_each_identifier_differs():
    account = {"homePage": "https://example.org", "name": "7"}
    found = [
        relations.identity({"openid": "https://example.org"}),
        relations.identity({"mbox_sha1sum": "AB" * 20}),
        relations.identity({"name": "A", "account": account}),
        relations.identity({"objectType": "Group", "member": []}),
    ]

    assert found == [
        '{"openid":"https://example.org"}',
        '{"mbox_sha1sum":"' + "ab" * 20 + '"}',
        '{"account":{"homePage":"https://example.org","name":"7"}}',
        None,
    ]


def test_agents_of_goes_through_every_part():
    inner = {
        "objectType": "SubStatement",
        **xapi.statement(
            actor=xapi.agent("sub"),
            object=xapi.agent("sub-object"),
            context={"team": {"objectType": "Group", "mbox": "mailto:sub-team@example.org"}},
        ),
    }
    context = {
        "instructor": xapi.agent("coach"),
        "contextAgents": [{"objectType": "contextAgent", "agent": xapi.agent("peer")}],
        "contextGroups": [
            {
                "objectType": "contextGroup",
                "group": {"objectType": "Group", "member": [xapi.agent("member")]},
            }
        ],
    }
    statement = xapi.statement(object=inner, context=context, authority=xapi.agent("lrs"))

    found = {agent["mbox"].partition("@")[0][7:]: usage for agent, usage in relations.agents_of(statement)}

    assert found == {
        "learner": AgentUsage.ACTOR,
        "lrs": AgentUsage.AUTHORITY,
        "coach": AgentUsage.INSTRUCTOR,
        "peer": AgentUsage.CONTEXT,
        "member": AgentUsage.CONTEXT,
        "sub": AgentUsage.SUB_ACTOR,
        "sub-object": AgentUsage.SUB_OBJECT,
        "sub-team": AgentUsage.SUB_CONTEXT,
    }


def test_activities_of_goes_through_every_part():
    context = {"contextActivities": {"category": [xapi.activity("profile")]}}
    inner = {"objectType": "SubStatement", **xapi.statement(context=context)}
    lists = {name: [xapi.activity(name)] for name in ("parent", "grouping", "category", "other")}
    statement = xapi.statement(object=inner, context={"contextActivities": lists})

    found = {
        activity["id"].rpartition("/")[2]: usage for activity, usage in relations.activities_of(statement)
    }

    assert found == {
        "lesson": ActivityUsage.SUB_OBJECT,
        "profile": ActivityUsage.SUB_CONTEXT,
        "parent": ActivityUsage.PARENT,
        "grouping": ActivityUsage.GROUPING,
        "category": ActivityUsage.CATEGORY,
        "other": ActivityUsage.OTHER,
    }
