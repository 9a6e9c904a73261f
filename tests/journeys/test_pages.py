"""Every page that a person can reach by links, in both languages, wide and on a phone."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from academy import clock
from academy.accounts.models import Person
from academy.accounts.privacy import PRIVACY_VERSION
from academy.db import db
from tests.factories import accounts
from tests.journeys.acting import DEMO_PASSWORD, lesson, link_mailed_to, read_in
from tests.journeys.browser import Server, sign_in
from tests.journeys.learning import leave
from tests.journeys.pages import Visitor

pytestmark = pytest.mark.browser

WIDE = {"width": 1280, "height": 800}
PHONE = {"width": 360, "height": 640}
NARROWEST = 320
FIRST_PAGE = 100_000
MOST_LINKS = 60
REFUSED = {
    "/nowhere": 404,
    "/courses/NOWHERE": 404,
    "/verify/PPTA-2026-999999-00": 404,
    "/confirm/no-token": 400,
    "/password/reset/no-token": 400,
}
SPOIL = """() => {
  document.querySelector('.skip-link').remove();
  document.querySelector('.languages a').href = '/courses?lang=ru';
  const image = document.createElement('img');
  image.src = '/static/nothing.svg';
  const wide = document.createElement('p');
  wide.textContent = 'wide';
  wide.style.minWidth = '3000px';
  document.querySelector('main').append(image, wide);
  const script = document.createElement('script');
  script.textContent = '1';
  document.body.append(script);
}"""
PEOPLE = {
    "anonymous": ("", {"en": "", "ru": ""}),
    "learner": ("learner@academy.example", {"en": "Elena Russu", "ru": "Елена Руссу"}),
    "trainer": ("trainer@academy.example", {"en": "Pavel Dvořák", "ru": "Павел Дворжак"}),
    "coordinator": ("coordinator@academy.example", {"en": "Ion Munteanu", "ru": "Ион Мунтяну"}),
    "admin": ("admin@academy.example", {"en": "Anna Kowalska", "ru": "Анна Ковальская"}),
    "secretariat": ("secretariat@academy.example", {"en": "Anna Lindqvist", "ru": "Анна Линдквист"}),
    "editor": ("editor@academy.example", {"en": "Eva Horvath", "ru": "Эва Хорват"}),
    "observer": ("observer@academy.example", {"en": "Jan Peeters", "ru": "Ян Петерс"}),
}
NOT_OF_THE_DEMONSTRATION = ("secretariat", "editor", "observer")
#: Where the walk of a role begins, and which shapes of pages are left to others, who see the same.
HELP = {"/help", "/accessibility", "/privacy", "/personal-data", "/contact", "/verify"}
DOORS = {"/register", "/sign-in"}
LIBRARY = {f"/library/{one}" for one in ("observatory", "dialogue", "observatory/*", "dialogue/*")}
PUBLIC = frozenset({"/", "/courses", *HELP, *DOORS, *LIBRARY})
MINE = {"/profile", "/profile/data", "/profile/sessions", "/profile/privacy"}
EVERYBODYS = PUBLIC | {"/courses/*", "/courses?theme", "/learn", *MINE}
STAFFS = EVERYBODYS | {"/teach", "/teach/courses/*", "/teach/courses/new", "/reports/completion"}
WALKS = {
    "anonymous": ("/", frozenset()),
    "learner": ("/learn", PUBLIC),
    "trainer": ("/desk", EVERYBODYS),
    "coordinator": ("/desk", EVERYBODYS),
    "admin": ("/desk", STAFFS - {"/reports/completion"}),
    "secretariat": ("/desk", STAFFS | {"/people", "/people?tab", "/admin/states/*", "/admin/states/new"}),
    "editor": ("/desk", EVERYBODYS),
    "observer": ("/desk", EVERYBODYS),
}


@pytest.fixture(scope="session")
def academy(academy: Server) -> Server:
    """Add the roles that the demonstration has nobody for, and somebody who waits for a decision."""
    for role in NOT_OF_THE_DEMONSTRATION:
        email, names = PEOPLE[role]
        named = ("--name-latin", names["en"], "--name-cyrillic", names["ru"], "--state", "CZ")
        asked = ("users", "create", "--email", email, "--role", role, "--password-stdin")
        academy.command(*asked, *named, given=DEMO_PASSWORD)
    with academy.database():
        accounts.person(name_latin="Natalia Waits", name_cyrillic="Наталья Ждёт", confirmed=False)
        db.session.query(Person).update({"privacy_accepted": clock.now(), "privacy_version": PRIVACY_VERSION})
    return academy


#: The rest of the roles come with `make conformance`.
SAMPLED = ("anonymous", "learner")


@pytest.mark.parametrize(
    "role", [pytest.param(one, marks=[] if one in SAMPLED else pytest.mark.conformance) for one in PEOPLE]
)
def test_every_page_is_sound_in_both_languages(
    academy: Server, chromium: Browser, role: str, request: pytest.FixtureRequest
) -> None:
    email, names = PEOPLE[role]
    start, known = WALKS[role]
    whole = request.config.getoption("--whole-corpus")
    page = chromium.new_context(viewport=WIDE, locale="en-GB").new_page()
    if email:
        sign_in(page, academy, email, DEMO_PASSWORD)
    else:
        page.goto(academy.url)
    read_in(page, "en")
    english = Visitor(page, academy.url, names["en"])
    opened = english.crawl(start, each=4 if whole else 1, known=frozenset() if whole else known)
    read_in(page, "ru")
    page.set_viewport_size(PHONE)
    russian = Visitor(page, academy.url, names["ru"])
    for path in opened:
        russian.open(path)
        russian.narrow(NARROWEST)
    page.context.close()

    assert (english.faults, russian.faults) == ([], [])


@pytest.mark.parametrize(
    ("width", "language"),
    [
        (1280, "en"),
        (360, "ru"),
        pytest.param(1280, "ru", marks=pytest.mark.conformance),
        pytest.param(360, "en", marks=pytest.mark.conformance),
    ],
)
def test_every_component_is_sound_light_and_dark(
    academy: Server, chromium: Browser, language: str, width: int
) -> None:
    for scheme in ("light", "dark"):
        size = {"width": width, "height": 800}
        page = chromium.new_context(viewport=size, color_scheme=scheme, locale=language).new_page()
        visitor = Visitor(page, academy.url)
        visitor.open("/components")
        page.click("[data-dialog]")
        visitor.check(None)
        page.keyboard.press("Escape")
        visitor.narrow(NARROWEST)
        page.context.close()

        assert visitor.faults == []


@pytest.mark.parametrize("role", ["learner", "trainer", "coordinator", "admin"])
def test_pages_are_sound_in_the_dark_and_with_forced_colours(
    academy: Server, chromium: Browser, role: str
) -> None:
    page = chromium.new_context(viewport=PHONE, color_scheme="dark", locale="en-GB").new_page()
    sign_in(page, academy, PEOPLE[role][0], DEMO_PASSWORD)
    read_in(page, "en")
    visitor = Visitor(page, academy.url, PEOPLE[role][1]["en"])
    shown = {"learner": ["/learn", "/learn/DEMO-C6", "/courses", "/profile"]}
    for path in shown.get(role, [WALKS[role][0], "/teach" if role == "trainer" else "/reports/completion"]):
        visitor.open(path)
    page.emulate_media(color_scheme="light", forced_colors="active", reduced_motion="reduce")
    visitor.open(WALKS[role][0])
    page.context.close()

    assert visitor.faults == []


@pytest.mark.parametrize("role", ["anonymous", "learner", "trainer", "coordinator"])
def test_no_link_leads_nowhere(academy: Server, chromium: Browser, role: str) -> None:
    email, _ = PEOPLE[role]
    page = chromium.new_context(viewport=WIDE).new_page()
    if email:
        sign_in(page, academy, email, DEMO_PASSWORD)
    visitor = Visitor(page, academy.url)
    found: set[str] = set()
    for start in ("/", "/courses", "/help", WALKS[role][0], "/library/observatory", "/privacy"):
        page.goto(academy.url + start)
        found.update(visitor.links())
    answers = {path: page.request.get(academy.url + path).status for path in sorted(found)[:MOST_LINKS]}
    page.context.close()

    assert {path: status for path, status in answers.items() if status != 200} == {}
    assert len(answers) > 20


@pytest.mark.parametrize("language", ["en", "ru"])
def test_pages_that_refuse_are_sound_too(academy: Server, page: Page, language: str) -> None:
    page.goto(f"{academy.url}/help")
    read_in(page, language)
    visitor = Visitor(page, academy.url)
    for path, status in REFUSED.items():
        visitor.open(path, status=status)
        visitor.narrow(NARROWEST)
    for path in ("/sign-in", "/register", "/password/forgot"):
        visitor.open(path)
        visitor.expected_status = 422
        page.click("main .form .button--primary")
        page.wait_for_selector("[aria-invalid=true]")
        visitor.check(None)
        visitor.narrow(NARROWEST)

    assert visitor.faults == []


def test_refusals_within_forms_of_staff(academy: Server, page: Page, tmp_path: Path) -> None:
    sign_in(page, academy, "trainer@academy.example", DEMO_PASSWORD)
    visitor = Visitor(page, academy.url)
    visitor.open("/people", status=403)
    visitor.open("/teach/courses/new")
    visitor.expected_status = 422
    page.click("main .form .button--primary")
    page.wait_for_selector("[aria-invalid=true]")
    visitor.check(None)
    (tmp_path / "photo.zip").write_bytes(b"no archive at all" * 100)
    visitor.open("/teach/courses/DEMO-C2/uploads/new")
    page.set_input_files("[name=file]", tmp_path / "photo.zip")
    page.click("main .form .button--primary")
    page.wait_for_selector("main [role=alert]:visible", timeout=20_000)
    page.wait_for_load_state()
    visitor.check(None)
    visitor.narrow(NARROWEST)
    told = page.inner_text("main")

    assert visitor.faults == []
    assert "photo.zip" in told


def test_the_player_and_the_page_after_it(academy: Server, page: Page) -> None:
    sign_in(page, academy, "learner@academy.example", DEMO_PASSWORD)
    read_in(page, "en")
    visitor = Visitor(page, academy.url, "Elena Russu")
    visitor.open("/learn/DEMO-C6")
    visitor.here = "the player"
    page.locator("form[action^='/courses/DEMO-C6/'] button").first.click()
    lesson(page)
    visitor.check(None)
    page.click("[data-act=contents]")
    visitor.check(None)
    visitor.narrow(NARROWEST)
    leave(page)
    visitor.here = "after the player"
    visitor.check(None)
    visitor.narrow(NARROWEST)

    assert visitor.faults == []


def test_mail_of_the_outbox_can_be_read(academy: Server, page: Page) -> None:
    page.goto(f"{academy.url}/password/forgot")
    page.fill("[name=email]", "learner@academy.example")
    page.click("main .form .button--primary")
    page.wait_for_url("**/password/sent")
    visitor = Visitor(page, academy.url)
    visitor.check(None)
    link_mailed_to(academy, "learner@academy.example")
    visitor.open("/outbox")
    page.locator("main a[href^='/outbox/']").first.click()
    page.wait_for_url("**/outbox/*")
    visitor.here = "a mail"
    visitor.check(None)
    visitor.narrow(NARROWEST)

    assert visitor.faults == []


@pytest.mark.parametrize("language", ["en", "ru"])
def test_the_first_page_is_light(academy: Server, chromium: Browser, language: str) -> None:
    page = chromium.new_context(viewport=WIDE, locale=language).new_page()
    session = page.context.new_cdp_session(page)
    sizes: list[int] = []
    session.on("Network.loadingFinished", lambda event: sizes.append(int(event["encodedDataLength"])))
    session.send("Network.enable")
    page.goto(academy.url, wait_until="networkidle")
    page.context.close()

    assert len(sizes) > 3
    assert sum(sizes) < FIRST_PAGE


def test_the_visitor_notices_what_is_wrong(academy: Server, page: Page) -> None:
    visitor = Visitor(page, academy.url, "Somebody")
    visitor.open("/courses?q=labour", status=404)
    page.evaluate(SPOIL)
    visitor.check(None)

    told = [what[0] if isinstance(what, list) else str(what) for _, what in visitor.faults]
    for expected in ("status 200", "image-alt", "px too wide", "skip link", "language switch", "signed in"):
        assert any(expected in one for one in told), expected
    assert any("Content Security Policy" in one for one in told)
