"""Another store gets every statement at least once and in order, whatever happens on the way."""

import base64
import hashlib
import json
from datetime import timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa

from academy import clock, jobs, storage
from academy.audit import AuditEntry
from academy.db import db
from academy.errors import Conflict, Invalid
from academy.xapi import attachments
from academy.xapi.forwarding import delivering, sealing, selecting, services
from academy.xapi.forwarding.jobs import forward
from academy.xapi.forwarding.models import ForwardingTarget as Target
from tests.factories import xapi


@pytest.fixture(autouse=True)
def _three_at_a_time(monkeypatch):
    monkeypatch.setattr(selecting, "BATCH", 3)


@pytest.fixture
def run(app):
    def command(*arguments, **more):
        db.session.commit()
        return app.test_cli_runner().invoke(args=["xapi", "forward", *map(str, arguments)], **more)

    return command


def target_of(other, name="Ministry", verbs=(), activities=()):
    made = services.add(
        name,
        endpoint=f"{other.endpoint}/",
        credential=("clé", "secret"),
        version="1.0.3",
        filters=(list(verbs), list(activities)),
    )
    db.session.commit()
    return made.public_id


def stored(*statements):
    ids = [str(identifier) for identifier in xapi.stored(*statements)]
    db.session.commit()
    return ids


def several(count):
    return stored(*(xapi.statement(object=xapi.activity(f"{number}")) for number in range(count)))


def standing():
    db.session.rollback()
    db.session.expire_all()
    [one] = services.every()
    return one


def deliver(public_id, **more):
    return delivering.deliver(public_id, holder=uuid4(), **more)


def wait_no_longer():
    db.session.execute(sa.update(Target).values(due=clock.now()))
    db.session.commit()


def test_all_statements_arrive_in_order_and_once(app, other):
    ids = several(7)
    public_id = target_of(other)

    assert deliver(public_id) is False
    ids += several(2)
    deliver(public_id)

    assert other.kept == ids
    headers, body = other.requests[0]
    assert base64.b64decode(headers["Authorization"].removeprefix("Basic ")).decode() == "clé:secret"
    assert (headers["X-Experience-API-Version"], headers["Content-Type"]) == ("1.0.3", "application/json")
    assert "stored" not in json.loads(body)[0]
    found = standing()
    assert (found.state, found.waiting, found.target.sent, found.target.holder) == ("current", 0, 9, None)


def test_attachments_go_along(app, other):
    data = b"a file\r\n--with lines"
    sha2 = hashlib.sha256(data).hexdigest()
    storage.put(attachments.place(sha2), data)
    attachment = {
        "usageType": "https://example.org/usage",
        "display": {"en": "A file"},
        "contentType": "text/plain",
        "length": len(data),
        "sha2": sha2,
    }
    [identifier] = stored(xapi.statement(attachments=[attachment]))

    deliver(target_of(other))

    assert other.kept == [identifier]
    assert data in other.requests[0][1]


def test_only_what_was_asked_for_is_sent_and_what_voids_it(app, other):
    passed, lesson = xapi.verb("passed"), xapi.activity("lesson")
    [wanted, _, _] = stored(
        xapi.statement(verb=passed),
        xapi.statement(),
        xapi.statement(verb=passed, object=xapi.activity("other")),
    )
    [voiding] = stored(xapi.voiding(wanted))

    deliver(target_of(other, verbs=[passed["id"]], activities=[lesson["id"]]))

    assert other.kept == [wanted, voiding]
    assert standing().waiting == 0


def test_a_verb_that_nobody_used_yet_asks_for_nothing(app, other):
    several(2)
    deliver(target_of(other, verbs=["https://example.org/later"]))
    [later] = stored(xapi.statement(verb={"id": "https://example.org/later"}))

    deliver(standing().target.public_id)

    assert other.kept == [later]


@pytest.mark.parametrize("status", [401, 404, 429, 500, 503, 302])
def test_a_store_that_does_not_take_anything_is_asked_again_later(app, other, status):
    ids, public_id = several(2), target_of(other)
    other.status = status

    deliver(public_id)
    deliver(public_id)  # not yet

    found = standing()
    assert (len(other.requests), found.state, found.waiting, found.target.failures) == (1, "failing", 2, 1)
    assert found.target.error.startswith(f"{status} ")
    assert "said so" in found.target.error
    wait_no_longer()
    other.status = 200
    deliver(public_id)
    found = standing()
    assert (other.kept, found.state, found.target.failures) == (ids, "current", 0)


def test_a_store_that_is_away_is_asked_again_later(app, other):
    several(1)
    public_id = target_of(other)
    db.session.execute(sa.update(Target).values(endpoint="http://127.0.0.1:9/xapi"))

    for _ in range(2):
        wait_no_longer()
        deliver(public_id)

    found = standing().target
    assert (found.failures, "refused" in found.error.lower()) == (2, True)
    assert found.due - clock.now() > timedelta(seconds=5)


def test_pauses_grow_up_to_an_hour():
    pauses = [delivering.pause_after(failures).total_seconds() for failures in (1, 2, 3, 10, 1000)]

    assert pauses == [5, 10, 20, 2560, 3600]


def test_a_refused_statement_stops_the_way_until_somebody_decides(app, other):
    ids, public_id = several(5), target_of(other)
    other.refuses[ids[1]] = 400

    deliver(public_id)
    deliver(public_id)

    found = standing()
    assert (other.kept, found.state, str(found.refused), found.waiting) == (ids[:1], "refused", ids[1], 4)
    assert found.target.error.startswith("400 ")
    services.skip(found.target)
    db.session.commit()
    deliver(public_id)
    found = standing()
    assert (other.kept, found.state) == ([ids[0], *ids[2:]], "current")
    assert (found.target.sent, found.target.skipped) == (4, 1)
    with pytest.raises(Conflict):
        services.skip(found.target)


def test_a_refused_statement_is_tried_again_when_resumed(app, other):
    ids, public_id = several(3), target_of(other)
    other.refuses[ids[1]] = 413
    deliver(public_id)

    other.refuses.clear()
    services.resume(standing().target)
    db.session.commit()
    deliver(public_id)

    assert other.kept == ids


def test_a_statement_that_is_there_already_has_arrived(app, other):
    ids, public_id = several(4), target_of(other)
    other.refuses[ids[1]] = 409

    deliver(public_id)

    assert other.kept == [ids[0], *ids[2:]]
    assert (standing().state, standing().target.sent) == ("current", 4)


def test_who_is_killed_before_noting_sends_the_batch_again(app, other, monkeypatch):
    ids, public_id = several(5), target_of(other)
    steps = iter([False, True])
    kept = delivering._move

    def killed(*arguments):
        if next(steps, False):
            raise KeyboardInterrupt
        kept(*arguments)

    with monkeypatch.context() as patch:
        patch.setattr(delivering, "_move", killed)
        with pytest.raises(KeyboardInterrupt):
            deliver(public_id)

    deliver(public_id)

    assert other.kept == [*ids, *ids[3:]]


def test_two_workers_do_not_deliver_at_once(app, other):
    several(1)
    public_id, holder = target_of(other), uuid4()
    delivering._take(public_id, holder)

    assert deliver(public_id) is False
    assert other.kept == []
    db.session.execute(sa.update(Target).values(held_until=clock.now() - timedelta(seconds=1)))
    db.session.commit()
    deliver(public_id)
    assert len(other.kept) == 1


def test_who_lost_the_target_moves_nothing(app, other):
    several(1)
    public_id, holder = target_of(other), uuid4()
    target = delivering._take(public_id, holder)
    db.session.execute(sa.update(Target).values(holder=uuid4()))
    db.session.commit()

    with pytest.raises(delivering.Taken):
        delivering._step(target, holder)
    assert standing().target.cursor == 0


def test_a_paused_target_gets_nothing(app, other):
    several(1)
    public_id = target_of(other)
    services.pause(standing().target)
    db.session.commit()

    deliver(public_id)

    assert (other.requests, standing().state) == ([], "paused")
    services.resume(standing().target)
    db.session.commit()
    deliver(public_id)
    assert len(other.kept) == 1


def test_jobs_send_to_each_target_and_come_again(app, other, monkeypatch):
    monkeypatch.setattr(delivering.deliver, "__kwdefaults__", {"steps": 1})
    ids = several(5)
    target_of(other)

    assert jobs.run_due() >= 2  # the first leaves some for the next

    assert other.kept == ids
    forward()
    forward()
    db.session.commit()
    waiting = sa.select(sa.func.count()).where(jobs.Job.kind == services.JOB, jobs.Job.state == "queued")
    assert db.session.scalar(waiting) == 1


def test_a_job_after_a_failure_waits_for_the_pause(app, other):
    several(1)
    target_of(other)
    other.status = 500

    jobs.run_due()

    [due] = db.session.scalars(
        sa.select(jobs.Job.due).where(jobs.Job.kind == services.JOB, jobs.Job.state == "queued")
    )
    assert due == standing().target.due
    assert due > clock.now()


def test_a_job_of_a_target_that_is_gone_does_nothing(app, other):
    target_of(other)
    services.remove(standing().target)
    db.session.commit()

    jobs.run_due()

    assert db.session.scalars(sa.select(jobs.Job.state)).all() == ["done"]


@pytest.mark.parametrize(
    "endpoint",
    [
        "ftp://example.org",
        "file:///etc/passwd",
        "example.org",
        "https://",
        "https://a:b@example.org",
        "https://a?b",
    ],
)
def test_an_endpoint_is_an_address_of_the_web(app, endpoint):
    with pytest.raises(Invalid, match="begins with https://"):
        services.add("X", endpoint=endpoint, credential=("k", "s"), version="1.0.3", filters=([], []))


@pytest.mark.parametrize(
    ("name", "credential", "version", "filters"),
    [
        (" ", ("k", "s"), "1.0.3", ([], [])),
        ("X", ("k", ""), "1.0.3", ([], [])),
        ("X", ("k", "s"), "3", ([], [])),
        ("X", ("k", "s"), "1.0.3", (["no iri"], [])),
    ],
)
def test_targets_that_are_refused(app, name, credential, version, filters):
    with pytest.raises(Invalid):
        services.add(name, endpoint="http://a.b", credential=credential, version=version, filters=filters)


def test_the_secret_is_sealed(app, other, monkeypatch):
    several(1)
    public_id = target_of(other)
    kept = standing().target.secret

    assert b"secret" not in kept
    assert sealing.opened(kept) == "secret"
    monkeypatch.setitem(app.config, "SECRET_KEY", "another")
    deliver(public_id)
    assert "another SECRET_KEY" in standing().target.error


def test_commands(run, other):
    ids = several(4)
    added = run(
        "add", "Ministry", "--endpoint", other.endpoint, "--key", "k", "--secret-stdin", input="hidden\n"
    )
    assert (added.exit_code, added.output) == (0, "")
    assert run("add", "Ministry", "--endpoint", other.endpoint, "--key", "k", input="s\n").exit_code == 1
    other.refuses[ids[2]] = 400

    sent = run("run", "Ministry")

    assert (sent.exit_code, sent.stdout) == (1, "2 statements sent, 2 left.\n")
    [listed] = json.loads(run("list", "--json").stdout)
    assert (listed["state"], listed["refused"], listed["waiting"]) == ("refused", ids[2], 2)
    assert "hidden" not in str(listed)
    assert run("skip", "Ministry").exit_code == 0
    assert run("run", "Ministry").stdout == "1 statements sent, 0 left.\n"
    for act in ("pause", "resume", "remove"):
        assert run(act, "Ministry").exit_code == 0
    assert run("list").output == "Statements are sent to no other store.\n"
    assert run("pause", "Ministry").exit_code == 1
    acts = db.session.scalars(sa.select(AuditEntry.act).order_by(AuditEntry.id)).all()
    assert [act.removeprefix("xapi.forward.") for act in acts] == [
        "add",
        "skip",
        "pause",
        "resume",
        "remove",
    ]
