"""Statements of an uneven world, for the bench of the store and for tests of its plans.

One verb is in 60 % of them, one learner and one lesson in many, one programme is the grouping of all, and one
trainer the instructor of a third; a few refer to others or void them; one credential writes nearly all.
"""

import itertools
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from academy.xapi import store

BATCH = 500
LEARNERS, LESSONS, COURSES, VISITS = 2000, 400, 10, 30
VERBS = {"experienced": 6000, "answered": 2500, "completed": 1000, "passed": 490, "exempted": 10}
BEGUN = datetime(2026, 1, 5, 8, tzinfo=UTC)

Json = dict[str, Any]


def learner(number: int) -> Json:
    """Return a learner; number 0 is in one statement of ten."""
    return {
        "objectType": "Agent",
        "account": {"homePage": "https://example.org", "name": f"learner-{number}"},
    }


def trainer() -> Json:
    """Return the instructor of a third of the statements, who does nothing else."""
    return {"objectType": "Agent", "mbox": "mailto:trainer@example.org"}


def verb(name: str) -> str:
    """Return the IRI of a verb."""
    return f"http://adlnet.gov/expapi/verbs/{name}"


def lesson(number: int) -> str:
    """Return the IRI of an activity; number 0 is the object of one statement of five."""
    return f"https://example.org/lessons/{number}"


def course(number: int) -> str:
    """Return the IRI of a course, which is the parent of a tenth of the lessons."""
    return f"https://example.org/courses/{number}"


PROGRAMME = "https://example.org/programme"


def authority(name: str) -> Json:
    """Return the authority of a credential; `busy` writes all but one batch in fifty, `quiet` that one."""
    return {"objectType": "Agent", "name": name, "account": {"homePage": "https://example.org", "name": name}}


class World:
    """The same statements for the same seed."""

    def __init__(self, seed: int = 4) -> None:
        """Begin before the first statement."""
        self.random = Random(seed)  # noqa: S311 -- not for secrets
        self.registrations: list[UUID] = []
        self.told: list[str] = []
        self.count = 0

    def batch(self, size: int) -> list[Json]:
        """Return the next statements."""
        return [self.statement() for _ in range(size)]

    def statement(self) -> Json:
        """Return the next statement."""
        random, self.count = self.random, self.count + 1
        identifier = str(UUID(int=random.getrandbits(128), version=4))
        target = self._target(identifier)
        if target is not None:
            return target
        place = 0 if random.random() < 0.2 else random.randrange(1, LESSONS)
        [name] = random.choices(list(VERBS), VERBS.values())
        context: Json = {
            "contextActivities": {
                "parent": [{"id": course(place % COURSES)}],
                "grouping": [{"id": PROGRAMME}],
            },
            "platform": "bench",
            "language": "en",
        }
        if random.random() < 0.9:
            context["registration"] = str(self._registration())
        if random.random() < 0.33:
            context["instructor"] = trainer()
        return {
            "id": identifier,
            "actor": self._actor(),
            "verb": {"id": verb(name), "display": {"en": name}},
            "object": {"id": lesson(place), "definition": {"name": {"en": f"Lesson {place}"}}},
            "result": {"score": {"scaled": round(random.random(), 2)}, "duration": "PT1M30S"},
            "context": context,
            "timestamp": (BEGUN + timedelta(seconds=self.count)).isoformat(),
        }

    def _target(self, identifier: str) -> Json | None:
        """Return, once in a hundred, a statement about an earlier one."""
        random = self.random
        if len(self.told) > 50 and random.random() < 0.01:
            name = "voided" if random.random() < 0.2 else "commented"
            target = {"objectType": "StatementRef", "id": random.choice(self.told)}
            return {"id": identifier, "actor": trainer(), "verb": {"id": verb(name)}, "object": target}
        self.told.append(identifier)
        return None

    def _actor(self) -> Json:
        number = 0 if self.random.random() < 0.1 else self.random.randrange(1, LEARNERS)
        return learner(number)

    def _registration(self) -> UUID:
        if not self.registrations or self.random.random() < 1 / VISITS:
            self.registrations.append(UUID(int=self.random.getrandbits(128), version=4))
        return self.random.choice(self.registrations[-200:])


def fill(
    connection: sa.Connection,
    count: int,
    *,
    world: World,
    batch: int = BATCH,
    authorities: Mapping[str, Json] | None = None,
) -> Iterator[int]:
    """Store statements by batches, through all that the store does with them; yield how many there are."""
    known = authorities or {name: authority(name) for name in ("busy", "quiet")}
    for place in range(0, count, batch):
        writer = "quiet" if place // batch % 50 == 7 else "busy"
        store.insert(connection, world.batch(min(batch, count - place)), authority=known[writer])
        yield min(place + batch, count)


def cases(world: World, middle: object) -> Iterator[Json]:
    """Go through no filter, every filter and every pair of two, with frequent and rare values of each.

    `middle` is a moment among those when statements were stored; `mine` names the authority that is to read.
    """
    groups = list(_alternatives(world, middle))
    yield {}
    yield from itertools.chain(*groups)
    for one, other in itertools.combinations(groups, 2):
        for left, right in itertools.product(one, other):
            if not left.keys() & right.keys():
                yield left | right


def _alternatives(world: World, middle: object) -> Iterator[list[Json]]:
    yield [{"agent": one} for one in (learner(0), learner(7), trainer())]
    yield [{"agent": one, "related_agents": True} for one in (trainer(), learner(7))]
    yield [{"verb": verb(one)} for one in ("experienced", "exempted")]
    yield [{"activity": one} for one in (lesson(0), lesson(7), PROGRAMME)]
    yield [{"activity": one, "related_activities": True} for one in (PROGRAMME, course(3))]
    yield [{"registration": str(world.registrations[len(world.registrations) // 2])}]
    yield [{"since": middle}]
    yield [{"until": middle}]
    yield [{"ascending": True}]
    yield [{"mine": one} for one in ("busy", "quiet")]
