"""The Agents and Activities Resources (xAPI 1.0.3 Communication 2.4 and 2.5)."""

from flask import Response

from academy.xapi import interning, relations
from academy.xapi.credentials import Bearer
from academy.xapi.json_text import Json
from academy.xapi.resources import parameters, reach, serving
from academy.xapi.resources.calls import Call

IDENTIFIERS = ("mbox", "mbox_sha1sum", "openid", "account")
READERS = ("all/read", "statements/read", "profile", "state")


def get_person(call: Call, who: Bearer) -> Response:
    """Return the Person: an agent with every name that statements gave to it."""
    serving.permit(who, *READERS)
    parameters.check(call.parameters, allowed=("agent",), required=("agent",))
    agent = parameters.agent(call.parameters, "agent")
    assert agent is not None
    reach.heed_agent(who, relations.identity(agent))
    names = interning.names_of(serving.connection(), str(relations.identity(agent)))
    person: Json = {"objectType": "Person"}
    given = agent.get("name")
    listed = list(dict.fromkeys([*names, *([given] if isinstance(given, str) and given else [])]))
    if listed:
        person["name"] = listed
    person |= {name: [agent[name]] for name in IDENTIFIERS if name in agent}
    return serving.json_answer(person)


def get_activity(call: Call, who: Bearer) -> Response:
    """Return an activity with its canonical definition; an unknown one has none."""
    serving.permit(who, *READERS)
    parameters.check(call.parameters, allowed=("activityId",), required=("activityId",))
    iri = parameters.iri(call.parameters, "activityId")
    assert iri is not None
    activity: Json = {"objectType": "Activity", "id": iri}
    definition = interning.definitions_of(serving.connection(), [iri]).get(iri)
    if definition is not None:
        activity["definition"] = definition
    return serving.json_answer(activity)
