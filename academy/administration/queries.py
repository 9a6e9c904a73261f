"""What the pages of administration read: the queue in figures, and one page of its jobs."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from math import ceil
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from academy.db import db
from academy.errors import NotFound
from academy.jobs import Job

PAGE = 50
STATES = ("queued", "retrying", "running", "job-failed", "done")

#: What a page says of a job: one that failed and is tried again is queued in the table.
_state = sa.case(
    (sa.and_(Job.state == "queued", Job.error.is_not(None)), "retrying"),
    (Job.state == "failed", "job-failed"),
    else_=Job.state,
)
_once = Job.every.is_(None)
_FAILED = sa.select(sa.func.count()).select_from(Job).where(_once, Job.state == "failed")


@dataclass(frozen=True)
class Filters:
    """Which jobs to list."""

    state: str = ""
    kind: str = ""

    @classmethod
    def read(cls, arguments: Mapping[str, str]) -> "Filters":
        """Read the filters of an address; what is not known counts for nothing."""
        state = arguments.get("state", "")
        return cls(state=state if state in STATES else "", kind=arguments.get("kind", "")[:80])

    def arguments(self, **changes: str) -> dict[str, str]:
        """Return what an address with these filters says."""
        return {
            name: value
            for name, value in ({"state": self.state, "kind": self.kind} | changes).items()
            if value
        }


@dataclass
class Queue:
    """How many jobs of each kind are in which state, and how long the oldest has been waiting."""

    counts: dict[str, dict[str, int]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(int)))
    oldest: dict[str, datetime] = field(default_factory=dict)

    def total(self, state: str = "", kind: str = "") -> int:
        """Count jobs of a state and kind, or of all."""
        return sum(
            count
            for of_kind, states in self.counts.items()
            for of_state, count in states.items()
            if state in ("", of_state) and kind in ("", of_kind)
        )

    @property
    def oldest_of_all(self) -> datetime | None:
        """Return since when the oldest job that could run has been waiting."""
        return min(self.oldest.values(), default=None)


@dataclass(frozen=True)
class JobsPage:
    """One page of a list of jobs."""

    jobs: list[Any]
    total: int
    number: int
    pages: int


def queue() -> Queue:
    """Return the figures of the queue, without regular work."""
    found = Queue()
    columns = (Job.kind, _state.label("state"), sa.func.count(), sa.func.min(Job.due, type_=Job.due.type))
    for kind, state, count, due in db.session.execute(
        sa.select(*columns).where(_once).group_by(Job.kind, _state)
    ):
        found.counts[kind][state] = count
        if state == "queued":
            found.oldest[kind] = due
    return found


def count_failed() -> int:
    """Return how many jobs have failed and wait for somebody."""
    return db.session.connection().scalar(_FAILED) or 0


def jobs_page(filters: Filters, *, total: int, number: int) -> JobsPage:
    """Return one page of jobs: those that wait in the order of their turn, others newest first."""
    pages = max(1, ceil(total / PAGE))
    number = min(number, pages)
    order = (Job.due, Job.id) if filters.state in ("queued", "retrying") else (Job.id.desc(),)
    wanted = sa.select(Job, _state.label("standing")).where(_once)
    if filters.state:
        wanted = wanted.where(_state == filters.state)
    if filters.kind:
        wanted = wanted.where(Job.kind == filters.kind)
    wanted = wanted.order_by(*order).limit(PAGE).offset((number - 1) * PAGE)
    return JobsPage(list(db.session.execute(wanted)), total, number, pages)


def regular_work() -> list[Job]:
    """Return what is done every minute or so."""
    return list(db.session.scalars(sa.select(Job).where(Job.every.is_not(None)).order_by(Job.kind)))


def job(public_id: UUID) -> Any:
    """Return a job with its standing; raises NotFound."""
    found = db.session.execute(
        sa.select(Job, _state.label("standing")).where(Job.public_id == public_id, _once)
    ).one_or_none()
    if found is None:
        raise NotFound
    return found
