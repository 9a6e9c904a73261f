"""What publishing would change, and which translations are missing."""

from collections.abc import Sequence
from dataclasses import dataclass

from academy.courses.models import Activity, Course
from academy.courses.queries.releases import current_leaves, latest_release
from academy.courses.queries.seats import people_count
from academy.locale import LANGUAGES


@dataclass(frozen=True)
class Plan:
    """The next release against the latest: parts that come, go and stay, and the people in the course."""

    release: int
    parts: int
    added: int
    dropped: int
    people: int
    changed: bool

    @property
    def can_publish(self) -> bool:
        """Say whether there is anything to open."""
        return self.parts > 0


def plan(course: Course) -> Plan:
    """Return what publishing the course now would change."""
    latest = latest_release(course)
    then, now = latest.leaves if latest else [], current_leaves(course)
    old, new = {leaf["activity"] for leaf in then}, {leaf["activity"] for leaf in now}
    return Plan(
        release=latest.number if latest else 0,
        parts=len(now),
        added=len(new - old),
        dropped=len(old - new),
        people=people_count(course),
        changed=now != then,
    )


def missing_texts(course: Course, activities: Sequence[Activity]) -> dict[str, int]:
    """Count, per language, the titles and summaries that the course has in the other language only."""
    texts = [course.title, course.summary, *(section.title for section in course.sections)]
    texts += [activity.title for activity in activities]
    missing = {
        language: sum(bool(any(text.values()) and not text.get(language)) for text in texts)
        for language in LANGUAGES
    }
    return {language: count for language, count in missing.items() if count}
