"""A request as the resources see it, however it was written (xAPI 1.0.3 Communication 1.2 and 1.3)."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl

from flask import Request
from werkzeug.datastructures import MultiDict

from academy.xapi import editions
from academy.xapi.editions import Edition
from academy.xapi.errors import XapiInvalid
from academy.xapi.resources.bodies import Body

ALTERNATE_SYNTAX = "xAPI 1.0.3 Communication 1.3"
LARGEST_BODY = 64 * 1024 * 1024

#: Form fields that stand for headers in the alternate request syntax.
HEADERS = (
    "Authorization",
    "X-Experience-API-Version",
    "Content-Type",
    "Content-Length",
    "If-Match",
    "If-None-Match",
)


@dataclass(frozen=True, slots=True)
class Call:
    """Method, parameters, headers (names in lower case) and body, after the alternate syntax is resolved."""

    method: str
    parameters: Mapping[str, str]
    headers: Mapping[str, str]
    body: Body
    edition: Edition

    def header(self, name: str) -> str | None:
        """Return a header, None where it is missing."""
        return self.headers.get(name.lower())

    @property
    def content_type(self) -> str:
        """Return the Content-Type; without one, bytes are bytes."""
        return self.header("Content-Type") or "application/octet-stream"

    def content(self) -> bytes:
        """Read the whole body; raises TooLarge, and XapiInvalid where it is broken."""
        return self.body.whole(most=LARGEST_BODY)


def received(request: Request, body: Body) -> Call:
    """Read a request up to its body; raises XapiInvalid where version or syntax are wrong, TooLarge."""
    headers = {name.lower(): value for name, value in request.headers.items()}
    method = "GET" if request.method == "HEAD" else request.method
    if request.method == "POST" and "method" in request.args:
        return _alternate(request, headers, body)
    return Call(
        method=method,
        parameters=_single(request.args),
        headers=headers,
        body=body,
        edition=editions.negotiated(headers.get("x-experience-api-version")),
    )


def _alternate(request: Request, headers: dict[str, str], body: Body) -> Call:
    form = _single(_form(body.whole(most=LARGEST_BODY)))
    fields = {name.lower() for name in HEADERS}
    moved = {name.lower(): value for name, value in form.items() if name.lower() in fields}
    headers = {**headers, "content-type": "application/json", **moved}
    edition = editions.negotiated(headers.get("x-experience-api-version"))
    if not edition.has_alternate_syntax:
        raise XapiInvalid("xAPI 2.0 has no alternate request syntax", clause="xAPI 2.0 4.1.1")
    if set(request.args) != {"method"}:
        raise XapiInvalid("method is the only parameter of the query string", clause=ALTERNATE_SYNTAX)
    return Call(
        method=request.args["method"].upper(),
        parameters={
            name: value for name, value in form.items() if name != "content" and name.lower() not in fields
        },
        headers=headers,
        body=Body([form.get("content", "").encode()]),
        edition=edition,
    )


def _form(body: bytes) -> MultiDict[str, str]:
    try:
        pairs = parse_qsl(body.decode("utf-8"), keep_blank_values=True, errors="strict")
    except ValueError as error:
        raise XapiInvalid("the form is not UTF-8", clause="xAPI 1.0.3 Communication 1.4") from error
    return MultiDict(pairs)


def _single(values: MultiDict[str, str]) -> dict[str, str]:
    twice = next((name for name, found in values.lists() if len(found) > 1), None)
    if twice is not None:
        raise XapiInvalid(f"the parameter {twice} stands twice", clause="xAPI 1.0.3 Communication 3.2")
    return values.to_dict()
