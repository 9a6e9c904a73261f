"""Learners who enrol, open content, save and finish, and who remember what they were told is saved."""

import json
import secrets
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from http.client import HTTPException
from typing import Any

from tools.bench_server import Academy, Browser, Refused, Sco

ANSWERS = 6
PASS = {"cmi.core.lesson_status": "passed", "cmi.core.score.raw": "90"}


@dataclass(frozen=True)
class Task:
    """A course to go through: its code, and the activity to open."""

    code: str
    activity: str


@dataclass
class Learner:
    """One person at a browser; what was acknowledged is in the sets."""

    academy: Academy
    email: str
    cookies: dict[str, str]
    credential: dict[str, str]
    tasks: list[Task]
    pause: float
    enrolled: set[str] = field(default_factory=set)
    answered: set[tuple[str, int]] = field(default_factory=set)
    passed: set[str] = field(default_factory=set)
    statements: set[str] = field(default_factory=set)
    surprises: list[str] = field(default_factory=list)

    @property
    def acts(self) -> int:
        """Return how much was acknowledged so far."""
        return len(self.enrolled) + len(self.answered) + len(self.statements) + len(self.passed)

    def learn(self, ending: threading.Event) -> None:
        """Go through the courses until it is time to end; whatever fails is tried again."""
        for task in self.tasks:
            launch = self._until(ending, partial(self._open, task))
            for number in range(ANSWERS):
                self._until(ending, partial(self._answer, task, launch, number))
                self._until(ending, self._say)
                ending.wait(self.pause)
            if self._until(ending, partial(self._finish, launch)) is not None:
                self.passed.add(task.code)
            if launch is not None:
                launch.browser.connection.close()

    def _until(self, ending: threading.Event, act: Callable[[], Any]) -> Any:
        """Try until it works; None when it is time to end."""
        while not ending.is_set():
            try:
                return act()
            except (OSError, HTTPException):
                time.sleep(0.2)
            except Refused as refusal:
                if ": 503" not in str(refusal):
                    self.surprises.append(str(refusal))
                time.sleep(0.2)
        return None

    def _browser(self) -> Browser:
        browser = Browser(self.academy)
        browser.cookies = dict(self.cookies)
        return browser

    def _open(self, task: Task) -> Sco:
        with self._browser() as browser:
            browser.read(f"/courses/{task.code}")
            browser.post(f"/courses/{task.code}/enrol")
            self.enrolled.add(task.code)
            browser.post(f"/courses/{task.code}/activities/{task.activity}/launch")
            return Sco(self.academy, browser.location, browser.cookies)

    def _answer(self, task: Task, launch: Sco, number: int) -> bool:
        element = f"cmi.interactions.{number}"
        data = {
            f"{element}.id": f"q{number}",
            f"{element}.type": "choice",
            f"{element}.student_response": "a",
        }
        _commit(launch, {**data, f"{element}.result": "correct", "cmi.core.lesson_status": "incomplete"})
        self.answered.add((task.code, number))
        return True

    def _finish(self, launch: Sco) -> bool:
        _commit(launch, PASS, end="finish")
        return True

    def _say(self) -> bool:
        name = str(uuid.uuid4())
        statement = {
            "id": name,
            "actor": {"account": {"homePage": "http://localhost", "name": self.email}},
            "verb": {"id": "http://adlnet.gov/expapi/verbs/experienced"},
            "object": {"id": f"http://localhost/activities/{secrets.randbelow(1000)}"},
        }
        headers = {"Content_Type": "application/json"} | {
            key.replace("-", "_"): value for key, value in self.credential.items()
        }
        with self._browser() as browser:
            browser.fetch("POST", "/xapi/statements", json.dumps(statement).encode(), **headers)
        self.statements.add(name)
        return True


def _commit(launch: Sco, data: dict[str, str], *, end: str = "") -> None:
    try:
        launch.commit(data, end=end)
    except (OSError, HTTPException):
        launch.browser.connection.close()  # the next try begins anew
        raise
