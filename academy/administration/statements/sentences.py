"""A statement as a person would tell it, in the reader's language; pure.

What statements name comes from strangers: it is cut, cleaned of line breaks and of characters that turn the
way of writing, and kept apart from the text around it (`bdi`), so that letters which run from right to left
turn nothing else around.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import Markup, escape

from academy.administration.statements.words import ANY_VERB, SENTENCES
from academy.locale import duration, language, number, percent
from academy.progress.projection import milliseconds
from academy.xapi import vocabulary
from academy.xapi.formats import is_uuid
from academy.xapi.json_text import Json

LONGEST = 80
LONGEST_TAG = 35
MOST_MEMBERS = 3
MOST_FIGURES = 12
DEEPEST = 2  # statements within statements that are told in full

_SPACE = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_TURNS = re.compile("[\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True, slots=True)
class Known:
    """What is known beside a statement, whose texts are in one language each (`presentation.canonical`).

    `people` are names by pseudonym, `referred` the statements that others refer to, by id.
    """

    home_page: str = ""
    people: Mapping[UUID, str] = field(default_factory=dict)
    referred: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Told:
    """A statement in words: who did what, and what came of it."""

    sentence: Markup
    outcome: list[str]


def told(statement: Json, known: Known) -> Told:
    """Tell a statement."""
    return Told(_sentence(statement, known, depth=0), list(_outcome(statement)))


def verb_name(verb: Json) -> str:
    """Return the word for a verb: of those known here, as it is displayed, or the last part of its IRI."""
    if (known := vocabulary.VERBS.get(str(verb["id"]))) is not None:
        return known.get(language(), known["en"])
    shown = _text_of(verb.get("display"))[1]
    return shown or last_part(str(verb["id"]))


def actor_name(actor: Json, known: Known) -> str:
    """Return what to call an agent or a group."""
    person = person_of(actor, known.home_page)
    if person is not None and person in known.people:
        return cut(known.people[person])
    named = cut(str(actor.get("name", "")))
    if named or actor.get("objectType") != "Group" or not actor.get("member"):
        return named or identifier(actor)
    return _group_name(actor["member"], known)


def activity_name(activity: Json) -> str:
    """Return what to call an activity: its name, else the last part of its IRI."""
    return _activity(activity)[1]


def identifier(actor: Json) -> str:
    """Return by what an agent is known, in short."""
    account = actor.get("account")
    if isinstance(account, dict):
        name = str(account["name"])
        return f"{name[:8]}…" if is_uuid(name) else cut(name)
    for key in ("mbox", "openid", "mbox_sha1sum"):
        if key in actor:
            return cut(str(actor[key]).removeprefix("mailto:"))
    return _("somebody without a name")


def person_of(actor: Json, home_page: str) -> UUID | None:
    """Return the pseudonym that an actor of this installation has."""
    account = actor.get("account")
    if not isinstance(account, dict) or account.get("homePage") != home_page:
        return None
    name = str(account.get("name"))
    return UUID(name) if is_uuid(name) else None


def actors_of(statement: Json) -> Iterator[Json]:
    """Go through the agents and groups that the sentence of a statement may name."""
    parts = [statement.get("actor"), statement.get("object")]
    for part in parts:
        if not isinstance(part, dict):
            continue
        if part.get("objectType") == "SubStatement":
            yield from actors_of(part)
            continue
        members = part.get("member")
        yield from (part, *(members[:MOST_MEMBERS] if isinstance(members, list) else ()))


def reference_of(statement: Json) -> str | None:
    """Return the id of the statement that is the object of this one."""
    target: Any = statement["object"]
    return str(target["id"]).lower() if target.get("objectType") == "StatementRef" else None


def cut(text: str, most: int = LONGEST) -> str:
    """Return the beginning of a text on one line."""
    line = _SPACE.sub(" ", _TURNS.sub("", text[: most * 4])).strip()
    return line if len(line) <= most and len(text) <= most * 4 else f"{line[: most - 1].rstrip()}…"


def last_part(iri: str) -> str:
    """Return the last part of an IRI that says something."""
    parts = [part for part in re.split(r"[/#]", iri[:2000]) if part]
    return cut(unquote(parts[-1], errors="replace") if parts else iri)


def _sentence(statement: Json, known: Known, *, depth: int) -> Markup:
    verb: Any = statement["verb"]
    actor: Any = statement["actor"]
    pattern = SENTENCES.get(str(verb["id"]), ANY_VERB)
    return Markup(escape(str(pattern))) % {  # noqa: S704 -- escaped, and so are the values
        "actor": _apart(actor_name(actor, known), "told__actor"),
        "verb": _apart(verb_name(verb), "told__verb", _text_of(verb.get("display"))[0]),
        "object": _object(statement["object"], known, depth=depth),
    }


def _object(target: Any, known: Known, *, depth: int) -> Markup:
    kind = target.get("objectType", "Activity")
    if kind in {"Agent", "Group"}:
        return _apart(actor_name(target, known), "told__object")
    if kind == "SubStatement":
        return _quoted_sentence(target, known, depth=depth)
    if kind == "StatementRef":
        referred = known.referred.get(str(target["id"]).lower())
        if referred is not None:
            return _quoted_sentence(referred, known, depth=depth)
        return _apart(_("the statement %(id)s", id=f"…{str(target['id'])[-8:]}"), "told__object")
    tag, name = _activity(target)
    quoted = _("“%(name)s”", name=name) if not depth else _("‘%(name)s’", name=name)
    return _apart(quoted, "told__object", tag)


def _quoted_sentence(statement: Json, known: Known, *, depth: int) -> Markup:
    if depth >= DEEPEST:
        return _apart(_("another statement"), "told__object")
    inner = _sentence(statement, known, depth=depth + 1)
    return Markup(escape(_("“%(name)s”"))) % {"name": inner}  # noqa: S704 -- escaped


def _apart(text: str, kind: str, tag: str = "") -> Markup:
    """Return a text that cannot turn what stands around it, with its language where it is another one."""
    if 0 < len(tag) <= LONGEST_TAG and tag.partition("-")[0].lower() not in {language(), "und"}:
        return Markup('<bdi class="{}" lang="{}">{}</bdi>').format(kind, tag, text)
    return Markup('<bdi class="{}">{}</bdi>').format(kind, text)


def _activity(activity: Json) -> tuple[str, str]:
    definition = activity.get("definition")
    tag, name = _text_of(definition.get("name") if isinstance(definition, dict) else None)
    return (tag, name) if name else ("", last_part(str(activity["id"])))


def _text_of(texts: object) -> tuple[str, str]:
    """Return the only entry of a language map as tag and text."""
    tag, text = next(iter(texts.items()), ("", "")) if isinstance(texts, dict) else ("", "")
    return str(tag), cut(str(text))


def _group_name(members: Any, known: Known) -> str:
    names = ", ".join(actor_name(member, known) for member in members[:MOST_MEMBERS])
    others = len(members) - MOST_MEMBERS
    if others <= 0:
        return _("Group (%(names)s)", names=names)
    return ngettext(
        "Group (%(names)s and %(num)d more)", "Group (%(names)s and %(num)d more)", others, names=names
    )


def _outcome(statement: Json) -> Iterator[str]:
    """Go through what came of it: score, success, completion, progress, answer, time."""
    result: Any = statement.get("result") or {}
    verb: Any = statement["verb"]
    if "score" in result:
        yield from _score(result["score"])
    said = {vocabulary.PASSED: True, vocabulary.FAILED: False}.get(verb["id"])
    if "success" in result and result["success"] is not said:
        yield _("successful") if result["success"] else _("not successful")
    if "completion" in result and (verb["id"] != vocabulary.COMPLETED or not result["completion"]):
        yield _("completed") if result["completion"] else _("not completed")
    progress = (result.get("extensions") or {}).get(vocabulary.CMI5_PROGRESS)
    if isinstance(progress, int | float) and 0 <= progress <= 100:
        yield _("%(share)s done", share=percent(progress / 100))
    if result.get("response"):
        yield _("answer: %(text)s", text=cut(str(result["response"])))
    with suppress(OverflowError):
        if length := milliseconds(str(result.get("duration", ""))[:100]):
            yield duration(length)


def _score(score: Any) -> Iterator[str]:
    if "scaled" in score:
        yield percent(float(score["scaled"]))
    if "raw" in score and "max" in score:
        yield _("%(points)s of %(most)s points", points=_figure(score["raw"]), most=_figure(score["max"]))
    elif "raw" in score and "scaled" not in score:
        yield _("%(points)s points", points=_figure(score["raw"]))


def _figure(value: Any) -> str:
    """Write a number of any size."""
    written = str(getattr(value, "text", value))
    return number(value) if len(written) <= MOST_FIGURES and "e" not in written.lower() else cut(written, 20)
