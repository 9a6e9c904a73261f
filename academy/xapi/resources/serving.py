"""How a request is served: version, credentials, the function for its method, and errors."""

from collections.abc import Callable, Mapping
from http import HTTPStatus

import sqlalchemy as sa
from flask import Response, g, request

from academy.db import present_connection
from academy.errors import RETRY_AFTER, DomainError, NotFound, TooLarge, Unavailable
from academy.xapi import errors, json_text
from academy.xapi.credentials import Bearer
from academy.xapi.errors import NotPermitted
from academy.xapi.resources import bodies, calls
from academy.xapi.resources.authentication import authenticated
from academy.xapi.resources.calls import Call

Handler = Callable[[Call, Bearer], Response]

STATUS: dict[type[DomainError], HTTPStatus] = {
    errors.XapiInvalid: HTTPStatus.BAD_REQUEST,
    errors.StatementConflict: HTTPStatus.CONFLICT,
    errors.DocumentConflict: HTTPStatus.CONFLICT,
    errors.PreconditionFailed: HTTPStatus.PRECONDITION_FAILED,
    errors.NotAuthenticated: HTTPStatus.UNAUTHORIZED,
    errors.NotPermitted: HTTPStatus.FORBIDDEN,
    errors.TooManyRequests: HTTPStatus.TOO_MANY_REQUESTS,
    errors.EncodingUnknown: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    NotFound: HTTPStatus.NOT_FOUND,
    TooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    Unavailable: HTTPStatus.SERVICE_UNAVAILABLE,
}


class MethodUnknown(DomainError):
    """The resource has no such method."""


STATUS[MethodUnknown] = HTTPStatus.METHOD_NOT_ALLOWED


def serve(handlers: Mapping[str, Handler]) -> Response:
    """Serve the present request by one of the functions, or answer why not."""
    body = bodies.received(request)
    try:
        call = calls.received(request, body)
        g.xapi_edition = call.edition
        who = authenticated(call)
        handler = handlers.get(call.method)
        if handler is None:
            raise MethodUnknown(f"{call.method[:20]} does not work here, only {', '.join(handlers)}")
        return handler(call, who)
    except DomainError as error:
        body.drain()
        return answer_of(error)


def answer_of(error: DomainError) -> Response:
    """Return an error as problem JSON (RFC 9457) with the place and the clause violated."""
    status = next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), HTTPStatus.BAD_REQUEST)
    problem = {
        "type": "about:blank",
        "title": status.phrase,
        "status": int(status),
        "detail": str(error),
        **error.facts,
    }
    if isinstance(error, errors.StatementInvalid) and error.path:
        problem["place"] = error.place
    answer = Response(json_text.encode(problem), status, mimetype="application/problem+json")
    if status is HTTPStatus.UNAUTHORIZED:
        answer.headers["WWW-Authenticate"] = 'Basic realm="xAPI", charset="UTF-8"'
    if status is HTTPStatus.UNSUPPORTED_MEDIA_TYPE:
        answer.headers["Accept-Encoding"] = "gzip"
    if isinstance(error, errors.TooManyRequests):
        answer.headers["Retry-After"] = str(error.seconds)
    if status in RETRY_AFTER:
        answer.headers["Retry-After"] = RETRY_AFTER[status]
    return answer


def connection() -> sa.Connection:
    """Return the connection of the present request, whose transaction commits with a good answer."""
    return present_connection()


def permit(who: Bearer, *scopes: str) -> None:
    """Raise NotPermitted unless the bearer holds one of the scopes."""
    if not who.may(*scopes):
        raise NotPermitted(f"these credentials lack the scope {' or '.join(scopes)}")


def json_answer(value: object, status: int = 200) -> Response:
    """Answer with a JSON value."""
    return Response(json_text.encode(value), status, mimetype="application/json")


def no_content() -> Response:
    """Answer that it is done."""
    answer = Response(status=HTTPStatus.NO_CONTENT)
    answer.headers.pop("Content-Type")
    return answer
