"""What pages print: black on white, without navigation and buttons, heads of tables on every sheet."""

import shutil
import subprocess
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.journeys.acting import DEMO_PASSWORD, read_in
from tests.journeys.browser import Server, sign_in

pytestmark = pytest.mark.browser

GONE = ".navigation, .button, .footer__links, .languages, .menu, .skip-link, .tabs, .pagination, form button"
SEEN = f"""[...document.querySelectorAll('{GONE}')].filter((one) => one.checkVisibility())
  .map((one) => one.className)"""
STYLE = "getComputedStyle(document.body)"
PEOPLE = {
    "": ["/", "/courses", "/courses/DEMO-C1", "/help", "/library/dialogue"],
    "learner": ["/learn", "/learn/DEMO-C6"],
    "coordinator": ["/desk", "/people", "/reports/completion"],
    "admin": ["/admin/states"],
}


@pytest.mark.parametrize("role", PEOPLE)
def test_paper_has_no_navigation_and_is_black_on_white(academy: Server, page: Page, role: str) -> None:
    page.emulate_media(media="print", color_scheme="dark")
    if role:
        sign_in(page, academy, f"{role}@academy.example", DEMO_PASSWORD)
    for path in PEOPLE[role]:
        page.goto(academy.url + path)

        assert (path, page.evaluate(SEEN)) == (path, [])
        assert page.evaluate(f"{STYLE}.backgroundColor") == "rgb(255, 255, 255)"
        assert page.evaluate(f"{STYLE}.color") == "rgb(0, 0, 0)"
        assert path in page.locator(".footer .print-only").inner_text()


def test_heads_of_a_long_table_stand_on_every_sheet(
    academy: Server, chromium: Browser, tmp_path: Path
) -> None:
    if not shutil.which("pdftotext"):
        pytest.skip("no pdftotext on this machine")
    page = chromium.new_context().new_page()
    sign_in(page, academy, "admin@academy.example", DEMO_PASSWORD)
    read_in(page, "en")
    page.goto(f"{academy.url}/admin/states")
    page.pdf(path=str(tmp_path / "states.pdf"), format="A4")
    page.context.close()
    told = subprocess.run(
        ["pdftotext", "-layout", str(tmp_path / "states.pdf"), "-"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    sheets = [sheet for sheet in told.split("\f") if "Participates" in sheet]

    assert len(sheets) > 1
    assert all("Since" in sheet for sheet in sheets)
    assert "Address of this page:" in told
    assert "Sign out" not in told
