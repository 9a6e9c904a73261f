"""The manifest of a SCORM 1.2 package, read into an outline. (SCORM 1.2 CAM 2.3)"""

import re
from decimal import Decimal, InvalidOperation
from typing import Any

from academy.courses.packages import organizations, prerequisites
from academy.courses.packages.limits_of_time import time_limit_action
from academy.courses.packages.lookup import Names
from academy.courses.packages.manifest_xml import Element, Reading
from academy.courses.packages.organizations import Edition
from academy.courses.packages.outline import Item, Outline, walk

STANDARD = "scorm-1.2"
TIME = re.compile(r"\d{1,4}:\d{2}:\d{2}(\.\d{1,2})?")


def read(reading: Reading, names: Names) -> Outline:
    """Read the manifest; see `organizations.read`."""
    organized = organizations.read(reading, names, EDITION)
    _check_prerequisites(reading, organized.outline.items, organized.places)
    return organized.outline


def _facts(reading: Reading, element: Element) -> dict[str, Any]:
    return {
        "mastery_score": _mastery_score(reading, element),
        "max_time_allowed": _max_time(reading, element),
        "time_limit_action": time_limit_action(reading, element),
        "launch_data": reading.raw_text(element, "datafromlms"),
        "prerequisites": reading.raw_text(element, "prerequisites"),
    }


EDITION = Edition(STANDARD, _facts, name=str.strip, clusters_open=True)


def _mastery_score(reading: Reading, element: Element) -> Decimal | None:
    text = reading.text(element, "masteryscore")
    if text is None:
        return None
    try:
        score = Decimal(text.replace(",", "."))
    except InvalidOperation:
        score = Decimal("NaN")
    if score.is_finite() and 0 <= score <= 100:
        return score
    reading.say("mastery-score-invalid", element, value=text)
    return None


def _max_time(reading: Reading, element: Element) -> str | None:
    text = reading.text(element, "maxtimeallowed")
    if text is not None and not TIME.fullmatch(text):
        reading.say("time-invalid", element, value=text)
        return None
    return text


def _check_prerequisites(reading: Reading, items: tuple[Item, ...], places: dict[str, Element]) -> None:
    for item in walk(items):
        if not item.prerequisites:
            continue
        place = places[item.identifier]
        try:
            expression = prerequisites.parse(item.prerequisites)
        except prerequisites.Unreadable as fault:
            reading.say("prerequisites-invalid", place, value=item.prerequisites, position=fault.position)
            continue
        for identifier in sorted(set(prerequisites.operands(expression)) - places.keys()):
            reading.say("prerequisites-unknown", place, identifier=identifier)
