"""The player under what happens to it: take-over, a killed server, a lost line, hostile content."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Error, Frame, Page, expect

from tests.journeys.browser import Server
from tests.journeys.learning import content, enrolled, leave, save, wait_saved
from tests.packages import players

pytestmark = pytest.mark.browser


def _state(page: Page) -> str:
    return str(page.get_attribute("[data-save-state]", "data-save-state"))


def _set(frame: Frame, **values: str) -> None:
    for name, value in values.items():
        assert frame.evaluate(f"set('cmi.{name.replace('__', '.')}', {value!r})") == "true"


def test_a_second_launch_takes_over_and_the_first_is_told(
    server: Server, chromium: Browser, page: Page, tmp_path: Path
) -> None:
    learner = enrolled(server, players.plain(tmp_path))
    page.goto(learner.address())
    first = content(page)
    _set(first, core__lesson_location="page-2", core__lesson_status="incomplete")
    save(page, first)
    other = chromium.new_context().new_page()
    other.goto(learner.address())
    second = content(other)
    assert second.evaluate("get('cmi.core.lesson_location')") == "page-2"
    _set(second, core__lesson_location="page-9")
    save(other, second)
    _set(first, core__lesson_location="page-3", core__score__raw="90", core__lesson_status="passed")
    page.wait_for_selector("#taken:not([hidden])", timeout=20_000)
    leave(other)
    other.context.close()

    [attempt] = learner.attempts()
    assert attempt["data"]["cmi.core.lesson_location"] == "page-9"
    assert (attempt["success"], attempt["score_raw"]) == ("passed", 90)
    assert "open in another place" in page.inner_text("#taken")
    verbs = [verb for verb, _ in learner.told()]
    assert verbs.count("passed") == 1
    assert verbs[:3] == ["initialized", "suspended", "resumed"]


def test_a_silent_first_launch_hears_of_the_take_over(server: Server, page: Page, tmp_path: Path) -> None:
    learner = enrolled(server, players.plain(tmp_path))
    page.goto(learner.address())
    content(page)
    wait_saved(page)
    learner.address()

    page.wait_for_selector("#taken:not([hidden])", timeout=20_000)


def test_another_tab_of_the_same_browser_is_told_at_once(server: Server, page: Page, tmp_path: Path) -> None:
    learner = enrolled(server, players.plain(tmp_path))
    page.goto(learner.address())
    content(page)
    wait_saved(page)
    other = page.context.new_page()
    other.goto(learner.address())
    content(other)

    page.wait_for_selector("#taken:not([hidden])", timeout=4_000)


def test_every_acknowledged_commit_survives_a_killed_server(
    server: Server, page: Page, tmp_path: Path
) -> None:
    learner = enrolled(server, players.plain(tmp_path))
    page.goto(learner.address())
    frame = content(page)
    _set(frame, suspend_data="first", core__lesson_location="page-1")
    assert save(page, frame) == "true"
    wait_saved(page)
    saved = page.inner_text("[data-save-words]")
    server.kill()
    kept = learner.attempts()[0]["data"]
    _set(frame, suspend_data="second" * 5000, core__lesson_location="page-2")
    frame.evaluate("api.LMSCommit('')")
    expect(page.locator("[data-save-words]")).to_have_text("Not saved", timeout=10_000)
    while_down = frame.evaluate("api.LMSCommit('')")
    strip = page.inner_text("[data-strip=failed]")
    server.start()
    page.dispatch_event("[data-act=retry]", "click")  # which may have gone, as the page tries again by itself
    wait_saved(page)
    leave(page)

    assert saved.startswith("Saved ")
    assert (kept["cmi.suspend_data"], kept["cmi.core.lesson_location"]) == ("first", "page-1")
    assert while_down == "false"
    assert "The last steps are not saved." in strip
    after = learner.attempts()[0]["data"]
    assert (after["cmi.suspend_data"], after["cmi.core.lesson_location"]) == ("second" * 5000, "page-2")


def test_a_closed_browser_leaves_the_last_step_and_resumes_there(
    server: Server, chromium: Browser, tmp_path: Path
) -> None:
    learner = enrolled(server, players.plain(tmp_path))
    context = chromium.new_context()
    closing = context.new_page()
    closing.goto(learner.address())
    frame = content(closing)
    wait_saved(closing)
    _set(frame, core__lesson_status="incomplete", suspend_data="x" * 40_000, core__exit="suspend")
    closing.close()
    elsewhere = chromium.new_context().new_page()
    elsewhere.wait_for_timeout(500)
    elsewhere.goto(learner.address())
    again = content(elsewhere)

    assert again.evaluate("get('cmi.core.entry')") == "resume"
    assert again.evaluate("get('cmi.suspend_data').length") == 40_000
    assert [verb for verb, _ in learner.told()] == ["initialized", "suspended", "resumed"]
    context.close()
    elsewhere.context.close()


def test_long_values_are_kept_whole(server: Server, page: Page, tmp_path: Path) -> None:
    learner = enrolled(server, players.plain(tmp_path))
    page.goto(learner.address())
    frame = content(page)
    wait_saved(page)
    assert frame.evaluate("set('cmi.suspend_data', 'ж'.repeat(300000))") == "true"
    assert frame.evaluate("set('cmi.core.lesson_location', 'y'.repeat(1000))") == "true"
    assert frame.evaluate("get('cmi.suspend_data').length") == 300_000
    assert frame.evaluate("set('cmi.suspend_data', 'x'.repeat(1048577))") == "false"
    assert frame.evaluate("api.LMSGetLastError()") == "405"
    leave(page)

    data = learner.attempts()[0]["data"]
    assert (data["cmi.suspend_data"], len(data["cmi.core.lesson_location"])) == ("ж" * 300_000, 1000)


def test_content_that_reloads_itself_begins_a_new_session(server: Server, page: Page, tmp_path: Path) -> None:
    learner = enrolled(server, players.plain(tmp_path))
    page.goto(learner.address())
    _set(
        content(page),
        core__lesson_location="page-4",
        core__lesson_status="incomplete",
        core__session_time="00:00:05",
    )
    content(page).evaluate("location.reload()")
    page.wait_for_timeout(1000)
    reloaded = content(page)
    assert reloaded.evaluate("get('cmi.core.lesson_location')") == "page-4"
    assert reloaded.evaluate("get('cmi.core.entry')") == "resume"
    _set(reloaded, core__session_time="00:00:07", core__lesson_status="completed")
    leave(page)

    assert [(verb, (result or {}).get("duration")) for verb, result in learner.told()] == [
        ("initialized", None),
        ("suspended", "PT5S"),
        ("resumed", None),
        ("completed", None),
        ("terminated", "PT7S"),
    ]
    assert learner.attempts()[0]["total_time_ms"] == 12_000


def test_going_to_another_part_ends_the_first_and_locks_hold(
    server: Server, page: Page, tmp_path: Path
) -> None:
    learner = enrolled(server, players.locked(tmp_path))
    page.goto(learner.address())
    first = content(page)
    wait_saved(page)
    page.click("[data-act=contents]")
    locked = page.inner_text("#contents li:nth-child(2)")
    _set(first, core__lesson_status="completed")
    leave(page)
    page.goto(learner.address())
    content(page)
    page.click("[data-act=contents]")
    page.click("#contents li:nth-child(2) button")
    page.wait_for_selector("text=2 of 2: Part 2")
    content(page)

    assert "Locked" in locked
    assert [one["leaf"] for one in learner.attempts()] == ["part-1", "part-1", "part-2"]


def test_content_in_a_window_of_its_own_finds_the_api(server: Server, page: Page, tmp_path: Path) -> None:
    learner = enrolled(server, players.in_a_window(tmp_path))
    page.goto(learner.address())
    with page.expect_popup() as opened:
        content(page).click("button")
    expect(opened.value).to_have_title("truetrue")
    leave(page)

    assert [verb for verb, _ in learner.told()] == ["initialized", "completed", "terminated"]


def test_hostile_content_stays_in_its_frame(server: Server, page: Page, tmp_path: Path) -> None:
    learner = enrolled(server, players.hostile(tmp_path, app=server.url))
    page.goto(learner.address())
    frame = content(page)
    address = page.url
    found = frame.evaluate("done.then(() => found)")
    with pytest.raises(Error, match="navigat|frame"):
        frame.evaluate(f"escape('{server.url}/help')")
    page.wait_for_timeout(300)

    assert found == {
        "cookie": "",
        "top-document": "refused: SecurityError",
        "worker": found["worker"],
        "app": "refused: TypeError",
        "app-post": "refused: TypeError",
        "outside": "refused: TypeError",
        "inner": "404",
        "learn-here": "404",
    }
    assert found["worker"].startswith("refused: ")
    assert page.url == address


def test_the_bar_fits_a_phone(server: Server, chromium: Browser, tmp_path: Path) -> None:
    learner = enrolled(server, players.plain(tmp_path, scos=2))
    context = chromium.new_context(viewport={"width": 360, "height": 640})
    phone = context.new_page()
    phone.goto(learner.address())
    content(phone)
    wait_saved(phone)

    assert phone.evaluate("document.documentElement.scrollWidth") == 360
    assert phone.locator("#frame").bounding_box()["height"] > 560
    context.close()
