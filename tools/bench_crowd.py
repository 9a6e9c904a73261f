"""A crowd for the bench of a day: people with a browser each, who remember how long every answer took.

Learners sign in, look around, take a course and work in it; coordinators read reports; guests look at the
catalogue and check certificates. Between two acts people take the time they take in life, divided by SPEED.
Each has a thread and a connection that is kept open, and an address of their own, as behind a proxy.
"""

import json
import re
import secrets
import threading
import time
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from http.client import HTTPException
from random import Random

from bench_server import ADMINISTRATOR, COORDINATOR, Academy, Browser, Refused, Sco

SPEED = 10
PAUSE, BEGIN_WITHIN = 10.0, 120.0
COMMITS, ANSWER_EVERY = 12, 3
STAFF, GUESTS = (COORDINATOR, COORDINATOR, ADMINISTRATOR), 3

OTHER = "other"
#: Method and beginning of the path of a request, and what the report calls it; the first that fits counts.
KINDS = tuple(
    (method, re.compile(path), kind)
    for method, path, kind in (
        ("GET", r"/sign-in$", "sign-in page"),
        ("POST", r"/sign-in$", "sign in"),
        ("GET", r"/learn$", "my learning"),
        ("GET", r"/courses(\?.*)?$", "catalogue"),
        ("GET", r"/courses/[^/]+$", "course page"),
        ("GET", r"/learn/[^/]+$", "home of a course"),
        ("POST", r"/courses/[^/]+/enrol$", "enrol"),
        ("POST", r"/courses/.+/launch$", "launch"),
        ("GET", r"/play/", "player"),
        ("GET", r"/_api/", "player, content frame"),
        ("POST", r"/_api/commit$", "SCORM commit"),
        ("POST", r"/xapi/statements$", "statement to the LRS"),
        ("GET", r"/reports/completion(\?.*)?$", "report page"),
        ("GET", r"/reports/completion\.csv", "report, CSV"),
        ("GET", r"/people", "people of a coordinator"),
        ("GET", r"/verify/", "certificate check"),
    )
)
FORM_OF_PART = re.compile(r"/courses/[\w-]+/activities/[0-9a-f-]{36}/launch")


@dataclass
class Tally:
    """Milliseconds of answers by kind of request, and what went wrong."""

    taken: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    errors: list[str] = field(default_factory=list)

    def count(self, method: str, url: str, seconds: float) -> None:
        """Count an answer."""
        kinds = (kind for of, path, kind in KINDS if of == method and path.match(url))
        self.taken[next(kinds, OTHER)].append(seconds * 1000)


class Watched(Browser):
    """A browser with an address of its own, whose answers are counted."""

    def __init__(self, academy: Academy, host: str | None = None, *, tally: Tally, address: str) -> None:
        super().__init__(academy, host)
        self.tally, self.address = tally, address

    def fetch(self, method: str, url: str, body: bytes | None = None, **headers: str) -> bytes:
        """Send a request and count the answer."""
        begun = time.perf_counter()
        content = super().fetch(method, url, body, X_Forwarded_For=self.address, **headers)
        self.tally.count(method, url, time.perf_counter() - begun)
        return content

    def submit(self, url: str, **fields: str) -> None:
        """Send a form that must succeed, which is told by a redirect."""
        self.post(url, **fields)
        if self.status != 303:
            raise Refused(f"POST {url}: {self.status}, no redirect")


@dataclass
class Crowd:
    """Everybody who is there during the day."""

    academy: Academy
    learners: list[str]
    credential: str
    serials: list[str]
    tally: Tally = field(default_factory=Tally)
    ending: threading.Event = field(default_factory=threading.Event)

    def spend(self, at_once: int, seconds: float) -> None:
        """Let so many learners be there at once, and staff and guests beside them."""
        people: list[Callable[[Random], None]] = [self._learn] * at_once + [self._check] * GUESTS
        people += [partial(self._report, email=email) for email in STAFF]
        threads = [
            threading.Thread(target=self._come_and_go, args=(act, number))
            for number, act in enumerate(people)
        ]
        for thread in threads:
            thread.start()
        self.ending.wait(seconds)
        self.ending.set()
        for thread in threads:
            thread.join()

    def _come_and_go(self, visit: Callable[[Random], None], number: int) -> None:
        random = Random(number)
        self.ending.wait(random.uniform(0, BEGIN_WITHIN / SPEED))
        while not self.ending.is_set():
            try:
                visit(random)
            except (Refused, OSError, HTTPException, LookupError) as error:
                self.tally.errors.append(f"{type(error).__name__}: {error}")

    def _browser(self, random: Random) -> Callable[..., Watched]:
        address = f"10.{random.randrange(256)}.{random.randrange(256)}.{random.randrange(1, 255)}"
        return partial(Watched, tally=self.tally, address=address)

    def _paced(self, acts: Iterator[object], random: Random) -> None:
        """Do one thing after the other with a pause after each, until the day ends."""
        for _ in acts:
            if self.ending.wait(PAUSE * random.uniform(0.5, 1.5) / SPEED):
                return

    def _learn(self, random: Random) -> None:
        browser = self._browser(random)
        with browser(self.academy) as visitor:
            self._paced(self._lesson(visitor, browser, random), random)

    def _lesson(self, visitor: Watched, browser: Callable[..., Watched], random: Random) -> Iterator[object]:
        email = random.choice(self.learners)
        yield visitor.sign_in(email)
        if visitor.status != 303:
            raise Refused(f"{email} could not sign in: {visitor.status}")
        yield visitor.read("/learn")
        yield visitor.read("/courses?q=border")
        code = random.choice(re.findall(r"/courses/(BENCH-\d+)", visitor.read("/courses")))
        yield code
        yield visitor.read(f"/courses/{code}")
        visitor.submit(f"/courses/{code}/enrol")
        parts = sorted(set(FORM_OF_PART.findall(visitor.read(f"/learn/{code}"))))
        yield parts
        visitor.submit(random.choice(parts))
        sco = Sco(self.academy, visitor.location, visitor.cookies, browser)
        with sco.browser:
            yield from self._work(sco, visitor, random)
        yield visitor.read(f"/learn/{code}")
        visitor.submit("/sign-out")

    def _work(self, sco: Sco, visitor: Watched, random: Random) -> Iterator[object]:
        for number in range(COMMITS):
            data = {"cmi.core.lesson_location": str(number), "cmi.suspend_data": f"{number}" + "x" * 2000}
            if number % ANSWER_EVERY == ANSWER_EVERY - 1:
                data |= _answer(number // ANSWER_EVERY, random)
                self._tell(visitor, random)
            yield _saved(sco.commit(data))
        score = random.randint(60, 100)
        data = {"cmi.core.lesson_status": "completed", "cmi.core.score.raw": str(score)}
        yield _saved(sco.commit(data, end="finish", close=True))

    def _tell(self, visitor: Watched, random: Random) -> None:
        """Send what a quiz outside of the player would tell."""
        statement = {
            "id": str(uuid.uuid4()),
            "actor": {"account": {"homePage": "http://quiz.example", "name": secrets.token_hex(4)}},
            "verb": {"id": "http://adlnet.gov/expapi/verbs/answered"},
            "object": {"id": f"http://quiz.example/questions/{random.randrange(500)}"},
            "result": {"response": "abcd"[random.randrange(4)], "success": random.random() < 0.7},
        }
        headers = {"Authorization": f"Basic {self.credential}", "X_Experience_API_Version": "1.0.3"}
        visitor.fetch(
            "POST",
            "/xapi/statements",
            json.dumps(statement).encode(),
            Content_Type="application/json",
            **headers,
        )

    def _report(self, random: Random, *, email: str) -> None:
        with self._browser(random)(self.academy) as visitor:
            visitor.sign_in(email)
            self._paced(self._reading(visitor), random)

    def _reading(self, visitor: Watched) -> Iterator[object]:
        for _ in range(5):
            yield visitor.read("/desk")
            yield visitor.read("/reports/completion")
            yield visitor.read("/reports/completion?state=MD&page=2")
            yield visitor.read("/people")
        yield visitor.fetch("GET", "/reports/completion.csv")

    def _check(self, random: Random) -> None:
        with self._browser(random)(self.academy) as visitor:
            self._paced(self._looking(visitor, random), random)

    def _looking(self, visitor: Watched, random: Random) -> Iterator[object]:
        yield visitor.read("/")
        yield visitor.read("/courses")
        for serial in random.sample(self.serials, 4):
            page = visitor.read(f"/verify/{serial}")
            if serial not in page:
                raise Refused(f"the check of {serial} does not name it")
            yield page


def _answer(number: int, random: Random) -> dict[str, str]:
    row = f"cmi.interactions.{number}."
    chosen = random.choice("abcd")
    return {
        f"{row}id": f"question-{number}",
        f"{row}type": "choice",
        f"{row}student_response": chosen,
        f"{row}correct_responses.0.pattern": "b",
        f"{row}result": "correct" if chosen == "b" else "wrong",
    }


def _saved(answer: bytes) -> None:
    told = json.loads(answer)
    if told["errorCode"] != 0:
        raise Refused(f"a commit was answered {told}")
