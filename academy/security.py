"""Access policies of routes, CSRF, and the headers of the app's own pages."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from flask import Flask, Response, abort, current_app, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from academy.errors import NotAllowed

View = TypeVar("View", bound=Callable[..., object])

LARGEST_BODY = 8_000_000

csrf = CSRFProtect()

CONTENT_SECURITY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'; frame-src {frames}"
)


@dataclass(frozen=True)
class Policy:
    """Who may open a route: everybody, bearers of a token, or signed-in people with one of these roles."""

    kind: str
    roles: frozenset[str] = field(default_factory=frozenset)


class access:  # noqa: N801 -- reads as a word in `@access.public`
    """Decorators that state the access policy of a route; each view function has exactly one."""

    @staticmethod
    def public(view: View) -> View:
        """Open the route to everybody."""
        return _with(view, Policy("public"))

    @staticmethod
    def token(view: View) -> View:
        """Leave the check to the view, which asks for a token or credential of its own."""
        return _with(view, Policy("token"))

    @staticmethod
    def signed_in(view: View) -> View:
        """Open the route to every signed-in person."""
        return _with(view, Policy("signed-in"))

    @staticmethod
    def roles(*names: str) -> Callable[[View], View]:
        """Open the route to signed-in people who hold one of the roles."""
        return lambda view: _with(view, Policy("roles", frozenset(names)))


def _with(view: View, policy: Policy) -> View:
    view.access = policy  # type: ignore[attr-defined]
    return view


def takes_files(view: View) -> View:
    """Let signed-in people send as much as the upload limit allows, and everybody else a form's worth."""
    view.takes_files = True  # type: ignore[attr-defined]
    return view


def policy_of(endpoint: str) -> Policy | None:
    """Return the access policy of an endpoint, or None where a developer forgot it."""
    if endpoint == "static" or endpoint.endswith(".static"):
        return Policy("public")
    return getattr(current_app.view_functions[endpoint], "access", None)


def init_app(app: Flask) -> None:
    """Enforce policies before each request and set the headers after it."""
    app.before_request(_allow_files)  # before the token of the form is read, and with it the body
    csrf.init_app(app)
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    app.config.update(SESSION_COOKIE_HTTPONLY=True, SESSION_COOKIE_SAMESITE="Lax", WTF_CSRF_TIME_LIMIT=None)
    if str(app.config["BASE_URL"]).startswith("https:"):
        app.config.update(SESSION_COOKIE_SECURE=True, SESSION_COOKIE_NAME="__Host-session")
    hops = int(app.config["TRUSTED_PROXIES"])
    if hops:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    app.before_request(_check_access)
    app.after_request(_set_headers)


def _allow_files() -> None:
    view = current_app.view_functions.get(request.endpoint or "")
    if getattr(view, "takes_files", False) and "_user_id" in session:
        request.max_content_length = (int(str(current_app.config["UPLOAD_LIMIT_MB"])) + 1) * 1_000_000


def _check_access() -> ResponseReturnValue | None:
    if request.endpoint is None:
        return None
    policy = policy_of(request.endpoint)
    if policy is None:
        raise RuntimeError(f"{request.endpoint} has no access policy")
    if policy.kind == "token":
        return None
    if _has_nul():
        abort(400)
    if policy.kind == "public":
        return None
    if not current_user.is_authenticated:
        place = request.full_path.rstrip("?") if request.method == "GET" else None
        return redirect(url_for("accounts.sign_in", next=place), 303)
    if policy.kind == "roles" and not policy.roles & current_user.roles:
        raise NotAllowed
    return None


def _has_nul() -> bool:
    """Say whether what was sent holds the one character that databases refuse in a text."""
    sent = [*request.args.items(multi=True), *request.form.items(multi=True)]
    return "\0" in request.path or any("\0" in text for pair in sent for text in pair)


def _set_headers(answer: Response) -> Response:
    if g.get("own_headers", False):  # pages of the content origin bring theirs
        return answer
    frames = g.get("frame_origin", "'none'")
    answer.headers.setdefault("Content-Security-Policy", CONTENT_SECURITY.format(frames=frames))
    answer.headers.setdefault("X-Content-Type-Options", "nosniff")
    answer.headers.setdefault("Referrer-Policy", "same-origin")
    answer.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    answer.headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
    if str(current_app.config["BASE_URL"]).startswith("https:"):
        answer.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    if "Cache-Control" not in answer.headers and _is_personal():
        answer.headers["Cache-Control"] = "no-store"
    return answer


def _is_personal() -> bool:
    """Say whether an answer may hold what one browser told or was sent a link to; asks no database."""
    policy = policy_of(request.endpoint) if request.endpoint else None
    return bool(session) or (policy is not None and policy.kind == "token")
