"""The short message after an act: read out, held while somebody is in it, then gone; undone by its button."""

import pytest
from playwright.sync_api import Page, expect

from academy.accounts.models import Person
from academy.db import db
from tests.factories import accounts
from tests.journeys.acting import DEMO_PASSWORD, read_in
from tests.journeys.browser import Server, sign_in

pytestmark = pytest.mark.browser


@pytest.fixture
def desk(academy: Server, page: Page) -> Page:
    """Open the coordinator's desk, on which somebody waits; time stands still."""
    with academy.database():
        accounts.person(name_latin="Ana Toast", confirmed=False)
    page.clock.install()
    sign_in(page, academy, "coordinator@academy.example", DEMO_PASSWORD)
    read_in(page, "en")
    page.goto(f"{academy.url}/desk")
    page.locator("tr", has_text="Ana Toast").get_by_role("button", name="Confirm").first.click()
    page.wait_for_selector("[data-toast]")
    return page


def test_a_toast_goes_by_itself_but_waits_for_who_points_at_it(desk: Page) -> None:
    toast = desk.locator("[data-toast]")
    desk.clock.run_for(1000)
    expect(desk.locator("[data-toast-heard]")).to_have_text("Ana Toast is confirmed.")
    toast.hover()
    desk.clock.run_for(20_000)
    expect(toast).to_be_visible()
    desk.mouse.move(5, 5)
    desk.clock.run_for(7_000)
    expect(toast).to_be_visible()
    desk.clock.run_for(2_000)
    expect(toast).to_be_hidden()


def test_a_toast_can_be_undone_and_closed_by_keyboard(academy: Server, desk: Page) -> None:
    desk.get_by_role("button", name="Undo").press("Enter")
    expect(desk.locator("main")).to_contain_text("waits for a decision again")
    with academy.database():
        last = db.session.query(Person).filter_by(name_latin="Ana Toast").order_by(Person.id.desc()).first()
        assert last is not None
        assert last.state_confirmed is None
    desk.locator("tr", has_text="Ana Toast").get_by_role("button", name="Confirm").first.click()
    desk.locator("[data-toast-close]").press("Escape")
    expect(desk.locator("[data-toast]")).to_be_hidden()
