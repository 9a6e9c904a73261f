"""What templates may call: hashed static files, the style bundle, slots, navigation, texts of settings."""

import hashlib
import os
import re
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

from flask import Flask, Response, current_app, flash, g, has_request_context, request, url_for
from flask_compress import Compress
from flask_login import current_user
from markupsafe import Markup
from werkzeug.datastructures import Accept
from werkzeug.http import parse_accept_header
from zlib_ng import gzip_ng

from academy.locale import language
from academy.security import access
from academy.statuses import look
from academy.themes import THEMES

STATIC = Path(__file__).parent / "static"
STYLE_URL = re.compile(r'url\("((?:vendor|img|fonts)/[^"?#]+)"\)')
SETTING_TEXTS = ("name", "process", "funding", "disclaimer")
MOST_ADDRESSES = 4096
MOST_DRAWINGS = 2048
MOST_NAVIGATIONS = 256
IMMUTABLE = "public, max-age=31536000, immutable"
MOST_ENTRIES = 8  # of the navigation; what is beyond stands on the desk and in the menu of phones

Slot = Callable[..., str]
Count = Callable[[], int]
compress = Compress()
SMALL = 800  # bytes, which compressing would not make fewer packets of
QUICK = 4  # of zlib: two thirds of the time of level 6, and a twentieth more bytes
QUICKER = 5  # of zlib-ng: half the time of that, and no more bytes
MOST_BROWSERS = 256


@dataclass(frozen=True, eq=False)
class NavigationItem:
    """One entry of the role navigation: endpoint, lazily translated label, and who sees it.

    Who holds several roles gets each endpoint once, under its first label. Where the entries are too many,
    those of the highest `rank` are the first to go to "more". `also` names further paths that belong to it;
    of several entries that fit, the one with the longest path is the present one.
    """

    endpoint: str
    label: object
    roles: frozenset[str] = frozenset()
    count: Count | None = None
    rank: int = 1
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of the navigation as those see it who hold the same roles and read the same language."""

    url: str
    label: str
    paths: tuple[str, ...]
    count: Count | None
    is_more: bool

    def fit(self, path: str) -> int:
        """Return how much of a path the entry covers, 0 where it is another place."""
        return max(
            len(own) if path == own or (own != "/" and path.startswith(f"{own}/")) else 0
            for own in self.paths
        )


class Link(NamedTuple):
    """An entry as one page shows it, with how much waits there."""

    url: str
    label: str
    is_current: bool
    waits: int
    is_more: bool


def init_app(app: Flask) -> None:
    """Connect globals, the style bundle and compression."""
    app.extensions["academy.slots"] = defaultdict(list)
    app.extensions["academy.navigation"] = []
    app.extensions["academy.waiting"] = []
    app.jinja_env.globals.update(
        url_for=address, asset=asset, slot=fill_slot, drawn=drawn, status_look=look, THEMES=THEMES
    )
    app.jinja_env.filters["without"] = _without
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.context_processor(_page_context)
    app.add_url_rule("/static/academy.<digest>.css", "stylesheet", access.public(stylesheet))
    app.after_request(_cache_static)
    app.config.setdefault("COMPRESS_ALGORITHM", ["gzip"])
    app.config.update(COMPRESS_MIN_SIZE=SMALL, COMPRESS_LEVEL=QUICK, COMPRESS_REGISTER=False)
    compress.init_app(app)
    app.after_request(_compress)


def _compress(answer: Response) -> Response:
    """Compress what is worth it; what is small goes as it is, without a look at what the browser takes.

    Pages, which come most often, go by a shorter way than files and what can be asked for by its tag.
    """
    if (answer.content_length or SMALL) < SMALL:
        return answer
    if answer.mimetype != "text/html" or answer.status_code != 200 or answer.is_streamed:
        return compress.after_request(answer)
    answer.vary.add("Accept-Encoding")
    if _takes_gzip(request.headers.get("Accept-Encoding", "")):
        answer.set_data(gzip_ng.compress(answer.get_data(), QUICKER, mtime=0))
        answer.headers["Content-Encoding"] = "gzip"
    return answer


@lru_cache(maxsize=MOST_BROWSERS)
def _takes_gzip(said: str) -> bool:
    return parse_accept_header(said, Accept)["gzip"] > 0


def slot(app: Flask, name: str, function: Slot) -> None:
    """Let a room fill a named place in another room's page; called in app.py only."""
    app.extensions["academy.slots"][name].append(function)


def drawn(name: str, **values: object) -> Markup:
    """Return a fragment that shows nothing but the values given to it, in the language of the page.

    So the same values give the same fragment, which is remembered; nothing ever has to be forgotten. The
    template sees no request, no person and no token. Values are those that a dictionary takes for keys.
    """
    return _remembered_drawing(name, language(), **values)


@lru_cache(maxsize=MOST_DRAWINGS, typed=True)
def _remembered_drawing(_name: str, _language: str, **values: object) -> Markup:
    return Markup(current_app.jinja_env.get_template(_name).render(values))  # noqa: S704 -- rendered


def fill_slot(name: str, **context: object) -> Markup:
    """Return what the rooms put into a named place, in the order of registration."""
    functions = current_app.extensions["academy.slots"][name]
    return Markup("".join(function(**context) for function in functions))  # noqa: S704 -- rendered by rooms


def waiting() -> int:
    """Return how much work waits for the signed-in person's decision, in all rooms; asked once a request."""
    if "waiting" not in g:
        g.waiting = sum(count() for count in current_app.extensions["academy.waiting"])
    return int(g.waiting)


def toast(text: str, *, undo: str, fields: Mapping[str, str]) -> None:
    """Say on the next page what was done on this one, and offer to undo it: a POST of the fields."""
    flash({"text": text, "undo": undo, "fields": dict(fields)}, "toast")  # type: ignore[arg-type]


def address(endpoint: str, **values: Any) -> str:
    """Return the address of a page, for templates.

    It follows from endpoint and values alone, for the Academy stands at the root of its host, so the last few
    thousand are remembered; a value that cannot be remembered, as a list, is put together afresh.
    """
    try:
        return _remembered_address(endpoint, **values)
    except TypeError:
        return url_for(endpoint, **values)


@lru_cache(maxsize=MOST_ADDRESSES, typed=True)
def _remembered_address(endpoint: str, **values: Any) -> str:
    return url_for(endpoint, **values)


@cache
def asset(path: str) -> str:
    """Return the address of a static file, with a digest of its content, cacheable for ever."""
    if path == "academy.css":
        return f"/static/academy.{_bundle()[0]}.css"
    return f"/static/{quote(path)}?v={_digest(path)}"


def stylesheet(digest: str) -> Response:
    """Serve all stylesheets as one: tokens, base, then components by name."""
    return Response(_bundle()[1], mimetype="text/css", headers={"Cache-Control": IMMUTABLE})


@cache
def _bundle() -> tuple[str, bytes]:
    folder = STATIC / "css"
    first = [folder / "tokens.css", folder / "base.css"]
    rest = sorted(path for path in folder.rglob("*.css") if path not in first)
    text = "\n".join(path.read_text("utf-8") for path in [*first, *rest] if path.exists())
    content = STYLE_URL.sub(lambda found: f'url("{found[1]}?v={_digest(found[1])}")', text).encode()
    return hashlib.sha256(content).hexdigest()[:12], content


@cache
def _digest(path: str) -> str:
    file = STATIC / path
    return hashlib.sha256(file.read_bytes()).hexdigest()[:12] if file.is_file() else "missing"


def _cache_static(answer: Response) -> Response:
    if request.endpoint == "static" and request.args.get("v") and answer.status_code in {200, 304}:
        answer.headers["Cache-Control"] = IMMUTABLE
    return answer


def _without(pairs: Mapping[str, object], *names: str) -> dict[str, object]:
    return {name: value for name, value in pairs.items() if name not in names}


def _page_context() -> dict[str, object]:
    """Return what every template sees; a page is made of several, so it is gathered once for a request."""
    spoken = language()
    gathered = g.setdefault("page_context", {})
    if spoken not in gathered:
        config = current_app.config
        links = _navigation()
        gathered[spoken] = {
            "navigation": tuple(link for link in links if not link.is_more),
            "navigation_more": tuple(link for link in links if link.is_more),
            "settings_texts": {name: config[f"{name.upper()}_{spoken.upper()}"] for name in SETTING_TEXTS},
            "demo_mode": demo_mode(),
        }
    found: dict[str, object] = gathered[spoken]
    return found


def demo_mode() -> bool:
    """Say whether demo data was loaded into this instance."""
    return os.path.exists(f"{current_app.config['INSTANCE_PATH']}/demo-loaded")


def _navigation() -> list[Link]:
    if not has_request_context():  # a mail is written by a job or a command
        return []
    roles: frozenset[str] = (
        current_user.roles if current_user and current_user.is_authenticated else frozenset({"anonymous"})
    )
    entries = _entries(tuple(current_app.extensions["academy.navigation"]), roles, language())
    path = request.path
    fits = [entry.fit(path) for entry in entries]
    here = fits.index(max(fits)) if any(fits) else None
    return [
        Link(entry.url, entry.label, place == here, entry.count() if entry.count else 0, entry.is_more)
        for place, entry in enumerate(entries)
    ]


@lru_cache(maxsize=MOST_NAVIGATIONS)
def _entries(known: tuple[NavigationItem, ...], roles: frozenset[str], _language: str) -> tuple[Entry, ...]:
    """Return the entries for people with these roles, in the language of the page, which is the one given."""
    items: dict[str, NavigationItem] = {}
    for item in known:
        if not item.roles or item.roles & roles:
            items.setdefault(item.endpoint, item)
    by_rank = sorted(items.values(), key=lambda item: item.rank)
    kept = {item.endpoint for item in by_rank[:MOST_ENTRIES]}
    return tuple(
        Entry(
            address(item.endpoint),
            str(item.label),
            (address(item.endpoint), *item.also),
            item.count,
            item.endpoint not in kept,
        )
        for item in items.values()
    )
