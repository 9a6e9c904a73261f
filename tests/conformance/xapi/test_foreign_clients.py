"""Clients that others have written run a session each against the store, over a socket."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Thread

import pytest
import tincan
from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server

from academy.db import db
from academy.xapi import credentials

HERE = Path(__file__).parent / "clients"
PACKAGES = Path(__file__).parents[3] / ".setup" / "foreign-clients"
PASSED_ON = "signed on paper"


@dataclass(frozen=True)
class Endpoint:
    """Where the store answers, and the credentials for all of it."""

    url: str
    key: str
    secret: str


class Quiet(WSGIRequestHandler):
    """A handler that keeps connections, and its log to itself."""

    protocol_version = "HTTP/1.1"

    def log(self, *arguments: object) -> None:
        return


@pytest.fixture
def endpoint(app: Flask) -> Iterator[Endpoint]:
    """Serve the application of the tests from threads."""
    key, secret = credentials.issue(db.session.connection(), name="Foreign", scopes=("all",))
    db.session.commit()
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
    server.daemon_threads = True  # type: ignore[attr-defined]
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield Endpoint(f"http://127.0.0.1:{server.server_port}/xapi/", key, secret)
    server.shutdown()
    thread.join()
    server.server_close()


def test_tincan(app: Flask, endpoint: Endpoint) -> None:
    lrs = tincan.RemoteLRS(
        endpoint=endpoint.url, version="1.0.3", username=endpoint.key, password=endpoint.secret
    )
    agent = tincan.Agent(name="Learner", mbox="mailto:tincan@example.org")
    activity = tincan.Activity(id="https://example.org/activities/tincan")
    verb = tincan.Verb(id="http://adlnet.gov/expapi/verbs/completed")

    def said(answer: tincan.LRSResponse) -> object:
        assert answer.success, answer.data
        return answer.content

    def statement() -> tincan.Statement:
        return tincan.Statement(actor=agent, verb=verb, object=activity)

    one = said(lrs.save_statement(statement()))
    assert said(lrs.retrieve_statement(one.id)).verb.id == verb.id
    many = said(lrs.save_statements([statement(), statement()]))
    page = said(lrs.query_statements({"agent": agent, "limit": 2}))
    rest = said(lrs.more_statements(page))
    assert (len(page.statements), len(rest.statements), rest.more) == (2, 1, "")
    reference = tincan.StatementRef(id=many[0].id)
    said(lrs.save_statement(tincan.Statement(actor=agent, verb=tincan.Verb(id=VOIDED), object=reference)))
    assert said(lrs.retrieve_voided_statement(many[0].id)).id == many[0].id
    assert not lrs.retrieve_statement(many[0].id).success

    state = tincan.StateDocument(
        id="bookmark", agent=agent, activity=activity, content=bytearray(b"page 7"), content_type="text/plain"
    )
    said(lrs.save_state(state))
    assert said(lrs.retrieve_state(activity, agent, "bookmark")).content == b"page 7"
    assert said(lrs.retrieve_state_ids(activity, agent)) == ["bookmark"]
    said(lrs.clear_state(activity, agent))
    assert said(lrs.retrieve_state_ids(activity, agent)) == []
    # tincan sends If-Match where it is given an ETag, and never If-None-Match, as a new profile needs
    profile = tincan.AgentProfileDocument(id="wishes", agent=agent, content=bytearray(b"{}"))
    assert "If-None-Match" in lrs.save_agent_profile(profile).data
    profile.etag = made(app, lrs, "agents/profile", agent=agent.to_json(), profileId="wishes")
    said(lrs.save_agent_profile(profile))
    assert said(lrs.retrieve_agent_profile(agent, "wishes")).content == b"{}"
    notes = tincan.ActivityProfileDocument(id="notes", activity=activity, content=bytearray(b"{}"))
    notes.etag = made(app, lrs, "activities/profile", activityId=activity.id, profileId="notes")
    said(lrs.save_activity_profile(notes))
    assert said(lrs.retrieve_activity_profile(activity, "notes")).content == b"{}"


def made(app: Flask, lrs: tincan.RemoteLRS, resource: str, **place: str) -> str:
    """Make a document without tincan and return its ETag."""
    client, url = app.test_client(), f"/xapi/{resource}"
    headers = {"Authorization": lrs.auth, "X-Experience-API-Version": "1.0.3"}
    client.put(url, query_string=place, data=b"first", headers={**headers, "If-None-Match": "*"})
    return client.get(url, query_string=place, headers=headers).headers["ETag"]


VOIDED = "http://adlnet.gov/expapi/verbs/voided"
EXPECTED = {
    "stored": "http://adlnet.gov/expapi/verbs/completed",
    "page": [2, 2],
    "attachment": True,
    "voided": True,
    "gone": True,
    "state": {"page": 2},
    "states": ["bookmark"],
    "left": [],
    "agent": {"large": True},
}


@pytest.fixture(scope="module")
def packages() -> Path:
    """Install the clients of npm, once for each list of them."""
    wanted = (HERE / "package.json").read_text()
    given = PACKAGES / "package.json"
    if not (given.exists() and given.read_text() == wanted and (PACKAGES / "done").exists()):
        shutil.rmtree(PACKAGES, ignore_errors=True)
        PACKAGES.mkdir(parents=True)
        given.write_text(wanted)
        command = ["npm", "install", "--prefix", str(PACKAGES), "--no-audit", "--no-fund", "--silent"]
        subprocess.run(command, check=True, timeout=300)
        (PACKAGES / "done").touch()
    return PACKAGES


def session(script: str, *arguments: str) -> object:
    done = subprocess.run(
        ["node", HERE / script, *arguments], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.conformance
@pytest.mark.parametrize("version", ["1.0.3", "2.0.0"])
def test_xapi_of_npm(endpoint: Endpoint, packages: Path, version: str) -> None:
    seen = session("xapi.cjs", str(packages), endpoint.url, endpoint.key, endpoint.secret, version)

    expected = {"about": ["1.0.3", "2.0.0"], "activity": "signed on paper, да", "person": ["Learner"]}
    assert seen == {**EXPECTED, **expected}


@pytest.mark.conformance
def test_tincanjs_of_npm(endpoint: Endpoint, packages: Path) -> None:
    seen = session("tincanjs.cjs", str(packages), endpoint.url, endpoint.key, endpoint.secret)

    assert seen == {**EXPECTED, "activity": PASSED_ON}
