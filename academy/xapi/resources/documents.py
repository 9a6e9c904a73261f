"""What the State and Profile Resources have in common (xAPI 1.0.3 Communication 2.2 and 3.1)."""

from flask import Response
from werkzeug.http import http_date

from academy.errors import NotFound
from academy.xapi import documents, json_text
from academy.xapi.documents import Content, Shelf
from academy.xapi.errors import StatementInvalid, XapiInvalid
from academy.xapi.preconditions import Demand, Preconditions
from academy.xapi.resources import serving
from academy.xapi.resources.calls import Call


def put(call: Call, shelf: Shelf, name: str, *, demand: Demand) -> Response:
    """Store the body as a document."""
    content = _content(call)
    if content.is_json:
        _check_json(content)
    documents.put(serving.connection(), shelf, name, content, given=_preconditions(call), demand=demand)
    return serving.no_content()


def post(call: Call, shelf: Shelf, name: str) -> Response:
    """Merge the body into a document."""
    content = _content(call)  # before the transaction begins: a client may be slow
    documents.merge(serving.connection(), shelf, name, content, given=_preconditions(call))
    return serving.no_content()


def delete(call: Call, shelf: Shelf, name: str) -> Response:
    """Remove a document."""
    documents.delete(serving.connection(), shelf, name, given=_preconditions(call))
    return serving.no_content()


def get(shelf: Shelf, name: str) -> Response:
    """Return a document with its ETag."""
    found = documents.read(serving.connection(), shelf, name)
    if found is None:
        raise NotFound(f"there is no document {name!r} here")
    answer = Response(found.content.data, content_type=found.content.media_type)
    answer.headers["ETag"] = f'"{found.etag}"'
    answer.headers["Last-Modified"] = http_date(found.updated)
    return answer


def _content(call: Call) -> Content:
    return Content(call.content(), call.content_type)


def _preconditions(call: Call) -> Preconditions:
    return Preconditions(call.header("If-Match"), call.header("If-None-Match"))


def _check_json(content: Content) -> None:
    try:
        json_text.decode(content.data)
    except StatementInvalid as fault:
        reason = f"the content type says JSON: {fault}"
        raise XapiInvalid(reason, clause="xAPI 1.0.3 Communication 3.2") from fault
