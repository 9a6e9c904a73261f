"""The Agent Profile and Activity Profile Resources (xAPI 1.0.3 Communication 2.6 and 2.7)."""

from collections.abc import Callable

from flask import Response
from werkzeug.http import http_date

from academy.xapi import documents
from academy.xapi.credentials import Bearer
from academy.xapi.documents import ActivityShelf, AgentShelf, Shelf
from academy.xapi.preconditions import Demand
from academy.xapi.resources import documents as resource
from academy.xapi.resources import parameters, reach, serving
from academy.xapi.resources.calls import Call
from academy.xapi.resources.serving import Handler

Place = Callable[[Call, Bearer], Shelf]


def of_activities() -> dict[str, Handler]:
    """Return the functions of the Activity Profile Resource."""
    return _handlers(_activity_shelf, "activityId")


def of_agents() -> dict[str, Handler]:
    """Return the functions of the Agent Profile Resource."""
    return _handlers(_agent_shelf, "agent")


def _handlers(shelf: Place, owner: str) -> dict[str, Handler]:
    def name(call: Call) -> str:
        parameters.check(call.parameters, allowed=(owner, "profileId"), required=(owner, "profileId"))
        return call.parameters["profileId"]

    def put(call: Call, who: Bearer) -> Response:
        serving.permit(who, "profile")
        return resource.put(call, shelf(call, who), name(call), demand=Demand.ALWAYS)

    def post(call: Call, who: Bearer) -> Response:
        serving.permit(who, "profile")
        return resource.post(call, shelf(call, who), name(call))

    def delete(call: Call, who: Bearer) -> Response:
        serving.permit(who, "profile")
        return resource.delete(call, shelf(call, who), name(call))

    def get(call: Call, who: Bearer) -> Response:
        serving.permit(who, "profile", "all/read")
        if "profileId" in call.parameters:
            return resource.get(shelf(call, who), name(call))
        parameters.check(call.parameters, allowed=(owner, "since"), required=(owner,))
        return _names(shelf(call, who), call)

    return {"GET": get, "PUT": put, "POST": post, "DELETE": delete}


def _names(shelf: Shelf, call: Call) -> Response:
    since = parameters.moment(call.parameters, "since")
    names, newest = documents.names(serving.connection(), shelf, since=since)
    answer = serving.json_answer(names)
    if newest is not None:
        answer.headers["Last-Modified"] = http_date(newest)
    return answer


def _activity_shelf(call: Call, who: Bearer) -> ActivityShelf:
    parameters.check(call.parameters, allowed=call.parameters, required=("activityId",))
    activity = parameters.iri(call.parameters, "activityId")
    assert activity is not None
    reach.heed_sharing(who, call.method)
    return ActivityShelf(activity)


def _agent_shelf(call: Call, who: Bearer) -> AgentShelf:
    parameters.check(call.parameters, allowed=call.parameters, required=("agent",))
    agent = parameters.identity(call.parameters, "agent")
    assert agent is not None
    reach.heed_agent(who, agent)
    return AgentShelf(agent)
