"""Reads that may lag: where DATABASE_REPLICA_URL names a copy of the database, views that say so read it.

A person's own pages do not say so. Others come from the primary for whoever has just written, so that
everybody finds what they did; and for everybody where the copy is away or further behind than it may be.
See docs/decisions/0011-a-replica-for-what-may-lag.md.
"""

import functools
import logging
import time
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import sqlalchemy as sa
from flask import Flask, Response, current_app, g, has_request_context, request
from flask_login import current_user
from flask_sqlalchemy.session import Session
from sqlalchemy.sql.dml import UpdateBase

from academy.transactions import reading

log = logging.getLogger(__name__)

View = TypeVar("View", bound=Callable[..., Any])

BIND = "replica"
WALKING = {None: "walking", BIND: "walking-replica"}
COOKIE = "wrote"
LONGEST_LAG = 60.0
LOOKED_EVERY = 5.0

#: Workers give signs of life, so that there is always something to replay; see `academy.workers`.
_LAG = sa.text(
    "SELECT CASE WHEN pg_is_in_recovery() "
    "THEN extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp()) ELSE 0 END"
)


class RoutedSession(Session):
    """A session that reads from the replica inside of views that may lag, and writes to the primary.

    Inside of `db.transaction` it joins that one.
    """

    def get_bind(self, mapper: Any = None, clause: Any = None, bind: Any = None, **others: Any) -> Any:
        """Choose the engine of a statement, or the connection that is open."""
        if bind is None and (open_now := opened()) is not None:
            return open_now
        if bind is None and _reads_copy() and not self._flushing and not isinstance(clause, UpdateBase):
            return self._db.engines[BIND]
        return super().get_bind(mapper=mapper, clause=clause, bind=bind, **others)


def opened() -> sa.Connection | None:
    """Return the connection of the present `db.transaction`, if there is one."""
    found: sa.Connection | None = g.get("opened_connection")
    return found


def present_engine(engines: Mapping[str | None, sa.Engine], *, walks: bool) -> sa.Engine:
    """Return the engine of the copy inside of views that may lag, else that of the primary.

    For walks it is the one with connections for them, where the database has such (`transactions.WALKS`).
    """
    name = BIND if _reads_copy() else None
    return engines.get(WALKING[name], engines[name]) if walks else engines[name]


def _reads_copy() -> bool:
    return has_request_context() and g.get("reads_copy", False)


class Replica:
    """The copy of the database, and whether it can be read just now."""

    def __init__(self, engine: sa.Engine) -> None:
        """Take the engine of the copy."""
        self.engine = engine
        self._looked, self._is_good = float("-inf"), False

    def is_good(self) -> bool:
        """Say whether the copy answers and is not too far behind; asks it every few seconds."""
        if time.monotonic() - self._looked > LOOKED_EVERY:
            self._looked = time.monotonic()
            self._note(self.trouble())
        return self._is_good

    def trouble(self) -> str:
        """Ask the copy; return why it cannot be read, or nothing where it can."""
        try:
            with reading(), self.engine.connect() as connection:
                lag = connection.scalar(_LAG)
        except sa.exc.SQLAlchemyError as error:
            return f"does not answer: {error}"
        return "" if lag is not None and lag <= LONGEST_LAG else f"is {lag} seconds behind"

    def follows(self) -> bool:
        """Say whether the copy is one that is kept by its primary, not a database of its own."""
        with reading(), self.engine.connect() as connection:
            return bool(connection.scalar(sa.text("SELECT pg_is_in_recovery()")))

    def _note(self, trouble: str) -> None:
        if trouble and self._is_good:
            log.warning("the replica %s; the primary is read instead", trouble)
        self._is_good = not trouble


def read_copy() -> None:
    """Read the copy for the rest of this request, if it is good and the reader has not just written.

    Who is signed in is asked of the primary before.
    """
    replica: Replica | None = current_app.extensions.get("academy.replica")
    if replica is None or request.method not in {"GET", "HEAD"} or g.get("writes", False):
        return
    if COOKIE not in request.cookies and replica.is_good():
        g.reads_copy = True


def may_lag(view: View) -> View:
    """Let a view, which only reads, show what is up to a minute old."""
    return _wrapped(view, guests_only=False)


def may_lag_for_guests(view: View) -> View:
    """Let a view show guests what is up to a minute old; to who is signed in it shows their own."""
    return _wrapped(view, guests_only=True)


def _wrapped(view: View, *, guests_only: bool) -> View:
    @functools.wraps(view)
    def lagging(*arguments: Any, **named: Any) -> Any:
        if not (current_user.is_authenticated and guests_only):
            read_copy()
        return view(*arguments, **named)

    lagging.may_lag = True  # type: ignore[attr-defined]
    return lagging  # type: ignore[return-value]


def is_copy(connection: sa.Connection) -> bool:
    """Say whether a connection is one to the replica."""
    return bool(connection.engine.get_execution_options().get(BIND, False))


def init_app(app: Flask, engine: sa.Engine | None) -> None:
    """Take the engine of the replica, where there is one, and mark those who have written."""
    if engine is not None:
        app.extensions["academy.replica"] = Replica(engine)
        app.after_request(_mark_writer)


def _mark_writer(answer: Response) -> Response:
    """Give a browser that has written a mark that lasts for as long as the copy may not have it yet."""
    writes = request.method not in {"GET", "HEAD", "OPTIONS"} or g.get("writes", False)
    if writes and request.cookies and answer.status_code < 400:  # packages and LRS clients have no cookies
        answer.set_cookie(
            COOKIE,
            "1",
            max_age=int(LONGEST_LAG + 2 * LOOKED_EVERY),
            secure=bool(current_app.config["SESSION_COOKIE_SECURE"]),
            httponly=True,
            samesite="Lax",
        )
    return answer
