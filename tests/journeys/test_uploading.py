"""A trainer's upload on a line that breaks, from an empty course to a published one."""

import os
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from academy.accounts import passwords
from academy.courses.services import uploads
from tests.factories import accounts, courses
from tests.journeys.browser import Server, sign_in
from tests.packages import scorm12

pytestmark = pytest.mark.browser

PASSWORD = "a-long-test-password"  # noqa: S105


def _large_package(folder: Path) -> Path:
    file = folder / "large.zip"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as package:
        for name, content in scorm12.files(title="Borders", more={"film.mp4": os.urandom(5_000_000)}).items():
            package.writestr(name, content)
    return file


def _trainers_draft(server: Server) -> tuple[str, str]:
    hashed = passwords.hash_of(PASSWORD)
    with server.database():
        trainer = accounts.person(roles=["trainer"], password_hash=hashed)
        course = courses.course(author=trainer, status="draft")
        return trainer.email, course.code


def test_an_upload_goes_on_by_itself_after_the_line_broke_and_the_course_is_published(
    server: Server, page: Page, tmp_path: Path
) -> None:
    email, code = _trainers_draft(server)
    sign_in(page, server, email, PASSWORD)
    page.goto(f"{server.url}/teach/courses/{code}/uploads/new")
    ranges: list[str] = []

    def break_twice(route: Route) -> None:
        if route.request.method == "PUT":
            ranges.append(route.request.headers["content-range"].partition("/")[0])
            if len(ranges) in {2, 3}:
                return route.abort("connectionreset")
        return route.continue_()

    page.route("**/uploads/**", break_twice)
    page.set_input_files("input[type=file]", _large_package(tmp_path))
    page.click("button:has-text('Upload and read the package')")
    page.wait_for_selector("text=There is no connection.")
    page.wait_for_selector("text=The package can be used", timeout=30_000)
    last = uploads.PIECE - 1
    assert ranges[:4] == [f"bytes 0-{last}", *[f"bytes {last + 1}-{2 * last + 1}"] * 3]

    page.click("button:has-text('Publish')")
    expect(page.locator("text=Published. Learners find the course in the catalogue.")).to_be_visible()


def test_a_dropped_file_that_is_no_package_is_refused_with_the_reason(
    server: Server, page: Page, tmp_path: Path
) -> None:
    email, code = _trainers_draft(server)
    sign_in(page, server, email, PASSWORD)
    page.goto(f"{server.url}/teach/courses/{code}/uploads/new")

    page.evaluate(
        """() => {
            const files = new DataTransfer();
            files.items.add(new File(["no package"], "notes.zip"));
            const drop = new DragEvent("drop", { dataTransfer: files, bubbles: true });
            document.querySelector(".file-drop__zone").dispatchEvent(drop);
        }"""
    )
    page.click("button:has-text('Upload and read the package')")

    page.wait_for_selector("text=The package was refused", timeout=30_000)
    expect(page.locator("text=This file is not a zip archive.")).to_be_visible()
