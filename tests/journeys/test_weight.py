"""Bytes on the line: a first visit, then pages of every kind; `make bench BENCH=pages` measures times."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.journeys.acting import DEMO_PASSWORD
from tests.journeys.browser import Server, sign_in

pytestmark = pytest.mark.browser

FIRST, LATER = 100_000, 15_000
PAGES = {
    "": ["/courses", "/courses/DEMO-C1", "/library/observatory", "/library/dialogue", "/help", "/privacy"]
    + ["/accessibility", "/contact", "/verify", "/sign-in", "/register", "/password/forgot", "/nowhere"],
    "learner": ["/learn", "/learn/DEMO-C6", "/courses?q=border", "/courses/DEMO-C6", "/profile"]
    + ["/profile/sessions", "/profile/data"],
    "trainer": ["/desk", "/teach", "/teach/courses/DEMO-C1", "/teach/courses/DEMO-C1/uploads/new"],
    "coordinator": ["/desk", "/people", "/people?tab=waiting", "/reports/completion"],
    "admin": ["/desk", "/admin", "/admin/jobs", "/admin/audit", "/admin/people", "/admin/states"]
    + ["/admin/xapi/statements", "/admin/organisations", "/admin/data-requests", "/reports/completion"],
}


class Line:
    """Counts what comes over the line; what the browser has in its cache counts nothing."""

    def __init__(self, page: Page, base: str) -> None:
        self.page, self.base, self.sizes = page, base, []  # type: ignore[var-annotated]
        session = page.context.new_cdp_session(page)
        session.on("Network.loadingFinished", lambda event: self.sizes.append(event["encodedDataLength"]))
        session.send("Network.enable")

    def visit(self, path: str) -> int:
        """Open a page and return its bytes."""
        self.sizes.clear()
        self.page.goto(self.base + path, wait_until="networkidle")
        return int(sum(self.sizes))


@pytest.fixture
def window(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": 1280, "height": 800}, locale="ru")
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("role", PAGES)
def test_pages_after_the_first_are_light(academy: Server, window: Page, role: str) -> None:
    """In Russian, whose letters take two bytes and a second font."""
    line = Line(window, academy.url)
    first = line.visit("/")
    if role:
        sign_in(window, academy, f"{role}@academy.example", DEMO_PASSWORD)
        window.goto(f"{academy.url}/help?lang=ru")

    sizes = {path: line.visit(path) for path in PAGES[role]}

    assert LATER < first < FIRST
    assert {path: size for path, size in sizes.items() if size >= LATER} == {}
    assert min(sizes.values()) > 1_000
