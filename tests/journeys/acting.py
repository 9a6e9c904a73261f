"""What people do in the Academy, a function for each act, through its pages only."""

import base64
import email
import email.policy
import re
import time
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Frame, Page, expect

from tests.journeys.browser import Server
from tests.journeys.learning import content

DEMO_PASSWORD = "prague-demo-2026"
RIGHT = {"Q1": "ac", "Q2": "a", "Q3": "t", "Q4": "c", "Q5": "f", "Q6": "abc", "Q7": "b"}
WRONG = {"Q5": "t"}
DROP = """([zone, name, encoded]) => {
  const bytes = Uint8Array.from(atob(encoded), (one) => one.charCodeAt(0));
  const dropped = new DataTransfer();
  dropped.items.add(new File([bytes], name, { type: 'application/zip' }));
  for (const kind of ['dragover', 'drop'])
    zone.dispatchEvent(new DragEvent(kind, { dataTransfer: dropped, bubbles: true, cancelable: true }));
}"""


@dataclass(frozen=True)
class Newcomer:
    """What somebody types into the registration."""

    email: str
    latin: str
    cyrillic: str
    password: str
    state: str = "MD"
    language: str = "ru"
    zone: str = "Asia/Almaty"


def read_in(page: Page, language: str) -> None:
    """Switch the language where it is another one, by the link in the header."""
    link = page.locator(f".languages a[hreflang={language}]").first
    if link.count():
        link.click()
    expect(page.locator("html")).to_have_attribute("lang", language)


def sign_out(page: Page) -> None:
    """Sign out by the button in the header."""
    page.locator("form[action='/sign-out'] button:visible").first.click()
    page.wait_for_url(lambda url: "/sign-out" not in url)


def register(page: Page, server: Server, person: Newcomer) -> None:
    """Fill in the four steps of the registration."""
    following = page.locator("main .form .button--primary")
    page.goto(f"{server.url}/register")
    page.fill("[name=email]", person.email)
    following.click()
    page.fill("[name=name_latin]", person.latin)
    page.fill("[name=name_cyrillic]", person.cyrillic)
    page.select_option("[name=state]", person.state)
    page.check(f"[name=language][value={person.language}]")
    following.click()
    page.select_option("[name=organisation]", index=1)
    page.select_option("[name=time_zone]", person.zone)
    following.click()
    page.fill("[name=password]", person.password)
    page.check("[name=consent]")
    following.click()
    page.wait_for_url("**/register/sent")


def link_mailed_to(server: Server, address: str, *, within: float = 20) -> str:
    """Return the link in the newest mail to an address, as it lies in the outbox."""
    end = time.monotonic() + within
    while time.monotonic() < end:
        for path in sorted((server.instance / "outbox").glob("*.eml"), reverse=True):
            message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
            if message["To"] and address in str(message["To"]):
                text = message.get_body(("plain",)).get_content()  # type: ignore[union-attr]
                return re.search(rf"{re.escape(server.url)}/\S+", text)[0]  # type: ignore[index]
        time.sleep(0.2)
    raise AssertionError(f"no mail to {address}")


def create_course(page: Page, code: str, **texts: str) -> None:
    """Create a draft from the page of one's courses."""
    page.click("nav.navigation a[href='/teach']")
    page.click("main a[href='/teach/courses/new']")
    page.fill("[name=code]", code)
    for name, text in texts.items():
        page.fill(f"[name={name}]", text)
    page.select_option("[name=theme]", "T1")
    page.fill("[name=hours]", "2")
    page.click("main .form .button--primary")
    page.wait_for_url(f"**/teach/courses/{code}")


def drop_package(page: Page, package: Path) -> None:
    """Drop a package on the zone, as from a folder."""
    zone = page.locator(".file-drop__zone").element_handle()
    page.evaluate(DROP, [zone, package.name, base64.b64encode(package.read_bytes()).decode()])


def send_package(page: Page) -> str:
    """Send the chosen package, wait for the report, and return what it says."""
    page.click("main .form .button--primary")
    page.wait_for_url(re.compile(r"/uploads/[0-9a-f-]{36}$"), timeout=30_000)
    expect(page.locator("main table caption")).to_be_visible(timeout=30_000)
    return page.inner_text("main")


def lesson(page: Page) -> Frame:
    """Return the frame of a demo lesson, once it shows a page."""
    frame = content(page)
    frame.wait_for_selector("[data-test=position]:visible", timeout=15_000)
    return frame


def go_to(frame: Frame, page_id: str) -> None:
    """Jump to a page of a demo lesson by its contents."""
    frame.dispatch_event(f"[data-page='{page_id}']", "click")
    frame.wait_for_selector(f"[data-question='{page_id}']")


def answer(page: Page, frame: Frame, question: str, letters: str) -> None:
    """Choose options, check the answer, and wait until the server has it."""
    frame.wait_for_selector(f"[data-question$='{question}']")
    for letter in letters:
        frame.check(f"[data-test=option-{letter}]")
    with page.expect_response("**/_api/commit"):
        frame.click("[data-test=check]")
    frame.wait_for_selector("[data-test=feedback]:visible")


def place(frame: Frame) -> str:
    """Return where in the lesson its reader stands."""
    return frame.inner_text("[data-test=position]")
