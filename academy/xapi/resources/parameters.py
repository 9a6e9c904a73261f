"""Parameters of requests, validated like the same values in statements (xAPI 1.0.3 Data 2.2)."""

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

from academy.xapi import formats, json_text, relations
from academy.xapi.errors import StatementInvalid, XapiInvalid
from academy.xapi.json_text import Json
from academy.xapi.validation import actor, shapes

CLAUSE = "xAPI 1.0.3 Communication 3.2"


def check(given: Mapping[str, str], *, allowed: Collection[str], required: Collection[str] = ()) -> None:
    """Refuse parameters that the resource does not know, and ask for the required ones."""
    for name, text in given.items():
        if name not in allowed:
            raise XapiInvalid(f"the parameter {name[:80]!r} is not known here", clause=CLAUSE)
        if "\x00" in text:
            raise XapiInvalid(f"the parameter {name} holds a NUL", clause=CLAUSE)
    for name in required:
        if name not in given:
            raise XapiInvalid(f"the parameter {name} is missing", clause=CLAUSE)


def iri(given: Mapping[str, str], name: str) -> str | None:
    """Return an IRI, None where the parameter is missing."""
    return _checked(given, name, shapes.iri)


def uuid(given: Mapping[str, str], name: str) -> UUID | None:
    """Return a UUID, None where the parameter is missing."""
    text = _checked(given, name, shapes.uuid)
    return None if text is None else UUID(text)


def moment(given: Mapping[str, str], name: str) -> datetime | None:
    """Return a moment, None where the parameter is missing; a `+` that became a space is taken for a plus."""
    text = given.get(name)
    if text is not None and text.count(" ") and "T" in text:
        text = text.replace(" ", "+")
    checked = None if text is None else _checked({name: text}, name, shapes.timestamp)
    return None if checked is None else formats.moment(checked)


def boolean(given: Mapping[str, str], name: str) -> bool:
    """Return true or false, false where the parameter is missing."""
    text = given.get(name, "false")
    if text not in {"true", "false"}:
        raise XapiInvalid(f"{name} is true or false, not {text[:80]!r}", clause=CLAUSE)
    return text == "true"


def count(given: Mapping[str, str], name: str) -> int:
    """Return a number from 0 on, 0 where the parameter is missing."""
    text = given.get(name, "0")
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise XapiInvalid(f"{name} is a number from 0 on, not {text[:80]!r}", clause=CLAUSE)
    return int(text)


def choice(given: Mapping[str, str], name: str, values: Collection[str], *, default: str) -> str:
    """Return one of a few words."""
    text = given.get(name, default)
    if text not in values:
        raise XapiInvalid(f"{name} is one of {', '.join(values)}, not {text[:80]!r}", clause=CLAUSE)
    return text


def agent(given: Mapping[str, str], name: str) -> Json | None:
    """Return an agent or identified group written as JSON, None where the parameter is missing."""
    text = given.get(name)
    if text is None:
        return None
    try:
        value = json_text.decode(text)
        actor.identified(value)
    except StatementInvalid as fault:
        raise fault.within(name) from None
    assert isinstance(value, dict)
    return value


def identity(given: Mapping[str, str], name: str) -> str | None:
    """Return the identity of such an agent, None where the parameter is missing."""
    found = agent(given, name)
    return None if found is None else relations.identity(found)


def _checked(given: Mapping[str, str], name: str, rule: shapes.Rule) -> str | None:
    text = given.get(name)
    if text is None:
        return None
    try:
        rule(text)
    except StatementInvalid as fault:
        raise fault.within(name) from None
    return text
