"""The State Resource (xAPI 1.0.3 Communication 2.3)."""

from flask import Response
from werkzeug.http import http_date

from academy.xapi import documents
from academy.xapi.credentials import Bearer
from academy.xapi.documents import StateShelf
from academy.xapi.preconditions import Demand
from academy.xapi.resources import documents as resource
from academy.xapi.resources import parameters, reach, serving
from academy.xapi.resources.calls import Call

PLACE = ("activityId", "agent", "registration")
REQUIRED = ("activityId", "agent")


def put(call: Call, who: Bearer) -> Response:
    """Store a state document."""
    serving.permit(who, "state")
    demand = Demand.FOR_EXISTING if call.edition.guards_state else Demand.NEVER
    return resource.put(call, _shelf(call, who, named=True), call.parameters["stateId"], demand=demand)


def post(call: Call, who: Bearer) -> Response:
    """Merge into a state document."""
    serving.permit(who, "state")
    return resource.post(call, _shelf(call, who, named=True), call.parameters["stateId"])


def delete(call: Call, who: Bearer) -> Response:
    """Remove a state document, or all of this place."""
    serving.permit(who, "state")
    if "stateId" in call.parameters:
        return resource.delete(call, _shelf(call, who, named=True), call.parameters["stateId"])
    documents.clear(serving.connection(), _shelf(call, who, named=False))
    return serving.no_content()


def get(call: Call, who: Bearer) -> Response:
    """Return a state document, or the ids of all in this place."""
    serving.permit(who, "state", "all/read")
    if "stateId" in call.parameters:
        return resource.get(_shelf(call, who, named=True), call.parameters["stateId"])
    shelf = _shelf(call, who, named=False, extra=("since",))
    since = parameters.moment(call.parameters, "since")
    names, newest = documents.names(serving.connection(), shelf, since=since)
    answer = serving.json_answer(names)
    if newest is not None:
        answer.headers["Last-Modified"] = http_date(newest)
    return answer


def _shelf(call: Call, who: Bearer, *, named: bool, extra: tuple[str, ...] = ()) -> StateShelf:
    name = ("stateId",) if named else ()
    given = call.parameters
    parameters.check(given, allowed=(*PLACE, *name, *extra), required=(*REQUIRED, *name))
    activity, agent = parameters.iri(given, "activityId"), parameters.identity(given, "agent")
    assert activity is not None
    assert agent is not None
    registration = parameters.uuid(given, "registration")
    reach.heed_agent(who, agent)
    reach.heed_registration(who, registration)
    return StateShelf(activity, agent, registration)
