"""SIGKILL while commits stream in: whatever the server acknowledged is there, and nothing is there twice."""

import json
from pathlib import Path

import pytest
from playwright.sync_api import Page, Request

from tests.journeys.browser import Server
from tests.journeys.learning import content, enrolled, leave, wait_saved
from tests.packages import players

pytestmark = pytest.mark.browser  # on PostgreSQL, tests/faults kills under more load

STREAM = """() => {
  let answer = Number(get('cmi.interactions._count'));
  window.pouring = setInterval(() => {
    const row = `cmi.interactions.${answer}.`;
    set(row + 'id', `question-${answer}`);
    set(row + 'type', 'true-false');
    set(row + 'student_response', 't');
    set(row + 'result', 'correct');
    set('cmi.core.lesson_location', `page-${answer}`);
    api.LMSCommit('');
    answer += 1;
  }, 15);
}"""
KILLS, MANY_KILLS = 1, 3  # the latter with `make conformance`


def test_kills_in_a_stream_of_commits_lose_nothing_acknowledged(
    server: Server, page: Page, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    kills = MANY_KILLS if request.config.getoption("--whole-corpus") else KILLS
    learner = enrolled(server, players.plain(tmp_path))
    acknowledged: list[int] = []
    page.on("requestfinished", lambda request: acknowledged.extend(answers_in(request)))
    page.goto(learner.address())
    frame = content(page)
    wait_saved(page)
    kept = []
    for _ in range(kills):
        before = len(acknowledged)
        frame.evaluate(STREAM)
        page.wait_for_timeout(1500)
        server.kill()
        page.wait_for_timeout(300)
        frame.evaluate("clearInterval(pouring)")
        [attempt] = learner.attempts()
        told = [result["response"] for verb, result in learner.told() if verb == "responded"]
        stored = [name for name in attempt["data"] if name.endswith(".student_response")]
        lost = set(acknowledged) - {place_of(name) for name in stored}
        kept.append((lost, len(told) == len(stored), len(acknowledged) > before + 10))
        server.start()
        page.click("[data-act=retry]")
        wait_saved(page)
    everything = frame.evaluate("get('cmi.interactions._count')")
    leave(page)

    assert kept == [(set(), True, True)] * kills
    [attempt] = learner.attempts()
    stored = [name for name in attempt["data"] if name.endswith(".student_response")]
    told = [result for verb, result in learner.told() if verb == "responded"]
    assert len(stored) == len(told) == len(set(acknowledged))
    assert int(everything) == len(stored)


def answers_in(request: Request) -> list[int]:
    """Return the numbers of the answers that a commit carried, once the server has acknowledged it."""
    answer = request.response()
    if not request.url.endswith("/_api/commit") or answer is None or answer.status != 200:
        return []
    written = json.loads(request.post_data or "{}").get("data", {})
    return [place_of(name) for name in written if name.endswith(".student_response")]


def place_of(element: str) -> int:
    return int(element.split(".")[2])
