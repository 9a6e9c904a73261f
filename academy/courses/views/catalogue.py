"""The catalogue, the page of one course, and its cover."""

from collections.abc import Hashable, Mapping
from functools import cache
from typing import Any

from flask import Response, render_template, request, url_for
from flask_babel import gettext as _
from markupsafe import Markup
from werkzeug.datastructures import MultiDict

from academy import paging
from academy.courses import covers, rules, words
from academy.courses.models import Course
from academy.courses.queries.catalogue import FACETS, Entry, Filters, Listing
from academy.courses.queries.catalogue import catalogue as find
from academy.courses.queries.contents import Contents, by_section
from academy.courses.views.blueprint import blueprint
from academy.courses.views.reader import reader, visible_contents, visible_course
from academy.locale import day, language, translated
from academy.replica import may_lag_for_guests
from academy.security import access
from academy.templating import IMMUTABLE, address, drawn, fill_slot

LONGEST_QUERY = 200
DRAWING = 1  # raise it when the covers are drawn in another way
VALUES: dict[str, dict[str, Any]] = {
    "theme": words.THEME_NAMES,
    "language": words.LANGUAGE_NAMES,
    "level": words.LEVELS,
    "hours": words.HOURS,
}


@blueprint.get("/courses")
@access.public
@may_lag_for_guests
def catalogue() -> str:
    """Show the published courses that match the words and facets of the address."""
    filters = filters_of(request.args)
    found = find(filters)
    return render_template(
        "courses/catalogue.html",
        filters=filters,
        found=found,
        facets=[(facet, _options(facet, filters, found.counts[facet])) for facet in FACETS],
        chips=_chips(filters),
        query=_query(filters),
        words=words,
        card=card,
    )


@blueprint.get("/courses/<code>")
@access.public
@may_lag_for_guests
def course(code: str) -> str:
    """Show one course: what it is, what is in it, and the next step for this reader."""
    course, seat, contents = visible_contents(code)
    return render_template(
        "courses/course.html",
        course=course,
        seat=seat,
        contents=contents,
        about=_about(course, contents),
        can_edit=rules.can_edit(reader(), course),
        is_open=rules.is_open(course),
        cover_url=cover_url,
    )


@blueprint.get("/courses/<code>/cover.svg")
@access.public
def cover(code: str) -> Response:
    """Draw the cover of a course; an address with the version is cacheable for ever."""
    course, _seat = visible_course(code)
    answer = Response(covers.cover_svg(course.theme, str(course.public_id)), mimetype="image/svg+xml")
    if request.args.get("v") == _cover_version(course) and course.status == "published":
        answer.headers["Cache-Control"] = IMMUTABLE
    return answer


def card(entry: Entry) -> Markup:
    """Draw the card of a course in the catalogue, with what it is to the reader."""
    course = entry.course
    return drawn(
        "courses/card.html",
        code=course.code,
        title=translated(course.title),
        summary=translated(course.summary),
        cover=cover_url(course),
        theme=course.theme,
        workload=course.hours,
        level=course.level,
        size=entry.size,
        languages=" ".join(entry.languages),
        mark=fill_slot("course.card", course=course),
        demo=course.demo,
    )


def cover_url(course: Course | Listing) -> str:
    """Return the address of a cover, which changes with the drawing."""
    return address("courses.cover", code=course.code, v=_cover_version(course))


def filters_of(args: MultiDict[str, str]) -> Filters:
    """Read the filters of an address; values that do not exist are left aside."""
    return Filters(
        words=args.get("q", "").strip()[:LONGEST_QUERY],
        chosen={facet: frozenset(args.getlist(facet)) & VALUES[facet].keys() for facet in FACETS},
        sort=args["sort"] if args.get("sort") in words.SORTS else "newest",
        page=paging.number(args),
    )


def _about(course: Course, contents: Contents) -> dict[str, Hashable]:
    """Return what the page says of a course, as a fragment that is remembered takes it."""
    release = contents.release
    return {
        "code": course.code,
        "groups": tuple(course.facts.get("target_groups", [])),
        "hours": course.hours,
        "level": course.level,
        "languages": tuple(Entry(course, contents.sizes).languages),
        "must_pass": release is not None and release.must_pass,
        "release": (release.number, day(release.made)) if release else None,
        "sections": _sections(course, contents),
    }


def _sections(course: Course, contents: Contents) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return titles of sections with those of their parts; for a single part the modules its author names."""
    modules = course.facts.get("modules", [])
    if modules and len(contents.parts) <= 1:
        return (("", tuple(translated(module) for module in modules)),)
    return tuple(
        (translated(title), tuple(translated(part.title) for part in run))
        for title, run in by_section(contents.parts, part=lambda one: one)
    )


def _cover_version(course: Course | Listing) -> str:
    return f"{course.theme}-{DRAWING}"


def _options(facet: str, filters: Filters, counts: Mapping[str, int]) -> tuple[Hashable, ...]:
    """Return the values of a facet with name, count and whether each is chosen."""
    chosen = filters.chosen[facet]
    return tuple(
        (value, label, counts[value], value in chosen) for value, label in _labels(facet, language())
    )


@cache
def _labels(facet: str, _language: str) -> tuple[tuple[str, str], ...]:
    """Return the values of a facet with their names in the language of the page, which is the one given."""
    return tuple((value, str(label)) for value, label in VALUES[facet].items())


def _query(filters: Filters, **changes: object) -> dict[str, Any]:
    query: dict[str, Any] = {facet: sorted(values) for facet, values in filters.chosen.items() if values}
    query |= {"q": filters.words} if filters.words else {}
    query |= {"sort": filters.sort} if filters.sort != "newest" else {}
    return query | changes


def _chips(filters: Filters) -> list[tuple[str, str]]:
    chips = [
        (str(VALUES[facet][value]), _without(filters, facet, value))
        for facet in FACETS
        for value in VALUES[facet]
        if value in filters.chosen[facet]
    ]
    if filters.words:
        wordless = url_for("courses.catalogue", **_query(filters, q=None))
        chips.insert(0, (_("“%(words)s”", words=filters.words), wordless))
    return chips


def _without(filters: Filters, facet: str, value: str) -> str:
    rest = sorted(filters.chosen[facet] - {value})
    return url_for("courses.catalogue", **_query(filters, **{facet: rest}))
