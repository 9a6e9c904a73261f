"""Ways beside the straight one: two languages, no script, a forgotten password, other people's things."""

import json

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, Page, expect

from academy.db import db
from academy.xapi.models import Statement
from tests.journeys import acting
from tests.journeys.acting import DEMO_PASSWORD, RIGHT, Newcomer
from tests.journeys.browser import Server, sign_in
from tests.journeys.learning import leave

pytestmark = pytest.mark.browser

COURSE = "DEMO-C1"
PASSWORD = "quiet meadow in rain"
WRONG = {"Q1": "b", "Q2": "b", "Q4": "a"}


def newcomer(server: Server, address: str) -> None:
    person = ("--email", address, "--role", "learner", "--state", "MD", "--name-latin", "Ana Țurcan")
    server.command("users", "create", *person, "--password-stdin", given=PASSWORD)


def opened(page: Page, server: Server, language: str) -> str:
    page.goto(f"{server.url}/learn/{COURSE}")
    page.check(f"[name=language][value={language}]")
    page.locator("form:has([name=language]) button").click()
    acting.lesson(page)
    return page.url


def play(page: Page, server: Server, language: str, answers: dict[str, str]) -> None:
    opened(page, server, language)
    frame = acting.lesson(page)
    acting.go_to(frame, "C1-Q1")
    for question, letters in answers.items():
        acting.answer(page, frame, question, letters)
        frame.click("[data-test=next]")
    frame.click("[data-test=finish]")
    leave(page)


@pytest.mark.conformance
def test_two_languages_make_one_record_and_one_certificate_for_one_person(
    academy: Server, chromium: Browser, page: Page
) -> None:
    address = "two.languages@mail.example"
    newcomer(academy, address)
    academy.command("courses", "enrol", "--course", COURSE, "--email", address)
    sign_in(page, academy, address, PASSWORD)
    play(page, academy, "ru", RIGHT | WRONG)
    failed = shown(academy, address)
    play(page, academy, "en", RIGHT)
    opened(page, academy, "ru")
    leave(page)
    page.goto(f"{academy.url}/learn/{COURSE}")
    certificate = page.locator("main a[href$='.pdf']")
    for _ in range(40):
        if certificate.count():
            break
        page.wait_for_timeout(500)
        page.reload()
    document = f"{academy.url}{certificate.get_attribute('href')}"
    launch = opened(page, academy, "en")
    other = chromium.new_context().new_page()
    anonymous = other.goto(launch)
    sign_in(other, academy, "learner@academy.example", DEMO_PASSWORD)
    refused = [other.request.get(document).status, other.request.get(launch).status]
    other.context.close()
    leave(page)

    assert (failed["completion"], failed["success"], failed["score_scaled"]) == ("incomplete", "failed", 0.57)
    end = shown(academy, address)
    assert (end["completion"], end["success"], end["score_scaled"]) == ("completed", "passed", 1)
    assert (len(end["activities"]), end["certificate"]) == (1, document[-23:-4])
    listed = json.loads(academy.command("certificates", "list", "--email", address, "--json"))
    assert [one["serial"] for one in listed] == [end["certificate"]]
    assert anonymous is not None
    assert "/sign-in" in anonymous.url
    assert refused == [404, 404]


def shown(server: Server, address: str) -> dict[str, object]:
    found: dict[str, object] = json.loads(
        server.command("progress", "show", "--course", COURSE, "--email", address, "--json")
    )
    return found


def test_a_broken_line_is_said_and_mends_itself_and_signing_out_elsewhere_saves_first(
    academy: Server, chromium: Browser
) -> None:
    address = "weak.line@mail.example"
    newcomer(academy, address)
    academy.command("courses", "enrol", "--course", COURSE, "--email", address)
    page = chromium.new_context(viewport={"width": 1280, "height": 800}).new_page()
    bar = page.locator("[data-save-words]")
    sign_in(page, academy, address, PASSWORD)
    opened(page, academy, "en")
    frame = acting.lesson(page)
    acting.go_to(frame, "C1-Q1")
    acting.answer(page, frame, "Q1", RIGHT["Q1"])
    frame.click("[data-test=next]")
    expect(bar).to_contain_text("Saved")
    page.context.set_offline(True)
    frame.check("[data-test=option-a]")
    frame.click("[data-test=check]")
    expect(bar).to_have_text("Not saved", timeout=10_000)
    strip = page.inner_text("[data-strip=failed]")
    page.context.set_offline(False)
    expect(bar).to_contain_text("Saved", timeout=10_000)
    other = page.context.new_page()
    other.goto(f"{academy.url}/learn")
    frame.click("[data-test=next]")
    acting.answer(page, frame, "Q3", RIGHT["Q3"])
    acting.sign_out(other)
    page.wait_for_url(lambda url: "/signed-out?next=/play/" in url, timeout=20_000)
    page.context.close()

    assert "The last steps are not saved." in strip
    with academy.database():
        told = db.session.scalars(sa.select(Statement.payload).order_by(Statement.seq.desc()).limit(8))
        verbs = [json.loads(bytes(one))["verb"]["id"].rpartition("/")[2] for one in told]
    assert verbs.index("suspended") == 0
    assert verbs[1:4] == ["responded"] * 3


def test_whoever_has_no_script_can_register_and_enrol(academy: Server, chromium: Browser) -> None:
    page = chromium.new_context(java_script_enabled=False, locale="en-GB").new_page()
    person = Newcomer(
        email="no.script@police.md.example",
        latin="Țâță Ișcenko",
        cyrillic="Цыца Ғайрат",
        password=PASSWORD,
        language="en",
    )
    acting.register(page, academy, person)
    page.goto(acting.link_mailed_to(academy, person.email))
    page.click("form[action*='/confirm/'] button")
    page.goto(f"{academy.url}/courses/{COURSE}")
    page.click("form[action$='/enrol'] button")
    expect(page.locator("h1")).to_contain_text("Integrated Border Management")
    page.locator(f"form[action^='/courses/{COURSE}/'] button").first.click()

    page.wait_for_url("**/play/*")
    assert page.inner_text("main").startswith("This content needs JavaScript")
    page.context.close()


def test_a_new_password_ends_the_sessions_that_the_old_one_opened(
    academy: Server, chromium: Browser, page: Page
) -> None:
    address = "forgetful@mail.example"
    newcomer(academy, address)
    sign_in(page, academy, address, PASSWORD)
    other = chromium.new_context().new_page()
    other.goto(f"{academy.url}/password/forgot")
    other.fill("[name=email]", address)
    other.click("main .form .button--primary")
    link = acting.link_mailed_to(academy, address)
    other.goto(link)
    for field in other.locator("main input[type=password]").all():
        field.fill("another phrase of words")
    other.check("[name=consent]")
    other.click("main .form .button--primary")
    expect(other.locator(".header__who")).to_contain_text("Ana Țurcan")
    again = other.context.browser.new_context().new_page()  # type: ignore[union-attr]
    answer = again.goto(link)
    for one in (other, again):
        one.context.close()
    page.goto(f"{academy.url}/learn")

    assert "/sign-in" in page.url
    assert answer is not None
    assert answer.status == 400


def test_signing_out_leaves_nothing_personal_behind(academy: Server, page: Page) -> None:
    sign_in(page, academy, "coordinator@academy.example", DEMO_PASSWORD)
    page.goto(f"{academy.url}/people")
    before = page.inner_text("main")
    acting.sign_out(page)
    page.go_back()
    page.wait_for_load_state()

    assert "@" in before
    assert "/sign-in" in page.url
    assert "@" not in page.inner_text("main")
