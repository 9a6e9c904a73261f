"""Who sends a request: credentials, how fast they may send, and the note that they are in use."""

import base64
import binascii
import logging
import math

import sqlalchemy as sa
from flask import current_app, g

from academy.db import db, reading, release
from academy.xapi import credentials
from academy.xapi.credentials import Bearer
from academy.xapi.errors import NotAuthenticated, TooManyRequests
from academy.xapi.pace import pace
from academy.xapi.resources.calls import Call

log = logging.getLogger(__name__)


def authenticated(call: Call) -> Bearer:
    """Return who asks. Raises NotAuthenticated, TooManyRequests."""
    key, secret = _sent(call)
    who = credentials.remembered(db.engine.pool, key=key, secret=secret) or _found(key, secret)
    _heed_pace(who)
    if credentials.use_is_due(who):
        _note_use(who)
    return who


def _sent(call: Call) -> tuple[str, str]:
    header = call.header("Authorization")
    if header is None:
        raise NotAuthenticated("send credentials by Basic authentication")
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        raise NotAuthenticated("only Basic authentication is spoken here")
    try:
        key, _, secret = base64.b64decode(encoded.strip(), validate=True).decode("utf-8").partition(":")
    except (binascii.Error, UnicodeDecodeError) as error:
        raise NotAuthenticated("the Authorization header cannot be read") from error
    return key, secret


def _found(key: str, secret: str) -> Bearer:
    """Look them up, in a transaction of its own: reading a large batch must not lock the database."""
    with reading():
        connection = db.session.connection()
        found = None if "\0" in key else credentials.bearer(connection, key=key, secret=secret)
    release()
    if found is None:
        raise NotAuthenticated("these credentials are unknown, wrong, revoked or expired")
    return found


def _heed_pace(who: Bearer) -> None:
    default = int(current_app.config["XAPI_REQUESTS_PER_MINUTE"])
    most = default if who.per_minute is None else who.per_minute
    seconds = pace.wait(who.key, per_minute=most) if most else 0
    if seconds:
        raise TooManyRequests(
            f"these credentials may send {most} requests a minute", seconds=math.ceil(seconds)
        )


def _note_use(who: Bearer) -> None:
    """Note the use in a transaction of its own, before that of the request; nothing depends on it."""
    before, g.writes = g.get("writes", False), True
    try:
        credentials.note_use(db.session.connection(), key=who.key)
        release()
    except sa.exc.SQLAlchemyError:
        db.session.rollback()
        log.warning("the use of credential %s could not be noted", who.key, exc_info=True)
    finally:
        g.writes = before
