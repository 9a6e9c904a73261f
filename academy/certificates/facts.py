"""What a certificate says: gathered once, frozen with it, and never changed afterwards."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date

from academy import clock

KOSOVO = ("Kosovo", "Косово")


@dataclass(frozen=True)
class Facts:
    """The content of one certificate; moments as RFC 3339, texts of the course in each language."""

    serial: str
    language: str
    name_latin: str
    name_cyrillic: str | None
    course_code: str
    course_title: Mapping[str, str]
    course_version: int
    hours: float
    completed: str
    issued: str
    time_zone: str = "Europe/Prague"
    taken_in: str | None = None
    success: str = "unknown"
    score_scaled: float | None = None
    modules: list[Mapping[str, str]] = field(default_factory=list)
    footnotes: list[str] = field(default_factory=list)
    demo: bool = False

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> "Facts":
        """Read facts as a row or a job holds them."""
        return cls(**data)

    def as_json(self) -> dict[str, Any]:
        """Return the facts as a row holds them."""
        return asdict(self)

    @property
    def name(self) -> str:
        """Return the holder's name in the script of the document."""
        return self.name_for(self.language)

    def name_for(self, language: str) -> str:
        """Return the holder's name in the script of a language."""
        return (self.name_cyrillic if language == "ru" else None) or self.name_latin

    @property
    def title(self) -> str:
        """Return the course's title in the language of the document."""
        return self.title_in(self.language)

    def title_in(self, language: str) -> str:
        """Return the course's title in a language, else in English, else in any."""
        titles = self.course_title
        return titles.get(language) or titles.get("en") or next(iter(titles.values()), "")

    @property
    def completed_on(self) -> date:
        """Return the day of completion in the holder's zone."""
        return self._day(self.completed)

    @property
    def issued_on(self) -> date:
        """Return the day of issue in the holder's zone."""
        return self._day(self.issued)

    def _day(self, moment: str) -> date:
        return clock.parse(moment).astimezone(ZoneInfo(self.time_zone)).date()


def footnotes_for(titles: Mapping[str, str]) -> list[str]:
    """Return the names of the footnotes that a course's title calls for."""
    return ["kosovo"] if any(name in title for name in KOSOVO for title in titles.values()) else []


def written_day(day: date, language: str) -> str:
    """Write a day as certificates do: 12 March 2026, 12.03.2026."""
    return str(format_date(day, "dd.MM.yyyy" if language == "ru" else "d MMMM yyyy", locale=language))
