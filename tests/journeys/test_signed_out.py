"""What is left when a session ends: nothing on a shared computer, and no learner in an open player."""

import re
from dataclasses import dataclass
from pathlib import Path

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, BrowserContext, Page, expect

from academy.accounts import passwords
from academy.accounts.models import Person, PersonSession
from academy.courses.models import Enrolment
from academy.db import db
from tests.journeys.browser import Server
from tests.journeys.learning import Learner, content, enrolled, save, wait_saved
from tests.packages import players

pytestmark = pytest.mark.browser

PASSWORD = "three words fit"
SIGNED_OUT = re.compile("/signed-out")
KEPT = """async () => ({
  cookies: document.cookie,
  local: Object.keys(localStorage),
  tab: Object.keys(sessionStorage),
  databases: (await indexedDB.databases()).map((one) => one.name),
  caches: await caches.keys(),
})"""
NOTHING = {"cookies": "", "local": [], "tab": [], "databases": [], "caches": []}


@dataclass
class Visit:
    """A learner who is signed in in a browser of their own."""

    learner: Learner
    email: str
    name: str
    context: BrowserContext
    page: Page

    @property
    def url(self) -> str:
        return self.learner.server.url

    def sign_in(self, *, shared: bool = True, place: str = "/sign-in") -> None:
        self.page.goto(self.url + place)
        self.page.fill("[name=email]", self.email)
        self.page.fill("[name=password]", PASSWORD)
        if shared:
            self.page.check("[name=shared]")
        self.page.press("[name=password]", "Enter")
        self.page.wait_for_url(lambda url: "/sign-in" not in url)

    def play(self, page: Page | None = None) -> Page:
        page = page or self.page
        page.goto(f"{self.url}/learn")
        page.locator("main a[href^='/learn/']").first.click()
        page.locator("form[action$='/launch'] button").first.click()
        page.wait_for_url("**/play/*")
        return page

    def sign_out(self) -> None:
        self.page.locator("form[action='/sign-out'] button:visible").first.click()
        self.page.wait_for_url(SIGNED_OUT)


@pytest.fixture
def visit(server: Server, chromium: Browser, tmp_path: Path):
    learner = enrolled(server, players.plain(tmp_path))
    with server.database():
        seat = db.session.scalar(sa.select(Enrolment).where(Enrolment.registration == learner.registration))
        person = seat.person
        person.password_hash = passwords.hash_of(PASSWORD)
        person.name_latin = f"Elena Russu{'abcdefghij'[person.id % 10]}"
        email, name = person.email, person.name_latin
    context = chromium.new_context(locale="en-GB")
    yield Visit(learner, email, name, context, context.new_page())
    context.close()


def set_location(page: Page, place: str) -> None:
    frame = content(page)
    assert frame.evaluate(f"set('cmi.core.lesson_location', {place!r})") == "true"
    save(page, frame)


def location(learner: Learner) -> str:
    return str(learner.attempts()[-1]["data"].get("cmi.core.lesson_location", ""))


def test_after_signing_out_of_a_shared_computer_nothing_personal_is_left(visit: Visit) -> None:
    visit.sign_in()
    page = visit.page
    page.goto(f"{visit.url}/profile")
    assert visit.name in page.content()
    page.evaluate("() => { localStorage.setItem('draft', 'x'); sessionStorage.setItem('tab', 'y'); }")
    page.goto(f"{visit.url}/learn")

    with page.expect_response(lambda answer: answer.url.endswith("/sign-out")) as answered:
        visit.sign_out()

    assert answered.value.all_headers()["clear-site-data"] == '"cache", "cookies", "storage"'
    assert [cookie["name"] for cookie in visit.context.cookies()] == []
    assert page.evaluate(KEPT) == NOTHING
    for _ in range(3):
        page.go_back()
        page.wait_for_load_state()
        assert visit.name not in page.content()
        assert visit.email not in page.content()


def test_back_after_signing_out_of_ones_own_computer_shows_nothing_either(visit: Visit) -> None:
    visit.sign_in(shared=False)
    visit.page.goto(f"{visit.url}/profile")
    visit.page.goto(f"{visit.url}/learn")
    visit.page.locator("form[action='/sign-out'] button:visible").first.click()
    visit.page.wait_for_url(f"{visit.url}/")

    for _ in range(2):
        visit.page.go_back()
        visit.page.wait_for_load_state()
        visit.page.wait_for_timeout(200)
        assert visit.name not in visit.page.content()


def test_content_is_told_to_forget_what_it_kept(visit: Visit) -> None:
    visit.sign_in()
    visit.play()
    content(visit.page)
    wait_saved(visit.page)
    visit.page.click("[data-leave]")
    visit.page.wait_for_url("**/left")
    answers = []
    visit.page.on("response", lambda answer: "/_api/clear" in answer.url and answers.append(answer))

    visit.sign_out()
    visit.page.wait_for_load_state("networkidle")

    assert [answer.all_headers().get("clear-site-data") for answer in answers] == ['"cache", "storage"']


def test_a_player_left_open_saves_and_closes_when_its_person_signs_out(visit: Visit) -> None:
    visit.sign_in()
    player = visit.play(visit.context.new_page())
    set_location(player, "page-4")
    content(player).evaluate("set('cmi.core.lesson_location', 'page-5')")
    visit.page.goto(f"{visit.url}/learn")

    visit.sign_out()

    player.wait_for_url(SIGNED_OUT, timeout=20_000)
    assert location(visit.learner) == "page-5"
    assert player.locator("iframe#frame").count() == 0


def test_a_player_in_another_browser_hears_of_signing_out_everywhere(visit: Visit, chromium: Browser) -> None:
    visit.sign_in()
    visit.play()
    set_location(visit.page, "page-4")
    with visit.learner.server.database():
        person = db.session.scalar(sa.select(Person).where(Person.email == visit.email))
        for one in db.session.scalars(sa.select(PersonSession).where(PersonSession.person_id == person.id)):
            one.ended = one.last_seen
        db.session.commit()

    visit.page.wait_for_url(SIGNED_OUT, timeout=25_000)
    expect(visit.page.locator("h1")).to_have_text("You are signed out")
    visit.page.click("main .button--primary")
    visit.page.wait_for_url(re.compile("/sign-in[?]next=/play/"))


def test_one_is_warned_before_the_session_ends_and_may_stay(visit: Visit) -> None:
    visit.page.clock.install()
    visit.sign_in()
    page = visit.page
    warning = page.locator("#session-watch")
    expect(warning).not_to_be_visible()

    page.clock.fast_forward(13 * 60_000 + 5_000)
    expect(warning).to_be_visible()
    assert "signed out in" in warning.inner_text()
    assert page.evaluate("document.activeElement.id") == "session-watch-title"
    assert page.title() == "Are you still there?"
    with page.expect_response("**/session/stay") as answered:
        page.keyboard.press("Escape")
    expect(warning).not_to_be_visible()

    assert answered.value.status == 200
    assert page.title() != "Are you still there?"
    page.clock.fast_forward(12 * 60_000)
    expect(warning).not_to_be_visible()


def test_an_idle_shared_computer_signs_out_and_comes_back_to_the_same_place(visit: Visit) -> None:
    visit.page.clock.install()
    visit.sign_in()
    page = visit.page
    page.goto(f"{visit.url}/profile?from=here")

    page.clock.fast_forward(15 * 60_000)
    page.wait_for_url(SIGNED_OUT)

    assert "Nothing happened for a while" in page.inner_text("main")
    assert visit.name not in page.content()
    page.click("main .button--primary")
    page.wait_for_url(re.compile("/sign-in[?]next="))
    page.fill("[name=email]", visit.email)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url(f"{visit.url}/profile?from=here")


def test_an_idle_player_saves_before_it_signs_out(visit: Visit) -> None:
    visit.page.clock.install()
    visit.sign_in()
    visit.play()
    set_location(visit.page, "page-4")
    content(visit.page).evaluate("set('cmi.core.lesson_location', 'page-6')")

    visit.page.clock.fast_forward(16 * 60_000)
    visit.page.wait_for_url(SIGNED_OUT, timeout=20_000)

    assert location(visit.learner) == "page-6"
    assert "Nothing happened for a while" in visit.page.inner_text("main")


def test_work_within_content_counts_as_activity(visit: Visit) -> None:
    visit.page.clock.install()
    visit.sign_in()
    visit.play()
    frame = content(visit.page)

    for _ in range(3):
        visit.page.clock.fast_forward(10 * 60_000)
        with visit.page.expect_response("**/session/stay"):
            frame.locator("body").click()

    expect(visit.page.locator("#session-watch")).not_to_be_visible()


def test_a_form_of_ones_own_computer_survives_the_end_of_the_session(visit: Visit) -> None:
    visit.page.clock.install()
    visit.sign_in(shared=False)
    page = visit.page
    page.goto(f"{visit.url}/profile")
    page.fill("[name=name_latin]", "Elena Written")
    with visit.learner.server.database():
        db.session.execute(sa.update(PersonSession).values(ended=PersonSession.last_seen))

    page.clock.fast_forward(30 * 60_000)
    page.locator("#details .button--primary").click()
    expect(page.locator("#session-watch")).to_be_visible()
    assert page.input_value("[name=name_latin]") == "Elena Written"
    with page.expect_popup() as opened:
        page.click("#session-watch [data-part=over] a")
    tab = opened.value
    tab.fill("[name=email]", visit.email)
    tab.fill("[name=password]", PASSWORD)
    tab.press("[name=password]", "Enter")
    tab.wait_for_url("**/profile/sessions")
    page.click("[data-again]")
    expect(page.locator("#session-watch")).not_to_be_visible()
    page.locator("#details .button--primary").click()
    page.wait_for_load_state()

    expect(page.locator("main")).to_contain_text("Your details are saved")
    assert "Elena Written" in page.content()
