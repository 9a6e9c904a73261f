"""Whom a filter means: an agent by an identifier of any kind, or a person of the Academy by name."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import ngettext

from academy.accounts import pseudonyms, queries
from academy.accounts.models import Person
from academy.errors import Invalid
from academy.xapi import formats, json_text, relations
from academy.xapi.errors import StatementInvalid
from academy.xapi.json_text import Json
from academy.xapi.validation import actor


@dataclass(frozen=True)
class Whom:
    """The agent that is meant, and the person of the Academy behind it."""

    agent: Json
    person: Person | None = None

    @property
    def identity(self) -> str | None:
        """Return the identity by which the store knows the agent."""
        return relations.identity(self.agent)


class Ambiguous(Invalid):
    """A name that several people have."""

    def __init__(self, message: str, people: Sequence[Person]) -> None:
        """Take the sentence, and the people among whom to choose."""
        super().__init__(message)
        self.people = people


def meant(text: str, *, viewer: Person) -> Whom:
    """Return whom a text means. Raises Invalid, or Ambiguous where several people have the name.

    An agent as JSON, `mailto:` and an address, an OpenID, the SHA-1 of an address, and the site of an account
    with a space and its name mean just that; a UUID means a pseudonym of the Academy. An address or a name
    alone means the person of the Academy first.
    """
    if text.startswith("{"):
        return _known(_as_json(text))
    if formats.is_uuid(text):
        return _known(pseudonyms.actor_named(UUID(text)))
    if formats.is_sha1(text):
        return Whom({"mbox_sha1sum": text})
    if formats.is_mailto(text):
        return Whom({"mbox": text})
    site, _space, name = text.partition(" ")
    if "://" in site and formats.is_iri(site):
        return _known({"account": {"homePage": site, "name": name.strip()}} if name else {"openid": site})
    return _person(text, viewer)


def _known(agent: Json) -> Whom:
    """Return an agent with the person of the Academy whose pseudonym it is."""
    account = agent.get("account")
    name = str(account["name"]) if isinstance(account, dict) else ""
    if not formats.is_uuid(name):
        return Whom(agent)
    is_ours = relations.identity(agent) == relations.identity(pseudonyms.actor_named(UUID(name)))
    return Whom(agent, pseudonyms.person_of(UUID(name)) if is_ours else None)


def _as_json(text: str) -> Json:
    try:
        value = json_text.decode(text)
        actor.identified(value)
    except StatementInvalid as fault:
        raise Invalid(_("This is no agent: %(why)s", why=str(fault)[:200])) from fault
    assert isinstance(value, dict)  # noqa: S101 -- else it would not have been identified
    return value


def _person(text: str, viewer: Person) -> Whom:
    found = queries.person_by_email(text)
    if found is not None:
        return _of(found)
    if formats.is_mailto(f"mailto:{text}"):
        return Whom({"mbox": f"mailto:{text}"})
    page = queries.people_page(viewer, query=text[:100])
    if page.total == 1:
        return _of(page.people[0])
    if not page.total:
        raise Invalid(_("Nobody in the Academy is called “%(name)s”.", name=text[:80]))
    said = ngettext(
        "%(num)d person is called “%(name)s”.",
        "%(num)d people are called “%(name)s”.",
        page.total,
        name=text[:80],
    )
    raise Ambiguous(said, page.people)


def _of(person: Person) -> Whom:
    return Whom(pseudonyms.actor(person), person)


def typed(agent: Json) -> str:
    """Return the text by which `meant` finds an agent; empty for a group without an identifier."""
    account = agent.get("account")
    if isinstance(account, dict):
        site, name = str(account["homePage"]), str(account["name"])
        plain = f"{site} {name}"
        is_plain = "://" in site and name == name.strip() and name and "\0" not in name
        return plain if is_plain else json_text.encode({"account": {"homePage": site, "name": name}}).decode()
    for key in ("mbox", "mbox_sha1sum", "openid"):
        if key in agent:
            text = str(agent[key])
            return text if key != "openid" or "://" in text else json_text.encode({key: text}).decode()
    return ""
