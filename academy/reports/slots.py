"""What reports adds to desks: figures of one's scope, of one's courses, or of the Academy without names."""

from dataclasses import dataclass

from flask import render_template

from academy.accounts.models import Person
from academy.reports import disclosure, figures

STAFF = frozenset({"coordinator", "secretariat", "administrator"})
MOST_COURSES = 8
COLUMNS = ("people", "participations", "completed", "certificates")


@dataclass(frozen=True)
class RegionRow:
    """A region and its cells, None where the count is hidden."""

    region: str
    cells: list[int | None]


def taught(*, person: Person, **context: object) -> str:
    """Show a trainer how far people are in each of the trainer's own courses."""
    if "trainer" not in person.roles:
        return ""
    found = figures.courses_of(person, most=MOST_COURSES)
    return render_template("reports/desk-taught.html", courses=found)


def numbers(*, person: Person, scope: list[str], **context: object) -> str:
    """Show the year to date: of staff's scope, of everybody for observers, of a trainer's own courses."""
    if person.roles & STAFF:
        found = figures.of_scope(person)
    elif "observer" in person.roles:
        return _without_names()
    elif "trainer" in person.roles:
        found = figures.of_courses(person)
    else:
        return ""
    return render_template("reports/desk-figures.html", figures=found, hides=_never)


def links(*, person: Person, scope: list[str], **context: object) -> str:
    """Lead staff to the reports of their scope."""
    return render_template("reports/desk-links.html", scope=scope) if person.roles & STAFF else ""


def _without_names() -> str:
    regions = figures.by_region()
    counts = {name: [int(getattr(one, name)) for one in regions] for name in COLUMNS}
    wholes = {"completed": counts["participations"]}
    hides = [disclosure.hidden(counts[name], of=wholes.get(name)) for name in COLUMNS]
    rows = [
        RegionRow(
            one.region,
            [None if hides[column][index] else getattr(one, name) for column, name in enumerate(COLUMNS)],
        )
        for index, one in enumerate(regions)
    ]
    return render_template(
        "reports/desk-figures.html", figures=figures.of_everybody(), hides=disclosure.is_small
    ) + render_template("reports/desk-regions.html", rows=rows)


def _never(count: int) -> bool:
    return False
