"""Each package of the corpus by the commands: refused without a trace, or played to its end by a learner."""

import json
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from playwright.sync_api import Frame, Page

from academy.courses.models import Activity, PackageFile, PackageVersion
from academy.db import db
from tests.journeys.browser import Server
from tests.journeys.learning import content, leave

pytestmark = [pytest.mark.browser, pytest.mark.conformance]

PASS = """() => {
  let place = window;
  while (!place.API && place.parent !== place) place = place.parent;
  if (!place.API) return 'no API';
  place.API.LMSInitialize('');
  place.API.LMSSetValue('cmi.core.score.raw', '100');
  place.API.LMSSetValue('cmi.core.lesson_status', 'passed');
  return place.API.LMSCommit('');
}"""


def test_package_is_refused_without_a_trace_or_played_to_its_end(
    server: Server, page: Page, package: Path, course: str
) -> None:
    before = _traces(server)
    checked, report = _command(server, "packages", "check", str(package), "--json")
    imported, outcome = _command(server, "packages", "import", str(package), "--course", course, "--json")

    assert imported == checked
    if checked:
        assert not report["accepted"]
        assert any(one["severity"] == "error" for one in report["findings"])
        assert _traces(server) == before
        return
    assert (report["accepted"], outcome["activities"]) == (True, report["activities"])
    email = f"{course.lower()}@learner.example"
    _run(server, "users", "create", "--email", email, "--role", "learner", "--state", "MD")
    _run(server, "courses", "enrol", "--course", course, "--email", email)
    for number in range(1, report["activities"] + 1):
        _play(server, page, "--course", course, "--email", email, "--activity", str(number))
    _, shown = _command(server, "progress", "show", "--course", course, "--email", email, "--json")
    assert shown["completion"] == "completed"
    assert {part["completion"] for part in shown["activities"]} == {"completed"}
    assert len(shown["activities"]) == report["activities"]


def _play(server: Server, page: Page, *seat: str) -> None:
    _, launched = _command(server, "courses", "launch-url", *seat, "--json")
    page.goto(launched["url"])
    frame = _with_api(content(page))
    with page.expect_response("**/_api/commit"):
        assert frame.evaluate(PASS) == "true"
    leave(page)


def _with_api(frame: Frame) -> Frame:
    frame.wait_for_load_state()
    frame.page.wait_for_timeout(200)
    return frame


def _traces(server: Server) -> tuple[Any, ...]:
    with server.database():
        counts = tuple(
            db.session.scalar(sa.select(sa.func.count()).select_from(model))
            for model in (Activity, PackageVersion, PackageFile)
        )
    kept = (path for path in (server.instance / "storage").rglob("*") if path.is_file())
    files = sorted(path for path in kept if "certificates" not in path.parts)  # those a job makes meanwhile
    return (*counts, files)


def _command(server: Server, *arguments: str) -> tuple[int, dict[str, Any]]:
    with server.database():
        done = server.app.test_cli_runner().invoke(args=list(arguments))
    assert done.exit_code in {0, 1}, (done.output[-2000:], done.exception)
    return done.exit_code, json.loads(done.stdout)


def _run(server: Server, *arguments: str) -> None:
    with server.database():
        done = server.app.test_cli_runner().invoke(args=list(arguments))
    assert done.exit_code == 0, done.output
