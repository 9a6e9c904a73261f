"""A cookie that says which accounts were signed in to from this browser, as keyed hashes.

It spares the owner of an account the limit that strangers' guesses elsewhere exhaust; it opens nothing.
"""

from flask import Response, current_app, request
from itsdangerous import BadSignature, URLSafeSerializer

from academy.accounts import throttle

COOKIE = "known"
MOST = 5
SECONDS = 180 * 86_400


def knows(email: str) -> bool:
    """Say whether this account was signed in to from this browser."""
    return throttle.key("browser", email) in _kept()


def remember(answer: Response, email: str) -> None:
    """Add an account to what this browser is known for."""
    own = throttle.key("browser", email)
    accounts = [own, *(key for key in _kept() if key != own)][:MOST]
    value = _serializer().dumps(accounts)
    answer.set_cookie(
        COOKIE,
        value,
        max_age=SECONDS,
        httponly=True,
        samesite="Lax",
        secure=request.is_secure,
        path="/sign-in",
    )


def _kept() -> list[str]:
    try:
        return list(_serializer().loads(request.cookies.get(COOKIE, "")))
    except BadSignature:
        return []


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.config["SECRET_KEY"]), salt="known browsers")
