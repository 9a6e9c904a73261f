"""The tree of a registration between requests, and what courses of a person share."""

import pytest
import sqlalchemy as sa

from academy.accounts.personal_data.sources import Subject
from academy.courses.packages.outline import Bucket, Item, Outline, to_json
from academy.courses.personal_data import SOURCE
from academy.courses.runtime import sequenced
from academy.courses.runtime.models import ActivityTree, SharedValue
from academy.courses.sequencing.definition import Map, Objective
from academy.courses.sequencing.navigation import Request
from academy.db import db
from tests.courses.sequencing.trees import cluster, leaf
from tests.factories import courses

VALUES = frozenset({"satisfied", "measure"})
GOAL = (Objective("goal", maps=(Map("shared goal", reads=VALUES, writes=VALUES),)),)
BUCKETS = (Bucket("notes"), Bucket("rules", writes=False), Bucket("secret", reads=False))


def version(*, is_global=True, **rules):
    """Make a package version whose course goes from a to b; both know the goal and share data."""
    told = cluster(
        "course", leaf("a", objectives=GOAL, content_satisfies=True), leaf("b", objectives=GOAL), **rules
    )
    items = tuple(
        Item(one, one.upper(), href="index.html", kind="sco", buckets=BUCKETS) for one in ("a", "b")
    )
    outline = Outline(
        "scorm-2004-4th",
        "manifest",
        "Course",
        "course",
        items,
        tree=told,
        objectives_are_global=is_global,
        data_is_global=is_global,
    )
    return courses.package_version(standard="scorm-2004-4th", outline=to_json(outline))


@pytest.fixture
def seat(app):
    """Return the seat of a learner."""
    return courses.enrolment()


def asked(seat, of, name):
    """Ask in a request of its own, and return what is delivered."""
    db.session.expire_all()
    held = sequenced.registered(seat, of)
    outcome = held.ask(Request(name))
    held.keep()
    return outcome.delivered and outcome.delivered.identifier


def written(seat, of, **values):
    """Have content write in a request of its own, and return where it wants to go."""
    db.session.expire_all()
    held = sequenced.registered(seat, of)
    request = held.take({name.replace("__", "."): text for name, text in values.items()})
    held.keep()
    return request


def seen(seat, of, identifier):
    """Return the objectives and the shared data that content of an activity would find."""
    db.session.expire_all()
    held = sequenced.registered(seat, of)
    activity = held.tree.named[identifier]
    return dict(held.objectives(activity)), dict(held.buckets(activity))


def test_a_registration_goes_on_where_it_was(seat):
    of = version()

    assert [asked(seat, of, "start"), asked(seat, of, "continue"), asked(seat, of, "previous")] == list("aba")
    assert asked(seat, of, "suspendAll") is None
    assert asked(seat, of, "resumeAll") == "a"
    assert db.session.scalar(sa.select(sa.func.count()).select_from(ActivityTree)) == 1


def test_what_content_writes_reaches_the_other_activity(seat):
    of = version()
    asked(seat, of, "start")

    request = written(
        seat,
        of,
        cmi__success_status="failed",
        cmi__score__scaled="0.25",
        adl__data__0__store="remember",
        adl__data__1__store="not mine to write",
        adl__data__2__store="hidden",
        adl__nav__request="continue",
    )
    assert request == Request("continue")
    assert asked(seat, of, "continue") == "b"

    objectives, data = seen(seat, of, "b")
    assert objectives == {"goal": {"success_status": "failed", "score.scaled": "0.25"}}
    assert data == {"notes": "remember", "rules": "", "secret": ""}


def test_what_is_abandoned_leaves_no_result(seat):
    of = version()
    asked(seat, of, "start")
    written(seat, of, cmi__success_status="passed", adl__nav__request="abandonAll")
    asked(seat, of, "abandonAll")

    assert seen(seat, of, "a")[0] == {"goal": {}}


def test_courses_of_one_person_share_what_is_global_and_nobody_elses(seat):
    of, other = version(), version()
    asked(seat, of, "start")
    written(seat, of, cmi__success_status="passed", adl__data__0__store="remember")
    asked(seat, of, "exitAll")
    second = courses.enrolment(person=seat.person)
    stranger = courses.enrolment()

    assert seen(second, other, "a") == (
        {"goal": {"success_status": "passed"}},
        {"notes": "remember", "rules": "", "secret": ""},
    )
    assert seen(stranger, other, "a")[0] == {"goal": {}}


def test_what_is_not_global_stays_in_the_registration_and_begins_anew_with_it(seat):
    of, other = version(is_global=False), version(is_global=False)
    asked(seat, of, "start")
    written(seat, of, cmi__success_status="passed", adl__data__0__store="remember")
    asked(seat, of, "continue")

    assert seen(seat, of, "b") == (
        {"goal": {"success_status": "passed"}},
        {"notes": "remember", "rules": "", "secret": ""},
    )
    assert seen(courses.enrolment(person=seat.person), other, "a")[0] == {"goal": {}}
    assert db.session.scalar(sa.select(sa.func.count()).select_from(SharedValue)) == 0

    asked(seat, of, "exitAll")
    asked(seat, of, "start")
    assert seen(seat, of, "a")[1]["notes"] == ""


def test_the_chosen_order_is_kept(seat):
    of = version(reorders="once", selects="once", select_count=1)
    first = asked(seat, of, "start")

    for _ in range(5):
        asked(seat, of, "exitAll")
        assert asked(seat, of, "start") == first


def test_what_is_not_sequenced_is_refused(seat):
    with pytest.raises(ValueError, match="no sequencing"):
        sequenced.registered(seat, courses.package_version())


def test_erasing_a_person_takes_trees_and_shared_values_and_leaves_others(seat):
    of, other = version(), courses.enrolment()
    for one in (seat, other):
        asked(one, of, "start")
        written(one, of, cmi__success_status="passed")
        asked(one, of, "continue")
    subject = Subject.of(seat.person)
    told = {document.name: list(document.rows) for document in SOURCE.export(subject)}
    assert (len(told["trees"]), len(told["shared"])) == (1, 1)

    SOURCE.erase(subject)

    assert [row.enrolment_id for row in db.session.scalars(sa.select(ActivityTree))] == [other.id]
    assert {row.person_id for row in db.session.scalars(sa.select(SharedValue))} == {other.person_id}
