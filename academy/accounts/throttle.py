"""Limits on guessing passwords and on asking for mail; accounts and places are kept as keyed hashes only.

Nobody can lock a colleague out. A browser that signed in to the account before has a budget of its own, which
no stranger can spend. Elsewhere attempts are slowed down, not shut off, and one account's failures never
stop another account at the same place. A link by mail lets the owner in at any time.
"""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from flask import current_app

from academy import clock
from academy.accounts import browsers
from academy.accounts.models import SignInAttempt
from academy.db import db

WINDOW = timedelta(minutes=15)
DAY = timedelta(days=1)
MOST_HERE = 5
MOST_ELSEWHERE = 30
MOST_A_DAY = 100
MOST_PLACE = 100
MOST_PLACE_EVER = 1000
MOST_MAILS = 3
PAUSE_HERE = timedelta(minutes=1)
PAUSE_ELSEWHERE = timedelta(seconds=30)
PAUSE_A_DAY = timedelta(minutes=5)


@dataclass(frozen=True)
class Origin:
    """For which account somebody tries, and from where: a place, or a browser known for that account."""

    account: str
    place: str
    known: bool


@dataclass(frozen=True)
class Allowance:
    """How many attempts are left at once; the wait when there are none, and the pause after the last."""

    left: int
    wait: timedelta = timedelta(0)
    pause: timedelta = PAUSE_HERE


@dataclass(frozen=True)
class Limit:
    """So many attempts at once within a window; after that one in each pause, or none until it frees."""

    which: sa.ColumnElement[bool]
    most: int
    window: timedelta = WINDOW
    pause: timedelta | None = None

    def allowance(self) -> Allowance:
        """Return what is left of it now."""
        now = clock.now()
        newest = sa.select(SignInAttempt.at).where(self.which, SignInAttempt.at > now - self.window)
        times: list[datetime] = list(
            db.session.scalars(newest.order_by(SignInAttempt.at.desc()).limit(self.most))
        )
        if len(times) < self.most:
            return Allowance(self.most - len(times), pause=self.pause or self.window)
        free = times[0] + self.pause if self.pause else times[-1] + self.window
        if free <= now:
            return Allowance(1, pause=self.pause or self.window)
        return Allowance(0, free - now)


def key(kind: str, value: str) -> str:
    """Return the keyed hash that stands for an account, a place or a browser."""
    secret = str(current_app.config["SECRET_KEY"]).encode()
    return hmac.new(secret, f"{kind}:{value}".encode(), hashlib.sha256).hexdigest()


def origin(email: str, *, address: str | None, device: str | None = None) -> Origin:
    """Return where an attempt comes from; `device` is the name of a browser that the account knows."""
    if device is not None:
        return Origin(key("account of browser", email), key("browser", device), known=True)
    return Origin(key("account", email), key("address", browsers.place(address)), known=False)


def sign_in_allowance(tried: Origin) -> Allowance:
    """Return how many more times this account may be tried from here."""
    account, place = SignInAttempt.account == tried.account, SignInAttempt.address == tried.place
    here = Limit(sa.and_(account, place), MOST_HERE, pause=PAUSE_HERE)
    if tried.known:
        return here.allowance()
    limits = [
        here,
        Limit(account, MOST_ELSEWHERE, pause=PAUSE_ELSEWHERE),
        Limit(account, MOST_A_DAY, window=DAY, pause=PAUSE_A_DAY),
        Limit(place, MOST_PLACE_EVER),
    ]
    if not Limit(place, MOST_PLACE).allowance().left:
        limits[0] = Limit(
            sa.and_(account, place), 1, pause=PAUSE_HERE
        )  # who fails at many accounts gets one try at each
    return min((limit.allowance() for limit in limits), key=lambda found: (found.left, -found.wait))


def note_sign_in(tried: Origin) -> None:
    """Count an attempt, before the password is looked at; `forget_sign_ins` takes it back."""
    _add(tried.account, tried.place)


def forget_sign_ins(tried: Origin) -> None:
    """Forget the attempts at this account from here, after the right password."""
    which = sa.and_(SignInAttempt.account == tried.account, SignInAttempt.address == tried.place)
    db.session.execute(sa.delete(SignInAttempt).where(which))


def may_mail(email: str, address: str | None) -> bool:
    """Say whether one more mail may go to an address that a stranger typed, and count it."""
    account, place = key("mail to", email), key("mail from", browsers.place(address))
    enough = Limit(SignInAttempt.account == account, MOST_MAILS).allowance().left > 0
    enough = enough and Limit(SignInAttempt.address == place, MOST_PLACE).allowance().left > 0
    if enough:
        _add(account, place)
    return enough


def may_register(address: str | None) -> bool:
    """Say whether one more registration may come from a place, and count it; a class room is no attack."""
    place = key("registration from", browsers.place(address))
    enough = Limit(SignInAttempt.address == place, MOST_PLACE).allowance().left > 0
    if enough:
        _add(key("registration", ""), place)
    return enough


def forget_old() -> None:
    """Remove attempts that no longer limit anything."""
    db.session.execute(sa.delete(SignInAttempt).where(SignInAttempt.at < clock.now() - DAY))


def _add(account: str, address: str) -> None:
    db.session.add(SignInAttempt(account=account, address=address))
    db.session.flush()
