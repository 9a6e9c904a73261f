"""The frame in a real browser: accessibility, narrow screens, the menu, and life without script."""

import json

import pytest

from tests.frame.conftest import AXE, Browse

pytestmark = pytest.mark.browser

PAGES = ("/", "/courses", "/sign-in", "/register", "/verify", "/help", "/library/observatory", "/nowhere")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize(
    ("language", "width", "dark"),
    [("en", 1280, False), ("ru", 320, True)],
    ids=["wide-light-english", "narrow-dark-russian"],
)
def test_page_is_accessible_and_fits(
    browse: Browse, path: str, language: str, width: int, dark: bool
) -> None:
    page = browse(f"{path}?lang={language}", width=width, dark=dark)

    page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate(f"axe.run(document, {{runOnly: {json.dumps(RULES)}}})")
    faults = [(fault["id"], fault["nodes"][0]["html"][:120]) for fault in found["violations"]]
    assert (faults, page.evaluate(WIDER)) == ([], 0)
    assert page.get_attribute("html", "lang") == language


def test_menu_opens_with_the_keyboard_and_closes_on_escape(browse: Browse) -> None:
    page = browse("/help", width=360)
    summary = page.locator("details[data-menu] > summary")

    summary.press("Enter")
    page.locator(".menu nav a").first.wait_for(state="visible")
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")

    assert page.locator("details[data-menu]").get_attribute("open") is None
    assert summary.evaluate("element => element === document.activeElement")


def test_wide_screens_show_the_navigation_and_no_menu(browse: Browse) -> None:
    page = browse("/help")

    assert page.locator(".navigation").is_visible()
    assert page.locator(".menu").is_hidden()


def test_first_tab_leads_past_the_header(browse: Browse) -> None:
    page = browse("/help")

    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    assert page.evaluate("document.activeElement.id") == "content"


def test_switching_the_language_keeps_place_and_query(browse: Browse) -> None:
    page = browse("/courses?q=labour&lang=en")

    page.locator(".languages a").click()

    assert page.get_attribute("html", "lang") == "ru"
    assert page.locator("main [type=search]").input_value() == "labour"


@pytest.mark.parametrize(("width", "is_open"), [(1280, True), (360, False)])
def test_filters_are_folded_on_phones_only(browse: Browse, width: int, is_open: bool) -> None:
    page = browse("/courses", width=width)

    assert page.locator(".facets__groups").is_visible() is is_open


def test_pages_can_be_read_and_searched_without_script(browse: Browse) -> None:
    page = browse("/courses", width=360, script=False)

    assert page.locator(".facets__groups").is_visible()
    page.locator("main [type=search]").fill("labour")
    page.locator("main [type=search]").press("Enter")

    assert "q=labour" in page.url
