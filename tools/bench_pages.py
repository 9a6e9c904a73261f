"""What pages cost on a weak line: bytes of a first and of later visits, and seconds until they can be read.

A Chromium asks a server of its own through a line of 64 kbit/s with 300 ms of latency (Chrome's DevTools
protocol throttles). "Readable" is the first paint with text; letters stand in a font of the system until
the Academy's arrives.
"""

import time
from dataclasses import dataclass

from bench_server import PASSWORD, Academy, report
from playwright.sync_api import Browser, sync_playwright

CHROMIUM = "/usr/bin/chromium"
LINE = 64_000 / 8
LATENCY = 300
READABLE = "at most 10 s"
FIRST, LATER = 100_000, 15_000
PAGES = {
    "": ("/courses", "/courses/DEMO-C1", "/library/observatory", "/help", "/verify", "/sign-in", "/register"),
    "learner": ("/learn", "/learn/DEMO-C6", "/courses?q=border", "/profile"),
    "trainer": ("/desk", "/teach", "/teach/courses/DEMO-C1"),
    "coordinator": ("/desk", "/people", "/reports/completion"),
    "admin": ("/desk", "/admin/people", "/admin/states"),
}
PAINTED = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0"


@dataclass
class Visit:
    """What one page took: bytes on the line, seconds until readable and until all was there."""

    path: str
    size: int = 0
    readable: float = 0.0
    whole: float = 0.0


class Line:
    """A browser window behind a weak line."""

    def __init__(self, browser: Browser, base: str, *, language: str = "en", slow: bool = True) -> None:
        self.page = browser.new_context(locale=language).new_page()
        self.base, self.sizes = base, []
        session = self.page.context.new_cdp_session(self.page)
        session.send("Network.enable")
        session.on("Network.loadingFinished", lambda event: self.sizes.append(event["encodedDataLength"]))
        if slow:
            limits = {"downloadThroughput": LINE, "uploadThroughput": LINE, "latency": LATENCY}
            session.send("Network.emulateNetworkConditions", {"offline": False, **limits})

    def visit(self, path: str) -> Visit:
        """Open a page and wait until nothing more comes."""
        self.sizes.clear()
        begun = time.perf_counter()
        self.page.goto(self.base + path, wait_until="networkidle", timeout=120_000)
        whole = time.perf_counter() - begun - 0.5  # the half second without requests that says it is all
        return Visit(path, int(sum(self.sizes)), self.page.evaluate(PAINTED) / 1000, whole)

    def sign_in(self, name: str) -> None:
        """Sign in by the form."""
        self.page.goto(f"{self.base}/sign-in", timeout=120_000)
        self.page.fill("[name=email]", f"{name}@academy.example")
        self.page.fill("[name=password]", PASSWORD)
        self.page.press("[name=password]", "Enter")
        self.page.wait_for_url(lambda url: "/sign-in" not in url, timeout=120_000)


def measure(academy: Academy) -> None:
    """Print a line for the first page in each language and for the heaviest and slowest of the others."""
    base = f"http://{academy.host}"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for language in ("en", "ru"):
            first = Line(browser, base, language=language).visit("/")
            report(
                f"first page, cold, {language}: bytes / readable / whole at 64 kbit/s",
                _written(first),
                f"under {FIRST // 1000} kB; {READABLE}",
            )
        _later(browser, base)
        browser.close()


def _later(browser: Browser, base: str) -> None:
    visits = []
    for name, paths in PAGES.items():
        line = Line(browser, base)
        if name:
            line.sign_in(name)
        else:
            line.visit("/")
        visits += [line.visit(path) for path in paths]
        line.page.context.close()
    heaviest = max(visits, key=lambda one: one.size)
    slowest = max(visits, key=lambda one: one.readable)
    middle = sorted(visits, key=lambda one: one.size)[len(visits) // 2]
    target = f"under {LATER // 1000} kB; {READABLE}"
    report(f"later pages, middle of {len(visits)}: {middle.path}", _written(middle), target)
    report(f"later pages, heaviest: {heaviest.path}", _written(heaviest), target)
    report(f"later pages, slowest: {slowest.path}", _written(slowest), target)
    for one in visits:
        if one.size >= LATER or one.readable > 10:
            report(f"  over the target: {one.path}", _written(one), target)


def _written(one: Visit) -> str:
    return f"{one.size / 1000:.1f} kB / {one.readable:.1f} s / {one.whole:.1f} s"
