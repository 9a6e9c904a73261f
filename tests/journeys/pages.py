"""A visitor who opens page after page of a running Academy and notes what is wrong with each."""

import json
import re
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit

from playwright.sync_api import Page, Response

from tests.journeys.browser import PROJECT

AXE = PROJECT / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN = f"""axe.run(document, {{iframes: false, resultTypes: ['violations'], runOnly: {json.dumps(RULES)}}})
  .then((found) => found.violations.map((one) => [one.id, one.nodes[0].html.slice(0, 140)]))"""
LINKS = "[...document.querySelectorAll('a[href]')].map((one) => one.getAttribute('href'))"
FIRST_STOP = """document.querySelector('a[href], button, input:not([type=hidden]), select, textarea, summary')
  .classList.contains('skip-link')"""
WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
MOST_PAGES = 80
LEFT_OUT = re.compile(r"^/(sign-out|static|xapi|healthz|readyz)|\.(csv|json|xlsx|pdf|svg)$")
NAME = re.compile(r"^([0-9a-f]{8}-[0-9a-f-]{27}|[A-Z]{2}|[A-Z0-9]+(-[A-Z0-9]+)+|\d{4}-.*|.*\d.*)$")


def shape(address: str) -> str:
    """Return the kind of page: codes and numbers in the path are stars, the query only its names."""
    parts = urlsplit(address)
    steps = ["*" if NAME.match(step) else step for step in parts.path.split("/")]
    if steps[1:2] == ["library"] and len(steps) > 3:
        steps[3] = "*"
    asked = sorted({name for name, _ in parse_qsl(parts.query)} - {"lang"})
    return "/".join(steps) + ("?" + "&".join(asked) if asked else "")


@dataclass
class Visitor:
    """Goes through pages in one browser window; `signed_in_as` is the name that each page must show."""

    page: Page
    base: str
    signed_in_as: str | None = None
    faults: list[tuple[str, object]] = field(default_factory=list)
    seen: Counter[str] = field(default_factory=Counter)
    asked: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Listen to the console and to every request."""
        self.here = "/"
        self.expected_status = 200
        self.page.on("console", lambda said: said.type == "error" and self._console(said.text))
        self.page.on("pageerror", lambda error: self._fault(f"script: {error}"))
        self.page.on("request", lambda request: self._host(request.url))

    def open(self, path: str, *, status: int = 200) -> None:
        """Open an address and check the page."""
        self.here, self.expected_status = path, status
        answer = self.page.goto(self.base + path)
        self.check(answer, status=status)

    def check(self, answer: Response | None, *, status: int = 200) -> None:
        """Check the page that stands in the window."""
        if answer is not None and answer.status != status:
            self._fault(f"status {answer.status}")
        self.page.evaluate(AXE.read_text("utf-8"))
        for violation in self.page.evaluate(RUN):
            self._fault(violation)
        if self.page.evaluate(WIDER) > 0:
            self._fault(f"{self.page.evaluate(WIDER)} px too wide at {self.page.viewport_size}")
        if self.page.locator("body.player").count() == 0:
            self._frame()

    def narrow(self, width: int) -> None:
        """Make the window narrower, and look whether the page still fits."""
        before = self.page.viewport_size
        self.page.set_viewport_size({"width": width, "height": 640})
        if (beyond := self.page.evaluate(WIDER)) > 0:
            self._fault(f"{beyond} px too wide at {width}")
        self.page.set_viewport_size(before or {"width": 1280, "height": 800})

    def crawl(self, start: str, *, each: int, known: frozenset[str]) -> list[str]:
        """Follow links from a page; check at most so many pages of each shape that is not known yet."""
        waiting, opened = deque([start]), []
        while waiting and len(opened) < MOST_PAGES:
            path = waiting.popleft()
            kind = shape(path)
            if path in self.asked or kind in known or self.seen[kind] >= each:
                continue
            self.asked.add(path)
            self.seen[kind] += 1
            self.open(path)
            opened.append(path)
            waiting.extend(self.links())
        return opened

    def links(self) -> Iterator[str]:
        """Yield the addresses within the Academy that this page links to."""
        here = urlsplit(self.page.url)
        for written in self.page.evaluate(LINKS):
            parts = urlsplit(written)
            if parts.netloc and parts.netloc != here.netloc or parts.scheme not in {"", "http"}:
                continue
            path = parts.path or here.path
            if not path.startswith("/") or LEFT_OUT.search(path) or "lang=" in parts.query:
                continue
            yield f"{path}?{parts.query}" if parts.query else path

    def _frame(self) -> None:
        if not self.page.evaluate(FIRST_STOP):
            self._fault("the skip link is not first")
        here = urlsplit(self.page.url)
        switch = urlsplit(self.page.locator(".languages a").first.get_attribute("href") or "")
        kept = {pair for pair in parse_qsl(switch.query) if pair[0] != "lang"}
        if (switch.path, kept) != (here.path, {pair for pair in parse_qsl(here.query) if pair[0] != "lang"}):
            self._fault(f"the language switch leads to {switch.path}?{switch.query}")
        if self.signed_in_as:
            names = self.page.locator("header strong:visible").all_inner_texts()
            way_out = self.page.locator("form[action='/sign-out'] button:visible").count()
            if self.signed_in_as not in names or not way_out:
                self._fault("who is signed in, or the way out, cannot be seen")

    def _console(self, text: str) -> None:
        if not (self.expected_status >= 400 and "Failed to load resource" in text):
            self._fault(f"console: {text}")

    def _host(self, url: str) -> None:
        host = urlsplit(url).hostname or ""
        if host and host != "localhost" and not host.endswith(".localhost"):
            self._fault(f"asks {host}")

    def _fault(self, what: object) -> None:
        self.faults.append((self.here, what))
