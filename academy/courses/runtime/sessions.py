"""The beginning and the end of a SCO's sessions, and what they add to attempt, total time and statements."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

import sqlalchemy as sa

from academy import clock
from academy.accounts import pseudonyms
from academy.accounts.models import Pseudonym
from academy.courses import identifiers
from academy.courses.models import Activity, Attempt, Course, Enrolment, Launch
from academy.courses.runtime import cmi, leaves, results, rows, statements
from academy.courses.runtime.results import End, Result
from academy.courses.runtime.rows import AttemptRow, Held, LaunchRow
from academy.courses.runtime.statements import Event, Json, Moment, Scene, Thing
from academy.db import commit_now, db
from academy.xapi import store, vocabulary

log = logging.getLogger(__name__)

SILENCE = timedelta(minutes=30)
MOST_AT_ONCE = 500
LONGEST_MEASURED_MS = 4 * 3600 * 1000


@dataclass
class Track:
    """A launch that leaves tracks, and the statements that its present change has made so far."""

    held: Held
    attempt: AttemptRow
    moment: Moment
    told: list[Json] = field(default_factory=list)
    _scene: Scene | None = None

    @property
    def launch(self) -> LaunchRow:
        """Return the launch itself."""
        return self.held.launch

    @property
    def scene(self) -> Scene:
        """Return who learns what where; asked of the database only where something is told."""
        if self._scene is None:
            self._scene = scene_of(self.held.connection, self.launch, self.attempt)
        return self._scene

    @property
    def is_asset(self) -> bool:
        """Say whether the leaf never speaks to the API: it is complete once opened."""
        return self.launch.kind == "asset"

    @property
    def mastery(self) -> Decimal | None:
        """Return the mastery score of the manifest."""
        return leaves.mastery(self.launch.version, activity_id=self.launch.activity_id)

    def tell(self, events: Sequence[Event]) -> None:
        """Keep what is told for the store; what is told next happened after it."""
        if events:
            self.told += statements.written(self.scene, self.moment, events)
            self.moment = Moment(self.moment.at + timedelta(microseconds=len(events)), self.moment.seq)

    def store(self) -> None:
        """Write what has changed, and hand the statements to the store, in the present transaction."""
        self.held.save()
        if self.told:
            store.insert(self.held.connection, self.told, authority=store.own_authority())
            self.told = []


_SCENE = (
    sa.select(
        *(Pseudonym.name, Enrolment.registration, Course.public_id, Course.title),
        *(Activity.public_id, Activity.title, Attempt.public_id),
    )
    .select_from(Attempt)
    .join(Activity, Activity.id == Attempt.activity_id)
    .join(Enrolment, Enrolment.id == Attempt.enrolment_id)
    .join(Course, Course.id == Enrolment.course_id)
    .join(Pseudonym, Pseudonym.person_id == Enrolment.person_id)
    .where(Attempt.id == sa.bindparam("attempt"))
)


def scene_of(connection: sa.Connection, launch: LaunchRow, attempt: AttemptRow) -> Scene:
    """Return what the statements of a launch have in common, in one query of few columns."""
    found = connection.execute(_SCENE, {"attempt": attempt.id}).one()
    name, registration, course, course_title, leaf, title, attempt_id = found
    return Scene(
        actor=pseudonyms.actor_named(name),
        registration=registration,
        launch=launch.public_id,
        course=Thing(identifiers.iri_of_course(course), course_title, vocabulary.COURSE),
        sco=Thing(identifiers.iri_of(launch.kind, leaf), title, vocabulary.LESSON),
        attempt=Thing(identifiers.iri_of("attempt", attempt_id), title, vocabulary.ATTEMPT),
    )


def official(attempt: Attempt | AttemptRow) -> Result:
    """Return the best result of an attempt."""
    return Result(attempt.completion, attempt.success, attempt.score_raw)


def begin(track: Track, *, session: int) -> None:
    """Open a session: the first contact of content, or its return after it had finished or gone silent."""
    launch, attempt = track.launch, track.attempt
    if session != launch.session:
        launch.session_time_ms, launch.counted_ms, launch.initialized = None, 0, track.moment.at
        attempt.data = _without_end(attempt.data)
    launch.session, launch.in_session, launch.closed = session, True, None
    track.tell(statements.opening(resumed=attempt.sessions > 0))
    attempt.sessions += 1
    attempt.ended = None
    if track.is_asset:
        change(track, {cmi.STATUS: "completed"})


def change(track: Track, written: cmi.Cmi, *, end: End = "") -> None:
    """Take what content wrote into the attempt, and tell what came of it."""
    attempt, before = track.attempt, official(track.attempt)
    old, new = dict(attempt.data), {**attempt.data, **written}
    if (spent := new.pop(cmi.SESSION_TIME, None)) is not None:
        track.launch.session_time_ms = cmi.milliseconds(spent)
    status = results.status_after(new, mastery=track.mastery, end=end)
    if end and status:
        new[cmi.STATUS] = status
    after = results.best(before, results.result_of(status, new))
    track.tell(statements.changes((old, before), (new, after)))
    attempt.completion, attempt.success, attempt.score_raw = after.completion, after.success, after.score
    if new != old:
        attempt.data = new


def take_results(track: Track, written: cmi.Cmi, *, end: End) -> None:
    """Take only the result of what a superseded launch still delivers; the bookmark is not its any more."""
    attempt, before = track.attempt, official(track.attempt)
    status = results.status_after(written, mastery=track.mastery, end=end if cmi.STATUS in written else "")
    after = results.best(before, results.result_of(status, written))
    if after != before:
        track.tell(statements.changes(({}, before), (_result_only(written), after)))
    attempt.completion, attempt.success, attempt.score_raw = after.completion, after.success, after.score


def finish(track: Track, *, end: End) -> None:
    """End the session: judge the status, add its time to the total once, and close the attempt or keep it."""
    launch, attempt = track.launch, track.attempt
    change(track, {}, end=end)
    spent = _time_of(launch) - launch.counted_ms
    launch.counted_ms += spent
    attempt.total_time_ms += spent
    status = str(attempt.data.get(cmi.STATUS, ""))
    goes_on = results.stays_open(status, attempt.data)
    attempt.ended = None if goes_on else track.moment.at
    launch.in_session = False
    track.tell(statements.closing(result=official(attempt), suspended=goes_on, duration_ms=spent))


def end_silently(held: Held, *, at: datetime) -> None:
    """End the session of a launch whose content will not do it itself, with what was last saved."""
    if held.attempt is None or not held.launch.in_session:
        return
    track = Track(held, held.attempt, Moment(at, held.launch.seq))
    finish(track, end="leave")
    track.store()


def close_abandoned() -> None:
    """Close launches whose browser went away: nothing heard for half an hour."""
    silent = sa.select(Launch.id).where(Launch.closed.is_(None), Launch.last_seen < clock.now() - SILENCE)
    for number in db.session.scalars(silent.order_by(Launch.id).limit(MOST_AT_ONCE)).all():
        try:
            _close_abandoned(number)
            commit_now()
        except Exception:  # one launch that cannot be closed does not keep the others open
            db.session.rollback()
            log.exception("launch %s could not be closed", number)


def _close_abandoned(number: int) -> None:
    held, now = rows.read(number), clock.now()
    if held is not None and held.launch.closed is None and held.launch.last_seen < now - SILENCE:
        end_silently(held, at=held.launch.last_seen)
        held.launch.closed = now
        held.save()


def _time_of(launch: LaunchRow) -> int:
    """Return the time of the session in milliseconds: as content says, else as measured, up to four hours."""
    if launch.session_time_ms is not None:
        return max(launch.session_time_ms, launch.counted_ms)
    begun = launch.initialized or launch.last_seen
    measured = int((launch.last_seen - begun).total_seconds() * 1000)
    return max(min(measured, LONGEST_MEASURED_MS), launch.counted_ms)


def _without_end(data: cmi.Cmi) -> cmi.Cmi:
    return {element: text for element, text in data.items() if element != cmi.EXIT}


def _result_only(written: cmi.Cmi) -> cmi.Cmi:
    kept: Sequence[str] = (cmi.STATUS, f"{cmi.SCORE}raw", f"{cmi.SCORE}min", f"{cmi.SCORE}max")
    return {element: written[element] for element in kept if element in written}
