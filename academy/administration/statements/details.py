"""What the page of one statement says beside its sentence: fields, attachments, where to look further."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from academy.administration.statements import asked, whom
from academy.administration.statements.reading import Whole
from academy.administration.statements.sentences import actor_name, cut, verb_name
from academy.locale import filesize, language
from academy.xapi import presentation
from academy.xapi.json_text import Json

LONGEST = 300


@dataclass(frozen=True, slots=True)
class Attached:
    """An attachment as a statement describes it."""

    name: str
    facts: list[tuple[str, str]]


def fields(whole: Whole) -> list[tuple[str, str]]:
    """Return the fields that name things, with all of their identifiers."""
    return [(label, cut(text, LONGEST)) for label, text in _fields(whole) if text]


def further(statement: Json) -> list[tuple[str, dict[str, str]]]:
    """Return links to statements that share something with this one: words, and the filters of an address."""
    actor: Any = statement["actor"]
    target: Any = statement["object"]
    verb: Any = statement["verb"]
    found = [
        (_("Same registration"), {"registration": _registration(statement)}),
        (_("Same actor"), {"agent": whom.typed(actor)}),
        (_("Same verb"), {"verb": str(verb["id"])}),
    ]
    if target.get("objectType", "Activity") == "Activity":
        found.insert(2, (_("Same activity"), {"activity": str(target["id"])}))
    return [
        (words, texts)
        for words, texts in found
        if all(0 < len(one) <= asked.LONGEST for one in texts.values())
    ]


def attachments(statement: Json) -> list[Attached]:
    """Return the attachments of a statement, or of the one within it."""
    target: Any = statement["object"]
    inner: Any = target.get("attachments") if target.get("objectType") == "SubStatement" else None
    listed: Any = [*(statement.get("attachments") or ()), *(inner or ())]  # type: ignore[misc]
    return [_attached(one) for one in listed]


def _attached(attachment: Json) -> Attached:
    display: Any = presentation.one_language(attachment["display"], [language(), "en"])  # type: ignore[arg-type]
    size: Any = attachment["length"]
    said = [
        (_("Type"), str(attachment["contentType"])),
        (_("Size"), filesize(size) if 0 <= size < 10**15 else cut(str(size), 20)),
        (_("Purpose"), str(attachment["usageType"])),
        ("SHA-2", str(attachment["sha2"])),
        (_("Address"), str(attachment.get("fileUrl", ""))),
    ]
    name = cut(str(next(iter(display.values()), "")))
    return Attached(
        name or _("without a name"), [(label, cut(text, LONGEST)) for label, text in said if text]
    )


def _fields(whole: Whole) -> Iterator[tuple[str, str]]:
    statement: Any = whole.statement
    context = statement.get("context") or {}
    target = statement["object"]
    yield _("Statement"), str(statement["id"])
    yield _("Actor"), _who(statement["actor"], whole)
    yield _("Verb"), f"{verb_name(statement['verb'])}, {statement['verb']['id']}"
    kind = target.get("objectType", "Activity")
    if kind == "Activity":
        yield _("Activity"), str(target["id"])
        definition = target.get("definition") or {}
        yield _("Type of activity"), str(definition.get("type", ""))
    elif kind in {"Agent", "Group"}:
        yield _("Object"), _who(target, whole)
    elif kind == "StatementRef":
        yield _("Refers to the statement"), str(target["id"])
    yield _("Registration"), _registration(statement)
    for name, label in (("instructor", _("Instructor")), ("team", _("Team"))):
        if name in context:
            yield label, _who(context[name], whole)
    yield _("Platform"), str(context.get("platform", ""))
    yield _("Authority"), _who(statement["authority"], whole)
    yield _("Version"), f"xAPI {statement['version']}"


def _who(agent: Json, whole: Whole) -> str:
    name, typed = actor_name(agent, whole.known), whom.typed(agent)
    return typed if not typed or typed.endswith(name) else f"{name}, {typed}"


def _registration(statement: Json) -> str:
    context: Any = statement.get("context") or {}
    return str(context.get("registration", ""))
