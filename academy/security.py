"""Access policies of routes, CSRF, and the headers of the app's own pages."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import TypeVar
from urllib.parse import urlsplit

from flask import Flask, Response, abort, current_app, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_wtf import CSRFProtect
from flask_wtf.csrf import generate_csrf
from itsdangerous import URLSafeTimedSerializer
from werkzeug.middleware.proxy_fix import ProxyFix

from academy.config import is_loopback
from academy.errors import NotAllowed

View = TypeVar("View", bound=Callable[..., object])

LARGEST_BODY = 8_000_000
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
OPEN = frozenset({"/healthz", "/readyz", "/metrics"})  # asked by machines, under whatever name
LOOPBACK = ("localhost", "127.0.0.1")

csrf = CSRFProtect()

CONTENT_SECURITY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'; frame-src {frames}"
)
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "X-Frame-Options": "DENY",
}


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
    app.before_request_funcs.setdefault(None, []).insert(0, _check_host)  # before anything reads the request
    app.before_request(_check_origin)
    app.before_request(_allow_files)  # before the token of the form is read, and with it the body
    csrf.init_app(app)
    app.jinja_env.globals["csrf_token"] = csrf_token
    app.context_processor(lambda: {"csrf_token": csrf_token})  # Flask-WTF puts its own there too
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    app.config.update(SESSION_COOKIE_HTTPONLY=True, SESSION_COOKIE_SAMESITE="Lax", WTF_CSRF_TIME_LIMIT=None)
    app.config["WTF_CSRF_SSL_STRICT"] = False  # some offices strip Referer; Origin is checked instead
    if str(app.config["BASE_URL"]).startswith("https:"):
        app.config.update(SESSION_COOKIE_SECURE=True, SESSION_COOKIE_NAME="__Host-session")
    hops = int(app.config["TRUSTED_PROXIES"])
    if hops:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    app.before_request(_check_access)
    app.after_request(_set_headers)


def csrf_token() -> str:
    """Return the token that the forms of this page carry, as Flask-WTF would, which checks it."""
    if "csrf_token" not in g:
        if "csrf_token" not in session:
            return str(generate_csrf())
        g.csrf_token = _signer(current_app.secret_key).dumps(session["csrf_token"])
    return str(g.csrf_token)


@cache
def _signer(key: str | bytes | None) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(key or "", salt="wtf-csrf-token")


def app_origins() -> tuple[str, ...]:
    """Return the origins at which browsers open the Academy: BASE_URL, and both names of this machine."""
    base = str(current_app.config["BASE_URL"])
    parts = urlsplit(base)
    if parts.hostname not in LOOPBACK:
        return (base,)
    port = f":{parts.port}" if parts.port else ""
    return tuple(f"{parts.scheme}://{name}{port}" for name in LOOPBACK)


def _check_host() -> Response | None:
    """Refuse what was sent to another name: it would end up in addresses. Nothing of it is repeated."""
    named = [str(current_app.config[setting]) for setting in ("BASE_URL", "CONTENT_ORIGIN", "EXTRA_HOSTS")]
    if request.path in OPEN or _is_own_host(request.environ.get("HTTP_HOST", ""), *named):
        return None
    sentence = "This server answers for another name. Operators: see BASE_URL and EXTRA_HOSTS.\n"
    return Response(sentence, 421, content_type="text/plain; charset=utf-8")


@lru_cache(maxsize=256)
def _is_own_host(asked: str, base: str, content: str, extra: str) -> bool:
    host = _host_of(asked)
    own = _host_of(urlsplit(base).netloc)
    if not host or host == own or host in extra.split(","):
        return bool(host)
    if is_loopback(own) and is_loopback(host):
        return True
    before, label, after = _host_of(urlsplit(content).netloc).partition("{label}")
    if not label:
        return host == before
    return len(host) > len(before) + len(after) and host.startswith(before) and host.endswith(after)


def _host_of(netloc: str) -> str:
    """Return the host of what a Host header says, without port and brackets."""
    host = netloc.strip().lower().rstrip(".")
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0]


def _check_origin() -> None:
    """Refuse forms and calls that pages of other origins send; this stands besides the CSRF token."""
    by_token = current_app.blueprints.get(request.blueprint or "") in csrf._exempt_blueprints
    if request.method in SAFE or by_token:
        return
    origin = request.headers.get("Origin")
    if origin is None:
        if request.headers.get("Sec-Fetch-Site", "none") not in {"same-origin", "none"}:
            raise NotAllowed
    elif origin not in (*app_origins(), request.host_url.rstrip("/")):
        raise NotAllowed


def _allow_files() -> None:
    view = current_app.view_functions.get(request.endpoint or "")
    if getattr(view, "takes_files", False) and current_user.is_authenticated:
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
        return redirect(url_for("accounts.sign_in", next=_place()), 303)
    if policy.kind == "roles" and not policy.roles & current_user.roles:
        raise NotAllowed
    return None


def _place() -> str | None:
    """Return where to go on after signing in: this page, or the one whose form was sent."""
    if request.method == "GET":
        return request.full_path.rstrip("?")
    form = urlsplit(request.referrer or "")
    if form.netloc != request.host:
        return None
    return f"{form.path}?{form.query}" if form.query else form.path


def _has_nul() -> bool:
    """Say whether what was sent holds the one character that databases refuse in a text."""
    form = () if request.method in SAFE else request.form.items(multi=True)
    sent = [*request.args.items(multi=True), *form]
    return "\0" in request.path or any("\0" in text for pair in sent for text in pair)


def _set_headers(answer: Response) -> Response:
    wanted: dict[str, str] = {}
    if str(current_app.config["BASE_URL"]).startswith("https:"):
        wanted["Strict-Transport-Security"] = "max-age=31536000"
    if not g.get("own_headers", False):  # pages of the content origin bring theirs
        frames = g.get("frame_origin", "'none'")
        wanted |= ALWAYS | {"Content-Security-Policy": CONTENT_SECURITY.format(frames=frames)}
        if request.endpoint != "static":  # pictures in mail are asked for from anywhere
            wanted["Cross-Origin-Resource-Policy"] = "same-origin"
        if _is_personal():
            wanted["Cache-Control"] = "no-store"
    brought = {name.lower() for name, _value in answer.headers}
    for name, value in wanted.items():
        if name.lower() not in brought:
            answer.headers.add(name, value)
    return answer


def _is_personal() -> bool:
    """Say whether an answer may hold what one browser told or was sent a link to; asks no database."""
    policy = policy_of(request.endpoint) if request.endpoint else None
    return bool(session) or (policy is not None and policy.kind == "token")
