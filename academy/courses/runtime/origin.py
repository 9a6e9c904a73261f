"""The content origin: hosts of their own for package files, with headers of their own and no cookies."""

import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any

from flask import Blueprint, Flask, Response, g, request
from werkzeug.middleware.proxy_fix import ProxyFix

from academy.courses.runtime import content_api, content_files
from academy.courses.runtime.addresses import ContentHosts
from academy.security import access, app_origins
from academy.web import APART

PREFIX = "/_content"
_FILE = re.compile(r"/v/([0-9a-fA-F-]{36})/(.*)", re.DOTALL)

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

CONTENT_SECURITY = (
    "default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:; form-action 'self'; base-uri 'self'; "
    "frame-ancestors 'self' {ancestors}"
)

blueprint = Blueprint("content", __name__, url_prefix=f"{PREFIX}/<label>", template_folder="../templates")


def by_host(app: Flask) -> Wsgi:
    """Return the WSGI application that sends requests for content hosts to the content routes only.

    It stands behind the proxy fix, where there is one, so that it sees the host that the browser asked.
    """
    hosts = ContentHosts(str(app.config["CONTENT_ORIGIN"]))
    if isinstance(app.wsgi_app, ProxyFix):
        app.wsgi_app.app = _dispatcher(app.wsgi_app.app, hosts)
        return app.wsgi_app
    return _dispatcher(app.wsgi_app, hosts)


def _dispatcher(inner: Wsgi, hosts: ContentHosts) -> Wsgi:
    def dispatch(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        found = hosts.match(environ.get("HTTP_HOST", ""), environ.get("PATH_INFO", ""))
        if found is not None:
            environ.pop("HTTP_COOKIE", None)
            environ[APART] = found[0]
            environ["PATH_INFO"] = _inner_path(environ, *found)
        return inner(environ, start_response)

    return dispatch


def _inner_path(environ: dict[str, Any], label: str, path: str) -> str:
    """Return the path of the content route; the name of a package file goes beside it, as it came."""
    file = _FILE.fullmatch(path)
    if file is not None:
        environ[content_files.PATH] = file[2].encode("latin-1")
        return f"{PREFIX}/{label or '-'}/v/{file[1]}"
    return f"{PREFIX}/{label or '-'}{path}"


@blueprint.before_request
def _admit() -> Response | None:
    """Answer on content hosts only, and never with a service worker."""
    if APART not in request.environ:
        return content_files.nothing_here()
    g.own_headers = True
    if request.headers.get("Service-Worker") == "script":
        return content_files.nothing_here(403)
    return None


@blueprint.after_request
def _set_headers(answer: Response) -> Response:
    answer.headers.update(_headers(app_origins()))
    return answer


@lru_cache(maxsize=8)
def _headers(ancestors: tuple[str, ...]) -> dict[str, str]:
    return {
        "Content-Security-Policy": CONTENT_SECURITY.format(ancestors=" ".join(ancestors)),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Origin-Agent-Cluster": "?1",
    }


@access.token
def elsewhere(label: str, path: str = "") -> Response:
    """Answer every other address of a content host."""
    return content_files.nothing_here()


blueprint.add_url_rule("/v/<uuid:version>", view_func=content_files.package_file)
blueprint.add_url_rule("/_api/commit", view_func=content_api.commit, methods=["POST"])
blueprint.add_url_rule("/_api/state", view_func=content_api.state, methods=["GET", "POST"])
blueprint.add_url_rule("/_api/clear", view_func=content_api.clear)
blueprint.add_url_rule("/_api/<token>", view_func=content_api.api_page)
blueprint.add_url_rule("/_player/<digest>/<name>", view_func=content_api.script)
_ANY = ["GET", "POST", "PUT", "PATCH", "DELETE"]
blueprint.add_url_rule("/", view_func=elsewhere, methods=_ANY)
blueprint.add_url_rule("/<path:path>", view_func=elsewhere, methods=_ANY)
