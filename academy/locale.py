"""Languages: which one a person reads, and how dates, numbers and sizes are written in it."""

from collections.abc import Mapping
from datetime import date, datetime, tzinfo
from functools import lru_cache
from pathlib import Path
from urllib.parse import quote, urlencode
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime, get_timezone_location
from babel.numbers import format_decimal, format_percent
from flask import Flask, Response, current_app, g, redirect, request
from flask_babel import Babel, get_locale, get_timezone, ngettext
from flask_babel import gettext as _
from flask_login import current_user

LANGUAGES = ("en", "ru")
COOKIE = "language"
NO_BREAK = "\u00a0"
MOST_FIGURES = 4096

#: Cities that the CLDR writes without their ё.
RESPELT = {"Кишинев": "Кишинёв"}

_PACKED = Path(__file__).parent / "translations"
#: The catalogues: a wheel has them inside of the package, the repository beside it.
CATALOGUES = _PACKED if _PACKED.is_dir() else Path(__file__).resolve().parent.parent / "translations"

babel = Babel()


def init_app(app: Flask) -> None:
    """Set up Babel, the `?lang=` switch and the filters of templates."""
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(CATALOGUES)
    app.config["BABEL_DEFAULT_TIMEZONE"] = "Europe/Prague"
    babel.init_app(app, locale_selector=_choose_language, timezone_selector=_choose_zone)
    app.before_request(_switch)
    for function in (translated, day, day_time, at_place, hours, percent, filesize, duration, number):
        app.jinja_env.filters[function.__name__] = function
    app.jinja_env.globals.update(switch_url=switch_url, current_language=language, LANGUAGES=LANGUAGES)


def language() -> str:
    """Return the language of the page or mail being written."""
    try:
        spoken: str = g._flask_babel.babel_locale.language  # kept there since the first call of a page
    except (AttributeError, RuntimeError):
        locale = get_locale()
        return locale.language if locale else "en"
    return spoken


def translated(texts: Mapping[str, str] | None, preferred: str | None = None) -> str:
    """Return what an author wrote, in the reader's language, else in English, else in any."""
    if not texts:
        return ""
    wanted = preferred or language()
    return texts.get(wanted) or texts.get("en") or next(iter(texts.values()))


def switch_url(other: str) -> str:
    """Return the address of this very page in another language; place and query are kept."""
    query = [(name, value) for name, value in request.args.items(multi=True) if name != "lang"]
    return f"{_here()}?{urlencode([*query, ('lang', other)])}"


def remember(answer: Response, chosen: str) -> None:
    """Keep the chosen language on this browser for a year."""
    secure = current_app.config["SESSION_COOKIE_SECURE"]
    answer.set_cookie(COOKIE, chosen, max_age=31_536_000, samesite="Lax", httponly=True, secure=secure)


def day(moment: datetime | date | None, style: str = "long") -> str:
    """Write a day in the reader's zone: 24 November 2026, 24 ноября 2026 г.; `short` for tables."""
    if moment is None:
        return "–"
    local = moment.astimezone(get_timezone()) if isinstance(moment, datetime) else moment
    if style == "short":
        return format_date(local, "dd.MM.yyyy" if language() == "ru" else "d MMM yyyy", locale=get_locale())
    return format_date(
        local, "d MMMM yyyy 'г'." if language() == "ru" else "d MMMM yyyy", locale=get_locale()
    )


def day_time(moment: datetime | None, style: str = "long") -> str:
    """Write a day and time in the reader's zone, with the place that names the zone.

    `short` is for tables whose head names the place once, by `at_place`; `exact` the same with seconds.
    """
    if moment is None:
        return "–"
    zone = get_timezone()
    pattern = "dd.MM.yyyy, HH:mm" if language() == "ru" else "d MMM yyyy, HH:mm"
    if style == "exact":
        pattern += ":ss"
    written = format_datetime(moment.astimezone(zone), pattern, locale=get_locale())
    return written.replace(" ", NO_BREAK) if style in {"short", "exact"} else f"{written} ({city_of(zone)})"


def at_place(head: str) -> str:
    """Return the head of a column of times, with the place that names the reader's zone."""
    return f"{head} ({city_of(get_timezone())})"


def city_of(zone: tzinfo) -> str:
    """Return the city that names a zone, in the reader's language."""
    city = get_timezone_location(zone, locale=get_locale(), return_city=True)
    return RESPELT.get(city, city)


def number(value: float) -> str:
    """Write a number with the separators of the language."""
    return (
        format_decimal(value, locale=get_locale())
        .replace("\u202f", NO_BREAK)
        .replace(",", NO_BREAK if language() == "en" else ",")
    )


def percent(fraction: float | None) -> str:
    """Write a fraction (0 to 1) as per cent, or a dash."""
    return "–" if fraction is None else _percent(fraction, language())


@lru_cache(MOST_FIGURES)
def _percent(fraction: float, spoken: str) -> str:
    form = "#,##0 %" if spoken == "ru" else "#,##0%"
    return format_percent(fraction, form, locale=spoken).replace(" ", NO_BREAK)


def filesize(size: int) -> str:
    """Write a number of bytes as kB or MB."""
    return _filesize(size, language())


@lru_cache(MOST_FIGURES)
def _filesize(size: int, spoken: str) -> str:
    if size < 1_000_000:
        written = _("%(size)s kB", size=format_decimal(max(min(size, 1), round(size / 1000)), locale=spoken))
    else:
        written = _("%(size)s MB", size=format_decimal(round(size / 1_000_000, 1), locale=spoken))
    return written.replace(" ", NO_BREAK)


def hours(count: float) -> str:
    """Write a study time in hours."""
    return _hours(count, language())


@lru_cache(MOST_FIGURES)
def _hours(count: float, spoken: str) -> str:
    return _("%(hours)s h", hours=format_decimal(count, locale=spoken)).replace(" ", NO_BREAK)


def duration(milliseconds: int | None) -> str:
    """Write a duration as hours and minutes; under a minute in seconds."""
    if not milliseconds:
        return "–"
    seconds = milliseconds // 1000
    if seconds < 60:
        return ngettext("%(num)d second", "%(num)d seconds", seconds)
    whole_hours, minutes = seconds // 3600, seconds % 3600 // 60
    if not whole_hours:
        return _("%(minutes)d min", minutes=minutes)
    return _("%(hours)d h %(minutes)02d min", hours=whole_hours, minutes=minutes)


def _choose_language() -> str:
    if not request:
        return "en"
    person_language = getattr(current_user, "language", None) if current_user else None
    chosen = g.get("language") or person_language or request.cookies.get(COOKIE)
    return chosen if chosen in LANGUAGES else request.accept_languages.best_match(LANGUAGES) or "en"


def _choose_zone() -> str | None:
    zone = getattr(current_user, "time_zone", None) if request and current_user else None
    return str(ZoneInfo(zone)) if zone else None


def _here() -> str:
    """Return the path of this page as an address; never one that a browser takes for `//host`."""
    return "/" + quote(request.path.lstrip("/"))


def _switch() -> Response | None:
    chosen = request.args.get("lang")
    if (
        chosen not in LANGUAGES
        or request.method != "GET"
        or request.path.startswith(("/xapi", "/_content", "/api"))
    ):
        return None
    g.writes = True  # before the first look into the database, which would begin to read only
    query = [(name, value) for name, value in request.args.items(multi=True) if name != "lang"]
    answer = redirect(f"{_here()}?{urlencode(query)}" if query else _here(), 302)
    assert isinstance(answer, Response)  # noqa: S101 -- narrows werkzeug's type
    remember(answer, chosen)
    if current_user and current_user.is_authenticated:
        current_user.language = chosen
    return answer
