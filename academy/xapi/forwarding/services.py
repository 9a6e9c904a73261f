"""What an administrator decides about targets; each decision is on record."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from flask_babel import gettext as _

from academy import audit, clock, jobs
from academy.db import db
from academy.errors import Conflict, Invalid, NotFound
from academy.xapi import formats, moments
from academy.xapi.editions import Edition
from academy.xapi.forwarding import sealing, selecting, sending
from academy.xapi.forwarding.models import ForwardingTarget as Target
from academy.xapi.models import Statement

JOB = "xapi.deliver"


@dataclass(frozen=True, slots=True)
class Standing:
    """A target as it is shown: how much waits and since when, and what blocks the way."""

    target: Target
    waiting: int
    refused: UUID | None

    @property
    def upto(self) -> datetime | None:
        """Return the moment up to which the target has what it asked for."""
        return moments.moment(self.target.cursor) if self.target.cursor else None

    @property
    def state(self) -> str:
        """Return one word: paused, refused, failing, behind or current."""
        if self.target.paused:
            return "paused"
        if self.target.refused is not None:
            return "refused"
        if self.target.error:
            return "failing"
        return "behind" if self.waiting else "current"


def add(
    name: str,
    *,
    endpoint: str,
    credential: tuple[str, str],
    version: str,
    filters: tuple[list[str], list[str]],
) -> Target:
    """Add a target, which gets all statements from the first on; `filters` are IRIs of verbs and activities.

    Raises Invalid, Conflict where the name is taken.
    """
    verbs, activities = filters
    key, secret = credential
    bad = [iri for iri in (*verbs, *activities) if not formats.is_iri(iri)]
    if bad:
        raise Invalid(_("%(iri)s is not an IRI.", iri=bad[0]))
    if not name.strip() or not key or not secret:
        raise Invalid(_("Give a name, a key and a secret."))
    if version not in set(Edition):
        raise Invalid(_("Choose one of the versions."))
    if db.session.scalar(sa.select(Target.id).where(Target.name == name.strip())):
        raise Conflict(_("There is another store called %(name)s already.", name=name.strip()))
    target = Target(
        name=name.strip(),
        endpoint=sending.checked_endpoint(endpoint),
        version=version,
        key=key,
        secret=sealing.sealed(secret),
        verbs=verbs,
        activities=activities,
    )
    db.session.add(target)
    db.session.flush()
    after = {"endpoint": target.endpoint, "verbs": verbs, "activities": activities}
    audit.record("xapi.forward.add", target=_named(target), after=after)
    wake(target)
    return target


def pause(target: Target) -> None:
    """Send nothing more until it is resumed."""
    target.paused = True
    audit.record("xapi.forward.pause", target=_named(target))


def resume(target: Target) -> None:
    """Send again, at once, after a pause or a failure; a refused statement is tried again."""
    audit.record("xapi.forward.resume", target=_named(target))
    _go_on(target)


def skip(target: Target) -> None:
    """Leave out the statement that the other store refuses, and go on; raises Conflict if there is none."""
    if target.refused is None:
        raise Conflict(_("%(name)s refuses no statement.", name=target.name))
    left_out = str(refused(target))
    audit.record("xapi.forward.skip", target=_named(target), after={"statement": left_out})
    target.cursor, target.skipped = target.refused, target.skipped + 1
    _go_on(target)


def remove(target: Target) -> None:
    """Forget a target; what it has stays there."""
    audit.record("xapi.forward.remove", target=_named(target))
    db.session.delete(target)


def wake(target: Target, *, due: datetime | None = None) -> None:
    """Have a worker send to a target."""
    jobs.add(JOB, due=due, target=str(target.public_id))


def every() -> list[Standing]:
    """Return all targets with how far each is."""
    connection = db.session.connection()
    targets = db.session.scalars(sa.select(Target).order_by(Target.name)).all()
    return [Standing(one, selecting.waiting(connection, one), refused(one)) for one in targets]


def names() -> list[str]:
    """Return what the other stores are called."""
    return list(db.session.scalars(sa.select(Target.name).order_by(Target.name)))


def named(name: str) -> Target:
    """Return the target with a name; raises NotFound."""
    return _found(Target.name == name, name)


def by_public_id(public_id: UUID) -> Target:
    """Return the target with a public id; raises NotFound."""
    return _found(Target.public_id == public_id, str(public_id))


def refused(target: Target) -> UUID | None:
    """Return the id of the statement that the other store refuses."""
    if target.refused is None:
        return None
    return db.session.scalar(sa.select(Statement.id).where(Statement.seq == target.refused))


def _go_on(target: Target) -> None:
    target.paused, target.refused, target.failures, target.error = False, None, 0, None
    target.due = clock.now()
    wake(target)


def _found(condition: sa.ColumnElement[bool], text: str) -> Target:
    target = db.session.scalar(sa.select(Target).where(condition))
    if target is None:
        raise NotFound(f"there is no target {text}")
    return target


def _named(target: Target) -> audit.Target:
    return audit.Target(str(target.public_id), target.name)
