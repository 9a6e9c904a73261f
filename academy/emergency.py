"""The page for when something fails: it asks neither database nor store, and has no file beside it."""

import base64
import hashlib
from functools import cache
from pathlib import Path

from flask import Response, current_app, request
from flask_babel import force_locale
from markupsafe import Markup

from academy.locale import COOKIE, LANGUAGES

TEMPLATES = Path(__file__).parent / "templates"
PICTURE = Path(__file__).parent / "static" / "img" / "broken.svg"

CONTENT_SECURITY = (
    "default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)


def page(*, title: object, message: object, code: str) -> Response:
    """Say what happened, in the language that the request itself tells of; `code` may be quoted."""
    language = _language()
    with force_locale(language):
        text = current_app.jinja_env.get_template("errors/emergency.html").render(
            language=language,
            name=current_app.config[f"NAME_{language.upper()}"],
            title=title,
            message=message,
            code=code,
            again=request.full_path.rstrip("?") if request.method == "GET" else None,
            style=Markup(_style()),  # noqa: S704 -- a file of ours
            picture=Markup(_picture()),  # noqa: S704 -- a file of ours
        )
    digest = base64.b64encode(hashlib.sha256(_style().encode()).digest()).decode()
    headers = {"Content-Security-Policy": CONTENT_SECURITY.format(digest=digest), "Cache-Control": "no-store"}
    return Response(text, content_type="text/html; charset=utf-8", headers=headers)


def _language() -> str:
    chosen = request.cookies.get(COOKIE)
    return chosen if chosen in LANGUAGES else request.accept_languages.best_match(LANGUAGES) or "en"


@cache
def _style() -> str:
    return (TEMPLATES / "errors" / "emergency.css").read_text("utf-8")


@cache
def _picture() -> str:
    return PICTURE.read_text("utf-8").replace("<svg ", '<svg aria-hidden="true" ', 1)
