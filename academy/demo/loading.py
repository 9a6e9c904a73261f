"""Load the demonstration into an empty instance, in a fixed order, the same for the same seed."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from random import Random
from urllib.parse import urlsplit

import sqlalchemy as sa
from flask import current_app
from flask_babel import lazy_gettext as _l

from academy import clock
from academy.accounts import services as accounts
from academy.accounts.models import Person
from academy.config import is_loopback
from academy.courses import services as courses
from academy.courses.models import Course
from academy.courses.runtime import leaves as runtime_leaves
from academy.courses.runtime.results import Result
from academy.db import db
from academy.demo import courses as demo_courses
from academy.demo import histories, people, zipping
from academy.demo.histories import Content, Visit
from academy.errors import Conflict, NotAllowed

LEARNERS = 200
SEED = 2026

Progress = Callable[[int], None]


def refuse_in_public() -> None:
    """Raise NotAllowed where demo accounts, whose password everybody knows, would be open to the world."""
    host = urlsplit(str(current_app.config["BASE_URL"])).hostname or ""
    if not current_app.config["ALLOW_DEMO"] and not is_loopback(host):
        raise NotAllowed(
            _l("Demo accounts are refused on a public host. Set ACADEMY_ALLOW_DEMO=1 to allow them.")
        )


def is_loaded() -> bool:
    """Say whether this instance holds the demonstration."""
    return db.session.scalar(sa.select(sa.exists().where(Person.email.in_(people.ACCOUNTS)))) or False


def load(*, learners: int = LEARNERS, seed: int = SEED, progress: Progress = lambda done: None) -> int:
    """Load everything; return how many statements were stored.

    Raises NotAllowed on a public host, and Conflict where the demonstration is loaded already.
    """
    refuse_in_public()
    if is_loaded():
        raise Conflict(_l("The demo data is loaded already."))
    random = Random(seed)  # noqa: S311 -- invented data, the same every time
    accounts.load_states()
    units = people.organisations()
    staff = people.accounts(units)
    made = demo_courses.load(staff["trainer@academy.example"])
    demo_courses.load_library()
    playable = [_content(made[code]) for code in dict(zipping.AVAILABLE)]
    stored = _begin(staff["learner@academy.example"], playable[-1])
    for done, person in enumerate(people.learners(learners, random=random, units=units), start=1):
        chosen = playable if random.random() < 0.4 else [random.choice(playable)]
        stored += sum(_take(person, content, random) for content in chosen)
        progress(done)
    (Path(str(current_app.config["INSTANCE_PATH"])) / "demo-loaded").touch()
    return stored


def _content(course: Course) -> Content:
    activity = next(one for one in course.activities if one.parent_id is None)
    version = next(one.current for one in activity.packages if one.current)
    leaves = [leaf for leaf in activity.children if leaf.launchable and not leaf.removed]
    items = [runtime_leaves.item_of(version, leaf) for leaf in leaves]
    tests = frozenset(place for place, item in enumerate(items) if item and item.mastery_score is not None)
    return Content(course, leaves, tests, version)


def _take(person: Person, content: Content, random: Random) -> int:
    visits = histories.plan(content, random=random, now=clock.now())
    seat = courses.enrol(content.course, person=person)
    seat.enrolled = histories.enrolled_before(visits, random=random)
    return histories.replay(seat, content, visits)


def _begin(person: Person, content: Content) -> int:
    """Let the demo learner have begun a course, so that there is something to go on with."""
    seat = courses.enrol(content.course, person=person)
    done = Visit(0, clock.now() - timedelta(days=2, hours=3), 18, Result("completed"))
    begun = Visit(1, clock.now() - timedelta(days=1, hours=5), 7, Result("incomplete"))
    visits = [done, begun][: len(content.leaves)]
    seat.enrolled = done.at - timedelta(minutes=4)
    return histories.replay(seat, content, visits)
