"""Opening content: one active launch per registration, on the attempt that goes on or on a new one."""

import secrets
from datetime import datetime

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from academy import clock
from academy.accounts.models import Person
from academy.courses.models import (
    Activity,
    Attempt,
    ContentOrigin,
    Enrolment,
    Launch,
    Package,
    PackageVersion,
)
from academy.courses.runtime import cmi, leaves, rows, sessions, standing, turns
from academy.db import db, found_or_made
from academy.errors import NotAllowed, NotFound


class Locked(NotAllowed):
    """The item's prerequisites are not met."""

    message = _l("This part is still locked. Finish the parts before it first.")


class NothingToOpen(NotFound):
    """The activity has no content that can be opened, in any language."""

    message = _l("There is nothing to open here yet.")


def open_launch(enrolment: Enrolment, *, activity: Activity, language: str | None = None) -> Launch:
    """Open a leaf for a learner; the registration's other launch is superseded and its session ends.

    A package activity opens where the learner was. Raises Locked, NothingToOpen, NotAllowed (withdrawn).
    """
    turns.take(enrolment)
    if enrolment.withdrawn is not None:
        raise NotAllowed
    leaf, package = _leaf_and_package(activity, enrolment, language=language)
    attempt = _attempt(enrolment, leaf=leaf, package=package)
    _refuse_locked(attempt.version, enrolment, leaf=leaf)
    _supersede(enrolment, at=clock.now())
    return _launch(enrolment.person, leaf=leaf, version=attempt.version, attempt=attempt)


def open_preview(person: Person, *, activity: Activity, language: str | None = None) -> Launch:
    """Open a leaf without leaving tracks: no attempt, no statement, nothing kept."""
    package = _package(activity.parent or activity, languages=(language, person.language))
    leaf = activity if activity.launchable else _first_leaf(activity, package)
    assert package.current is not None  # noqa: S101 -- _package returns none without a version
    return _launch(person, leaf=leaf, version=package.current, attempt=None)


def open_review(enrolment: Enrolment, *, activity: Activity, language: str | None = None) -> Launch:
    """Open a leaf as the learner left it, to look at; nothing is kept and no other launch disturbed."""
    leaf, package = _leaf_and_package(activity, enrolment, language=language)
    last = _latest(enrolment, leaf=leaf, package=package)
    if last is None:
        return open_preview(enrolment.person, activity=leaf, language=language)
    launch = _launch(enrolment.person, leaf=leaf, version=last.version, attempt=last)
    launch.mode = "review"
    return launch


def conditions(launch: Launch) -> cmi.Conditions:
    """Return what content may read about its launch; raises NothingToOpen where the leaf is gone."""
    item = leaves.item_of(launch.version, launch.activity)
    if item is None:
        raise NothingToOpen
    mastery = "" if item.mastery_score is None else format(item.mastery_score.normalize(), "f")
    return cmi.Conditions(
        student_id=str(launch.person.pseudonym.name),
        student_name=_last_first(launch.person.name_in(launch.version.package.language)),
        mode=launch.mode,
        launch_data=item.launch_data or "",
        mastery_score=mastery,
        max_time_allowed=item.max_time_allowed or "",
        time_limit_action=item.time_limit_action or "",
    )


def data_at_launch(launch: Launch) -> dict[str, str]:
    """Return the data that content starts with."""
    attempt = launch.attempt
    if attempt is None:
        return cmi.at_launch({}, conditions(launch), is_new=True, total_time_ms=0)
    is_new = attempt.sessions == 0 and not attempt.data
    return cmi.at_launch(attempt.data, conditions(launch), is_new=is_new, total_time_ms=attempt.total_time_ms)


def _leaf_and_package(
    activity: Activity, enrolment: Enrolment, *, language: str | None
) -> tuple[Activity, Package]:
    group = activity.parent or activity
    last = _last_attempt(enrolment, group=group)
    before = None if last is None else last.version.package.language
    package = _package(group, languages=(language, before, enrolment.person.language))
    if activity.launchable:
        return activity, package
    if last is not None and not last.activity.removed and last.ended is None:
        return last.activity, package
    return _first_leaf(group, package, enrolment=enrolment), package


def _last_attempt(enrolment: Enrolment, *, group: Activity) -> Attempt | None:
    return db.session.scalar(
        sa.select(Attempt)
        .join(Launch, Launch.attempt_id == Attempt.id)
        .join(Activity, Activity.id == Attempt.activity_id)
        .where(Attempt.enrolment_id == enrolment.id)
        .where(sa.or_(Activity.id == group.id, Activity.parent_id == group.id))
        .order_by(Launch.id.desc())
        .limit(1)
    )


def _package(group: Activity, *, languages: tuple[str | None, ...]) -> Package:
    ready = {package.language: package for package in group.packages if package.current is not None}
    if not ready:
        raise NothingToOpen
    wanted = next((language for language in (*languages, "en") if language in ready), None)
    return ready[wanted] if wanted is not None else next(iter(ready.values()))


def _first_leaf(group: Activity, package: Package, *, enrolment: Enrolment | None = None) -> Activity:
    """Return the first leaf that is open and not finished, else the first that is open."""
    assert package.current is not None  # noqa: S101 -- _package returns none without a version
    found = leaves.contents(package.current, enrolment, parent=group)
    unlocked = [leaf for leaf in found if leaf.unlocked]
    if not unlocked:
        raise NothingToOpen
    return next((leaf for leaf in unlocked if leaf.result.completion != "completed"), unlocked[0]).activity


def _attempt(enrolment: Enrolment, *, leaf: Activity, package: Package) -> Attempt:
    """Return the attempt that goes on, on the version it began with, or begin one on the current version."""
    last = _latest(enrolment, leaf=leaf, package=package)
    if last is not None and last.ended is None:
        return last
    attempt = Attempt(
        enrolment=enrolment,
        activity=leaf,
        package_id=package.id,
        version=package.current,
        number=1 if last is None else last.number + 1,
        data={},
        total_time_ms=0,
    )
    if last is not None and last.success != "failed" and last.version_id == package.current_id:
        _carry_over(last, to=attempt)
    db.session.add(attempt)
    return attempt


def _latest(enrolment: Enrolment, *, leaf: Activity, package: Package) -> Attempt | None:
    return db.session.scalar(
        sa.select(Attempt)
        .where(Attempt.enrolment_id == enrolment.id, Attempt.activity_id == leaf.id)
        .where(Attempt.package_id == package.id)
        .order_by(Attempt.number.desc())
        .limit(1)
    )


def _carry_over(last: Attempt, *, to: Attempt) -> None:
    """Let content that was finished be looked at again as it was left; one who failed begins anew."""
    left_behind = {cmi.EXIT, cmi.SESSION_TIME}
    to.data = {element: text for element, text in last.data.items() if element not in left_behind}
    to.total_time_ms = last.total_time_ms
    to.completion, to.success, to.score_raw = last.completion, last.success, last.score_raw


def _refuse_locked(version: PackageVersion, enrolment: Enrolment, *, leaf: Activity) -> None:
    if leaves.item_of(version, leaf) is None:
        raise NothingToOpen
    found = leaves.contents(version, enrolment, parent=leaf.parent or leaf)
    if any(other.activity is leaf and not other.unlocked for other in found):
        raise Locked


def _supersede(enrolment: Enrolment, *, at: datetime) -> None:
    """End the sessions of the registration's other launches; their results may still arrive."""
    others = db.session.scalars(
        sa.select(Launch.id)
        .where(Launch.enrolment_id == enrolment.id, Launch.superseded.is_(None))
        .where(Launch.mode == "normal")
    )
    for number in others.all():
        held = rows.read(number)
        assert held is not None  # noqa: S101 -- launches are never deleted while their enrolment has its turn
        sessions.end_silently(held, at=at)
        held.launch.superseded = at
        held.launch.closed = held.launch.closed or at
        held.save()


def _launch(person: Person, *, leaf: Activity, version: PackageVersion, attempt: Attempt | None) -> Launch:
    place = {"version_id": version.id, "person_id": person.id}
    origin = found_or_made(
        lambda: db.session.scalar(sa.select(ContentOrigin).filter_by(**place)),
        lambda: ContentOrigin(label=secrets.token_hex(16), **place),
    )
    launch = Launch(
        person=person,
        enrolment=attempt.enrolment if attempt else None,
        attempt=attempt,
        activity=leaf,
        version=version,
        label=origin.label,
        mode="normal" if attempt else "browse",
        opened_in_id=standing.session_for(person),
    )
    db.session.add(launch)
    db.session.flush()
    return launch


def _last_first(name: str) -> str:
    """Write a name as SCORM 1.2 has it: the last word first."""
    first, _, last = name.rpartition(" ")
    return f"{last}, {first}" if first else last


def next_leaf(enrolment: Enrolment, among: list[Activity]) -> Activity:
    """Return the leaf that goes on, else the first that is not completed, else the first."""
    states = db.session.execute(
        sa.select(Attempt.activity_id, Attempt.completion, Attempt.ended).where(
            Attempt.enrolment_id == enrolment.id
        )
    ).all()
    completed = {activity for activity, completion, _ in states if completion == "completed"}
    open_now = {activity for activity, _, ended in states if ended is None} - completed
    going_on = [leaf for leaf in among if leaf.id in open_now]
    to_do = [leaf for leaf in among if leaf.id not in completed]
    return (going_on or to_do or among)[0]
