"""A cookie that names this browser and the accounts signed in to from it, as keyed hashes.

It spares the owner of an account the limits that strangers' guesses exhaust; it opens nothing. Shared
computers do not get it.
"""

import secrets

from flask import Response, current_app, request
from itsdangerous import BadSignature, URLSafeSerializer

from academy.accounts import throttle

COOKIE = "known"
MOST = 5
SECONDS = 180 * 86_400
PATH = "/sign-in"


def device_for(email: str) -> str | None:
    """Return the name of this browser where the account was signed in to from it, else None."""
    device, accounts = _kept()
    return device if throttle.key("known account", email) in accounts else None


def remember(answer: Response, email: str) -> None:
    """Add an account to what this browser is known for."""
    device, accounts = _kept()
    own = throttle.key("known account", email)
    kept = [own, *(key for key in accounts if key != own)][:MOST]
    value = _serializer().dumps([device or secrets.token_hex(8), kept])
    answer.set_cookie(
        COOKIE,
        value,
        max_age=SECONDS,
        httponly=True,
        samesite="Lax",
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        path=PATH,
    )


def forget(answer: Response) -> None:
    """Take the cookie back."""
    answer.delete_cookie(COOKIE, path=PATH, secure=current_app.config["SESSION_COOKIE_SECURE"])


def _kept() -> tuple[str, list[str]]:
    try:
        device, accounts = _serializer().loads(request.cookies.get(COOKIE, ""))
        return str(device), [str(one) for one in accounts]
    except (BadSignature, ValueError, TypeError):
        return "", []


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.config["SECRET_KEY"]), salt="known browsers, 2")
