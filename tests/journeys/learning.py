"""A learner with a seat in a course made of one package, on a running server."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from playwright.sync_api import Frame, Page, expect

from academy.courses import queries, services
from academy.courses.models import Attempt, Course, Enrolment
from academy.courses.runtime import launching, tokens
from academy.db import db
from academy.xapi import json_text
from academy.xapi.models import Statement
from tests.factories import accounts, courses
from tests.journeys.browser import Server, import_package

API_FRAME = "/_api/"


@dataclass
class Learner:
    """Who plays, on which server, and the registration of the seat."""

    server: Server
    registration: UUID

    def address(self, number: int = 1) -> str:
        """Open a part of the course and return its address, good without a sign-in."""
        with self.server.database():
            enrolment = self._enrolment()
            leaf = queries.leaves(enrolment.course)[number - 1]
            launch = launching.open_launch(enrolment, activity=leaf)
            ticket = tokens.ticket(launch.public_id)
            return f"{self.server.url}/play/{launch.public_id}/open?ticket={ticket}"

    def attempts(self) -> list[dict[str, Any]]:
        """Return what the attempts hold, in the order of their beginning."""
        names = ("data", "completion", "success", "score_raw", "total_time_ms", "number", "ended")
        with self.server.database():
            found = db.session.scalars(
                sa.select(Attempt).where(Attempt.enrolment_id == self._enrolment().id).order_by(Attempt.id)
            )
            return [
                {name: getattr(attempt, name) for name in names} | {"leaf": attempt.activity.identifier}
                for attempt in found
            ]

    def told(self) -> list[tuple[str, Any]]:
        """Return verb and result of the statements of the registration, in their order."""
        with self.server.database():
            found = db.session.scalars(
                sa.select(Statement.payload)
                .where(Statement.registration == self.registration)
                .order_by(Statement.seq)
            )
            documents: list[Any] = [json_text.decode(bytes(payload)) for payload in found]
        return [(one["verb"]["id"].rpartition("/")[2], one.get("result")) for one in documents]

    def _enrolment(self) -> Enrolment:
        return db.session.scalars(
            sa.select(Enrolment).where(Enrolment.registration == self.registration)
        ).one()


def enrolled(server: Server, package: Path) -> Learner:
    """Make a course of one package, and a learner with a seat in it."""
    with server.database():
        courses.enrolment()  # somebody else, somewhere else
        person, course = accounts.person(), courses.course()
        db.session.commit()
        import_package(db.session.get_one(Course, course.id), package)
        services.release(course)
        return Learner(server, services.enrol(course, person=person).registration)


def content(page: Page) -> Frame:
    """Return the frame of the content, once it is there."""
    page.frame_locator("#frame").locator("#content").wait_for(state="attached", timeout=15_000)
    api = next(frame for frame in page.frames if API_FRAME in frame.url)
    for _ in range(100):
        for frame in api.child_frames:
            if "/v/" in frame.url:
                frame.wait_for_load_state()
                return frame
        page.wait_for_timeout(50)
    raise AssertionError("no content")


def wait_saved(page: Page) -> None:
    """Wait until the bar says that everything is saved."""
    expect(page.locator("[data-save-words]")).to_contain_text("Saved ", timeout=15_000)


def save(page: Page, frame: Frame) -> str:
    """Commit, wait for the server's answer, and return what the API said."""
    with page.expect_response("**/_api/commit"):
        return str(frame.evaluate("api.LMSCommit('')"))


def leave(page: Page) -> None:
    """Leave by the bar, and wait for the page that says that all is saved."""
    page.click("[data-leave]")
    page.wait_for_url("**/left", timeout=15_000)
