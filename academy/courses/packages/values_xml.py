"""Attributes of a manifest as values; what cannot be read is said and replaced by the default."""

from collections.abc import Callable
from typing import TypeVar

from academy.courses.packages.manifest_xml import Element, Reading

Value = TypeVar("Value")
Other = TypeVar("Other")


class Values:
    """Reads attributes of elements, which may be missing altogether."""

    def __init__(self, reading: Reading) -> None:
        """Take the file, in which findings gather."""
        self._reading = reading

    def told(self, element: Element | None, name: str) -> str | None:
        """Return an attribute without outer white space, None where there is none."""
        return None if element is None else (self._reading.attribute(element, name) or "").strip() or None

    def flag(self, element: Element | None, name: str, *, default: bool) -> bool:
        """Return an attribute that is true or false."""
        told = self.told(element, name)
        return default if told is None else told.lower() in {"true", "1"}

    def word(
        self, element: Element | None, name: str, known: frozenset[str], *, default: str | None = None
    ) -> str | None:
        """Return an attribute that is one of some words; None where it is another one."""
        told = self.told(element, name)
        if told is None or told in known:
            return told or default
        self._reading.say("sequencing-unknown", element, value=told)
        return None

    def number(self, element: Element | None, name: str, *, default: float) -> float:
        """Return an attribute that is a number."""
        return self.converted(element, self.told(element, name), _decimal, default)

    def count(self, element: Element | None, name: str) -> int | None:
        """Return an attribute that is a whole number from 0 on."""
        return self.converted(element, self.told(element, name), _count, None)

    def converted(
        self, element: Element | None, told: str | None, convert: Callable[[str], Value], default: Other
    ) -> Value | Other:
        """Return a text as a value."""
        if told is None:
            return default
        try:
            return convert(told)
        except ValueError:
            self._reading.say("sequencing-unknown", element, value=told)
            return default

    def decimal(self, element: Element, told: str | None, *, default: float) -> float:
        """Return a text as a number."""
        return self.converted(element, told, _decimal, default)


def _decimal(told: str) -> float:
    return float(told.strip().replace(",", "."))


def _count(told: str) -> int:
    count = int(told)
    if count < 0:
        raise ValueError(told)
    return count
