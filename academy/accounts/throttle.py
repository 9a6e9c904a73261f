"""Limits on guessing passwords and on asking for mail; addresses and accounts are kept as keyed hashes only.

A sign-in is limited per account and network address together, so that nobody can lock a colleague out from
elsewhere; and loosely per account over all addresses, which a browser that signed in before does not feel.
"""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from flask import current_app

from academy import clock
from academy.accounts.models import SignInAttempt
from academy.db import db

WINDOW = timedelta(minutes=15)
MOST_HERE = 5
MOST_PER_ACCOUNT = 30
MOST_PER_ADDRESS = 100
MOST_MAILS = 3


@dataclass(frozen=True)
class Allowance:
    """How many attempts are left, and how long to wait when there are none."""

    left: int
    wait: timedelta = timedelta(0)


def key(kind: str, value: str) -> str:
    """Return the keyed hash that stands for an account or an address."""
    secret = str(current_app.config["SECRET_KEY"]).encode()
    return hmac.new(secret, f"{kind}:{value}".encode(), hashlib.sha256).hexdigest()


def sign_in_allowance(email: str, address: str | None, *, known_browser: bool) -> Allowance:
    """Return how many more times this account may be tried from here."""
    account, place = key("account", email), key("address", address or "")
    limits = [
        (sa.and_(SignInAttempt.account == account, SignInAttempt.address == place), MOST_HERE),
        (SignInAttempt.address == place, MOST_PER_ADDRESS),
    ]
    if not known_browser:
        limits.append((SignInAttempt.account == account, MOST_PER_ACCOUNT))
    found = [_allowance(which, most) for which, most in limits]
    return min(found, key=lambda allowance: (allowance.left, -allowance.wait))


def note_sign_in(email: str, address: str | None) -> None:
    """Count an attempt, before the password is looked at; `forget_sign_ins` takes it back."""
    _add(key("account", email), key("address", address or ""))


def forget_sign_ins(email: str, address: str | None) -> None:
    """Forget the attempts at this account from this address, after the right password."""
    which = sa.and_(
        SignInAttempt.account == key("account", email), SignInAttempt.address == key("address", address or "")
    )
    db.session.execute(sa.delete(SignInAttempt).where(which))


def may_mail(email: str, address: str | None) -> bool:
    """Say whether one more mail may go to an address that a stranger typed, and count it."""
    account, place = key("mail to", email), key("mail from", address or "")
    enough = _allowance(SignInAttempt.account == account, MOST_MAILS).left > 0
    enough = enough and _allowance(SignInAttempt.address == place, MOST_PER_ADDRESS).left > 0
    if enough:
        _add(account, place)
    return enough


def forget_old() -> None:
    """Remove attempts that no longer limit anything."""
    db.session.execute(sa.delete(SignInAttempt).where(SignInAttempt.at < clock.now() - WINDOW))


def _allowance(which: sa.ColumnElement[bool], most: int) -> Allowance:
    since = clock.now() - WINDOW
    newest = sa.select(SignInAttempt.at).where(which, SignInAttempt.at > since)
    times: list[datetime] = list(db.session.scalars(newest.order_by(SignInAttempt.at.desc()).limit(most)))
    if len(times) < most:
        return Allowance(most - len(times))
    return Allowance(0, times[-1] + WINDOW - clock.now())


def _add(account: str, address: str) -> None:
    db.session.add(SignInAttempt(account=account, address=address))
    db.session.flush()
