"""Which statements are asked for: the filters of an address, each read with care, and written again."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask_babel import get_timezone
from flask_babel import gettext as _

from academy.accounts.models import Person
from academy.administration.statements import whom
from academy.administration.statements.sentences import last_part
from academy.administration.statements.whom import Ambiguous, Whom
from academy.courses import queries as courses
from academy.courses.identifiers import course_iri
from academy.errors import Invalid, NotFound
from academy.xapi import formats
from academy.xapi.queries import StatementFilter
from academy.xapi.vocabulary import VERBS

FIELDS = ("agent", "verb", "activity", "registration", "since", "until")
SWITCHES = ("related", "voided")
LONGEST = 2000  # addresses are cut by some servers on the way
#: How a moment may be typed, in the reader's zone, and how long what is named by it lasts.
_WAYS = (
    ("%Y-%m-%d", timedelta(days=1)),
    ("%d.%m.%Y", timedelta(days=1)),
    ("%Y-%m-%dT%H:%M", timedelta(minutes=1)),
    ("%Y-%m-%d %H:%M", timedelta(minutes=1)),
    ("%d.%m.%Y %H:%M", timedelta(minutes=1)),
    ("%Y-%m-%dT%H:%M:%S", timedelta(seconds=1)),
)
_MICROSECOND = timedelta(microseconds=1)


@dataclass
class Asked:
    """What an address asks for.

    `texts` are the filters as typed, `wrong` says by field why one cannot be used: then nothing is to be
    read. `choices` are people among whom a name does not tell.
    """

    texts: dict[str, str]
    values: dict[str, Any] = field(default_factory=dict)
    wrong: dict[str, str] = field(default_factory=dict)
    choices: Sequence[Person] = ()

    @property
    def wanted(self) -> StatementFilter:
        """Return the filter for the store."""
        agent: Whom | None = self.values.get("agent")
        return StatementFilter(
            agent=agent.identity if agent else None,
            verb=self.values.get("verb"),
            activity=self.values.get("activity"),
            registration=self.values.get("registration"),
            since=self.values.get("since"),
            until=self.values.get("until"),
            related_activities="related" in self.texts,
            with_voided="voided" in self.texts,
        )

    @property
    def person(self) -> Person | None:
        """Return the person of the Academy whose statements are asked for."""
        agent: Whom | None = self.values.get("agent")
        return agent.person if agent else None

    def arguments(self, **changes: str | int | None) -> dict[str, str | int]:
        """Return what an address with these filters, and changes of them, says."""
        said = {**self.texts, **changes}
        return {name: value for name, value in said.items() if value not in ("", None)}


def read(arguments: Mapping[str, str], *, viewer: Person) -> Asked:
    """Read the filters of an address."""
    texts = {name: arguments.get(name, "").strip() for name in (*FIELDS, *SWITCHES)}
    asked = Asked({name: text for name, text in texts.items() if text})
    readers: dict[str, Callable[[str], object]] = {
        "agent": lambda text: whom.meant(text, viewer=viewer),
        "verb": _verb,
        "activity": _activity,
        "registration": _registration,
        "since": lambda text: _moment(text)[0],
        "until": lambda text: _moment(text)[1],
    }
    for name in FIELDS:
        if name not in asked.texts:
            continue
        try:
            asked.values[name] = readers[name](_sound(asked.texts[name]))
        except Ambiguous as fault:
            asked.wrong[name], asked.choices = str(fault), fault.people
        except Invalid as fault:
            asked.wrong[name] = str(fault)
    return asked


def _sound(text: str) -> str:
    if len(text) > LONGEST:
        raise Invalid(_("This is too long."))
    if "\0" in text or "\ufffd" in text:
        raise Invalid(_("This holds characters that are in no statement."))
    return text


def _verb(text: str) -> str:
    """Return the IRI of a verb: as it is, or of one that is known here by its word in any language."""
    if formats.is_iri(text):
        return text
    word = text.casefold()
    for iri, display in VERBS.items():
        if word in {last_part(iri), *(one.casefold() for one in display.values())}:
            return iri
    raise Invalid(
        _(
            "“%(text)s” is no verb that is known here. Write its IRI, or a word as “completed”.",
            text=text[:80],
        )
    )


def _activity(text: str) -> str:
    """Return the IRI of an activity: as it is, or of the course with this code."""
    if formats.is_iri(text):
        return text
    try:
        return course_iri(courses.course_by_code(text))
    except NotFound as fault:
        raise Invalid(
            _("“%(text)s” is neither the IRI of an activity nor the code of a course.", text=text[:80])
        ) from fault


def _registration(text: str) -> UUID:
    if not formats.is_uuid(text):
        raise Invalid(_("“%(text)s” is no registration: that is a UUID.", text=text[:80]))
    return UUID(text)


def _moment(text: str) -> tuple[datetime, datetime]:
    """Return the first and the last moment of what a text names."""
    zone = ZoneInfo(str(get_timezone()))
    for way, length in _WAYS:
        try:
            first = datetime.strptime(text, way).replace(tzinfo=zone)
            return first - _MICROSECOND, first + length - _MICROSECOND
        except (ValueError, OverflowError):
            continue
    try:
        exact = formats.moment(text.replace(" ", "+") if "T" in text else text)
    except ValueError as fault:
        raise Invalid(
            _("“%(text)s” is no date: write it as 2026-11-24 or 2026-11-24 18:30.", text=text[:80])
        ) from fault
    return exact, exact
