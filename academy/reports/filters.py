"""What a reader of a report asked for; it lives in the URL."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Literal
from urllib.parse import urlencode

STATUSES = ("completed", "in-progress", "not-started", "failed")
VIEWS = ("score", "share", "time")

Period = Literal["enrolled", "completed"]


@dataclass(frozen=True)
class Filters:
    """Course code, status, and a period of days (UTC, both ends included) of enrolment or completion."""

    course: str | None = None
    status: str | None = None
    since: date | None = None
    until: date | None = None
    period: Period = "enrolled"
    text: str = ""

    @property
    def narrow(self) -> bool:
        """Say whether they leave anything out."""
        return self != Filters()

    @property
    def begins(self) -> datetime | None:
        """Return the first moment of the period."""
        return datetime.combine(self.since, datetime.min.time(), UTC) if self.since else None

    @property
    def ends(self) -> datetime | None:
        """Return the first moment after the period."""
        return (
            datetime.combine(self.until + timedelta(days=1), datetime.min.time(), UTC)
            if self.until and self.until < date.max
            else None
        )

    def query(self, **changes: object) -> str:
        """Return these filters, with changes, as a query string that begins with `?`."""
        wanted = replace(self, **{name: value for name, value in changes.items() if hasattr(self, name)})  # type: ignore[arg-type]
        pairs = {
            "q": wanted.text,
            "course": wanted.course,
            "status": wanted.status,
            "from": wanted.since.isoformat() if wanted.since else None,
            "to": wanted.until.isoformat() if wanted.until else None,
            "period": wanted.period if wanted.period != "enrolled" else None,
            **{name: value for name, value in changes.items() if not hasattr(self, name)},
        }
        return "?" + urlencode({name: value for name, value in pairs.items() if value})


def read(arguments: Mapping[str, str]) -> tuple[Filters, dict[str, str]]:
    """Read filters from a query string; returns them and, for dates that are none, what was typed.

    Unknown values are left out: a link with a course that is gone shows everything else.
    """
    wrong: dict[str, str] = {}
    status, period = arguments.get("status"), arguments.get("period")
    filters = Filters(
        course=arguments.get("course") or None,
        status=status if status in STATUSES else None,
        since=_day(arguments, "from", wrong),
        until=_day(arguments, "to", wrong),
        period="completed" if period == "completed" else "enrolled",
        text=arguments.get("q", "").strip()[:100],
    )
    return filters, wrong


def _day(arguments: Mapping[str, str], name: str, wrong: dict[str, str]) -> date | None:
    text = arguments.get(name, "").strip()
    for pattern in ("%Y-%m-%d", "%d.%m.%Y"):
        try:
            return datetime.strptime(text, pattern).date()  # noqa: DTZ007 -- a day has no zone
        except ValueError:
            continue
    if text:
        wrong[name] = text
    return None
