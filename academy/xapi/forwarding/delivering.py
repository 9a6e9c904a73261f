"""Deliver to one target what it lacks; the transaction is never open while the other store is asked.

Who delivers holds the target for a while and says so with each step: a second worker leaves it alone.
"""

import logging
from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa

from academy import clock
from academy.db import db, release
from academy.errors import Invalid
from academy.xapi.forwarding import sealing, selecting, sending
from academy.xapi.forwarding.models import ForwardingTarget as Target
from academy.xapi.forwarding.selecting import Next
from academy.xapi.forwarding.sending import Answer, Place
from academy.xapi.queries import Row

log = logging.getLogger(__name__)

HOLD = timedelta(seconds=120)
FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(hours=1)
MOST_STEPS = 200


class Taken(Exception):
    """Somebody else delivers to this target now, or it was removed, paused or changed in the meantime."""


def deliver(public_id: UUID, *, holder: UUID, steps: int = MOST_STEPS) -> bool:
    """Send what a target lacks; return whether more is left after that many batches. Commits."""
    try:
        for _ in range(steps):
            target = _take(public_id, holder)
            if not _step(target, holder):
                return False
    except Taken:
        return False
    finally:
        db.session.rollback()
        _change(public_id, holder, holder=None, held_until=None)
    return True


def pause_after(failures: int) -> timedelta:
    """Return how long to wait after so many failures in a row."""
    return min(FIRST_PAUSE * 2 ** min(failures - 1, 20), LONGEST_PAUSE)


def _take(public_id: UUID, holder: UUID) -> Target:
    """Hold the target for the next step; raises Taken."""
    now = clock.now()
    free = sa.or_(Target.holder == holder, Target.holder.is_(None), Target.held_until < now)
    ready = (Target.paused.is_(False), Target.refused.is_(None), Target.due <= now)
    if not _update(Target.public_id == public_id, free, *ready, holder=holder, held_until=now + HOLD):
        raise Taken
    target = db.session.scalars(sa.select(Target).where(Target.public_id == public_id)).one()
    db.session.refresh(target)
    db.session.expunge(target)
    release()
    return target


def _step(target: Target, holder: UUID) -> bool:
    """Send the next statements; return whether there may be more."""
    following = selecting.following(target)
    if not following.rows:
        _move(target, holder, following.upto, 0)
        return False
    try:
        place = Place(target.endpoint, target.version, target.key, sealing.opened(target.secret))
    except Invalid as fault:
        return _fail(target, holder, str(fault))
    answer = sending.send(place, following.rows)
    if answer.is_received:
        _move(target, holder, following.upto, len(following.rows))
        return True
    if not answer.is_about_content:
        return _fail(target, holder, answer.said)
    return _one_by_one(target, holder, following, place)


def _one_by_one(target: Target, holder: UUID, following: Next, place: Place) -> bool:
    """Find out which statement of a batch is refused; those before it are delivered."""
    for row in following.rows:
        answer = sending.send(place, [row])
        if answer.status == 409:  # it has the id already
            log.info("%s has a statement with the id of seq %s already", target.name, row.seq)
        elif answer.is_about_content:
            return _block(target, holder, row, answer)
        elif not answer.is_received:
            return _fail(target, holder, answer.said)
        _move(target, holder, row.seq, 1)
    _move(target, holder, following.upto, 0)
    return True


def _move(target: Target, holder: UUID, upto: int, count: int) -> None:
    """Note what has arrived; raises Taken where somebody else has moved the target."""
    told = {"sent": Target.sent + count, "last_sent": clock.now()} if count else {}
    upto = max(upto, target.cursor)
    values = {"cursor": upto, "failures": 0, "error": None, "held_until": clock.now() + HOLD, **told}
    if not _change(target.public_id, holder, **values):
        raise Taken
    target.cursor = upto


def _fail(target: Target, holder: UUID, said: str) -> bool:
    failures = target.failures + 1
    due = clock.now() + pause_after(failures)
    _change(target.public_id, holder, failures=failures, error=said, due=due)
    log.warning("%s does not take statements (%s times): %s", target.name, failures, said)
    return False


def _block(target: Target, holder: UUID, row: Row, answer: Answer) -> bool:
    """Stop at a statement that the other store refuses, until an administrator decides."""
    _change(target.public_id, holder, refused=row.seq, error=answer.said)
    log.warning("%s refuses the statement with seq %s: %s", target.name, row.seq, answer.said)
    return False


def _change(public_id: UUID, holder: UUID, /, **values: object) -> int:
    changed = _update(Target.public_id == public_id, Target.holder == holder, **values)
    release()
    return changed


def _update(*where: sa.ColumnElement[bool], **values: object) -> int:
    change = sa.update(Target).where(*where).values(**values).execution_options(synchronize_session=False)
    return int(db.session.execute(change).rowcount)  # type: ignore[attr-defined]
