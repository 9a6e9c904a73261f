"""Accepting what a SCO saves: idempotent by launch and number, honest about what had an effect."""

import json
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from academy import clock
from academy.courses.models import Launch
from academy.courses.runtime import cmi, rows, sessions
from academy.courses.runtime.results import End
from academy.courses.runtime.rows import Held, LaunchRow
from academy.courses.runtime.sessions import Track
from academy.courses.runtime.statements import Moment
from academy.db import db
from academy.errors import Invalid, NotFound, TooLarge

LARGEST = 2_000_000
ENDS = frozenset({"", "finish", "leave"})


class Unreadable(Invalid):
    """A commit that is not in the form of the protocol; says what is wrong."""

    message = _l("What the player sent cannot be read.")


@dataclass(frozen=True)
class Commit:
    """What the API page saves: what changed since the last acknowledged number, cumulative.

    `session` is the number at which the present LMSInitialize happened, 0 where content never called it;
    `end` says that the session ends, by LMSFinish or as the learner left; `close`, that the page is left.
    """

    seq: int
    session: int
    end: End
    close: bool
    data: cmi.Cmi


@dataclass(frozen=True)
class Answer:
    """What the player is told: the last number that counts, and whether the launch is open."""

    seq: int
    state: str  # open, superseded, closed


def read(body: bytes) -> tuple[str, Commit]:
    """Read the body of a commit into its token and content; raises Unreadable, TooLarge."""
    if len(body) > LARGEST:
        raise TooLarge(_l("More than 2 MB cannot be saved at once."), limit=LARGEST, size=len(body))
    try:
        told = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Unreadable from error
    if not isinstance(told, dict):
        raise Unreadable
    token, data = told.get("token"), told.get("data", {})
    if not isinstance(token, str) or not isinstance(data, dict):
        raise Unreadable
    return token, Commit(
        seq=_count(told, "seq"),
        session=_count(told, "session"),
        end=_end(told.get("end", "")),
        close=told.get("close") is True,
        data=cmi.clean(data)[0],
    )


def launch_of(public_id: UUID) -> Held:
    """Return a launch for saving, when it is the turn of this transaction; raises NotFound."""
    held = rows.read(public_id)
    if held is None:
        raise NotFound
    return held


def accept(held: Held, commit: Commit) -> Answer:
    """Take a commit in; one whose number is not above the last has no effect and is acknowledged.

    Of a superseded launch, and of a page whose launch was opened once more in another tab, the result counts
    but not the bookmark.
    """
    launch = held.launch
    if held.attempt is None or launch.mode != "normal":
        return Answer(commit.seq, _state(launch))
    is_late = 0 < commit.session < launch.session
    if is_late or commit.seq > launch.seq:
        now = clock.now()
        track = Track(held, held.attempt, Moment(now, commit.seq))
        if not is_late:
            launch.seq, launch.last_seen = commit.seq, now
        if is_late or launch.superseded is not None:
            sessions.take_results(track, commit.data, end=commit.end)
        else:
            _take(track, commit)
        track.store()
    return Answer(commit.seq, "superseded") if is_late else Answer(launch.seq, _state(launch))


def heartbeat(public_id: UUID, *, present: bool) -> str:
    """Say whether a launch is still its browser's; `present` notes that the browser is there.

    A launch that was closed for its silence is open again; nothing is loaded that may be large.
    """
    if present:
        db.session.execute(
            sa.update(Launch)
            .where(Launch.public_id == public_id, Launch.superseded.is_(None))
            .values(last_seen=clock.now(), closed=None)
            .execution_options(synchronize_session=False)
        )
    found = db.session.execute(sa.select(Launch.superseded).where(Launch.public_id == public_id)).first()
    return "open" if found is not None and found.superseded is None else "superseded"


def close_unkept(held: Held) -> None:
    """Close a launch that leaves no tracks."""
    if held.launch.mode != "normal":
        held.launch.closed = held.launch.closed or clock.now()
        held.save()


def _take(track: Track, commit: Commit) -> None:
    launch = track.launch
    if commit.session > launch.session:
        if launch.in_session:
            sessions.finish(track, end="leave")
        sessions.begin(track, session=commit.session)
    elif 0 < commit.session == launch.session and not (launch.in_session or commit.end or commit.close):
        sessions.begin(track, session=commit.session)
    sessions.change(track, commit.data)
    if commit.end and launch.in_session:
        sessions.finish(track, end=commit.end)
    if commit.close:
        launch.closed = track.moment.at


def _state(launch: LaunchRow) -> str:
    if launch.superseded is not None:
        return "superseded"
    return "open" if launch.closed is None else "closed"


def _count(told: dict[str, Any], name: str) -> int:
    value = told.get(name, 0)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**53:
        raise Unreadable
    return value


def _end(value: object) -> End:
    if not isinstance(value, str) or value not in ENDS:
        raise Unreadable
    return cast(End, value)
