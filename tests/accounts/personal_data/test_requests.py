"""Requests about one's own data: asked with a password, decided by others, carried out by jobs."""

import io
import json
from collections.abc import Callable
from datetime import timedelta
from zipfile import ZipFile

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from academy import clock, jobs, mail, storage
from academy.accounts import passwords
from academy.accounts.models import Person
from academy.accounts.personal_data import requests
from academy.accounts.personal_data.models import DataRequest, ErasureReceipt
from academy.db import db
from academy.jobs import Job
from tests.conftest import PASSWORD
from tests.factories import accounts, people
from tests.factories.people import Traces

SignIn = Callable[[Person], FlaskClient]
HASH = passwords.hash_of(PASSWORD)


def learner(**overrides: object) -> Person:
    return accounts.person(password_hash=HASH, **overrides)


def asked(person: Person, kind: str = "copy") -> DataRequest:
    request = requests.ask(person, kind)
    db.session.commit()
    return request


def confirmed(request: DataRequest) -> None:
    requests.confirm(request, viewer=accounts.person(roles=["secretariat"]), reason="Checked")
    db.session.execute(sa.update(Job).where(Job.kind == "accounts.erase").values(due=clock.now()))
    db.session.commit()
    jobs.run_due()


def outbox() -> list[str]:
    return [path.read_text() for path in mail.outbox().glob("*.eml")]


def test_asking_needs_the_password(app: object, sign_in: SignIn) -> None:
    person = learner()
    client = sign_in(person)

    wrong = client.post("/profile/data/copy", data={"copy-current": "not it at all"})
    right = client.post("/profile/data/copy", data={"copy-current": PASSWORD})

    assert (wrong.status_code, right.status_code) == (422, 303)
    assert [(one.kind, one.state) for one in requests.of_person(person)] == [("copy", "waiting")]
    assert "Waits for the Secretariat" in client.get("/profile/data").text


def test_erasure_needs_the_box_too(app: object, sign_in: SignIn) -> None:
    person = learner()
    client = sign_in(person)

    without = client.post("/profile/data/erasure", data={"erasure-current": PASSWORD})
    both = {"erasure-current": PASSWORD, "erasure-understood": "y"}

    assert without.status_code == 422
    assert client.post("/profile/data/erasure", data=both).status_code == 303
    assert [one.kind for one in requests.of_person(person)] == ["erasure"]


def test_one_request_of_a_kind_is_open(app: object) -> None:
    person = learner()
    asked(person)

    with pytest.raises(requests.AlreadyAsked):
        requests.ask(person, "copy")
    assert requests.ask(person, "erasure").state == "waiting"


def test_a_request_can_be_withdrawn_until_it_is_decided(app: object, sign_in: SignIn) -> None:
    person = learner()
    first, client = asked(person), sign_in(person)

    client.post(f"/profile/data/{first.public_id}/withdraw")
    db.session.expire_all()
    second = asked(person)
    confirmed(second)

    assert requests.of_person(person)[1].state == "withdrawn"
    assert client.post(f"/profile/data/{second.public_id}/withdraw").status_code == 409


def test_the_copy_is_made_by_a_job_and_only_its_owner_gets_it(traces: Traces, sign_in: SignIn) -> None:
    db.session.execute(sa.update(DataRequest).values(state="expired"))
    request = asked(traces.person)
    address = f"/profile/data/{request.public_id}.zip"
    owner, administrator = sign_in(traces.person), sign_in(accounts.person(roles=["administrator"]))

    before = owner.get(address).status_code
    confirmed(request)
    answer = owner.get(address)

    assert before == 404
    assert (
        json.loads(ZipFile(io.BytesIO(answer.data)).read("data/accounts/roles.json"))[0]["role"] == "trainer"
    )
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.content_length == len(answer.data)
    assert administrator.get(address).status_code == 404
    assert [sign_in(traces.colleague).get(address).status_code] == [404]
    assert any("Копия" in text or "=D0=9A" in text or "0JrQvtC" in text for text in outbox())


def test_a_copy_is_gone_after_its_days(app: object, sign_in: SignIn) -> None:
    person = learner()
    request = asked(person)
    confirmed(request)
    db.session.execute(sa.update(DataRequest).values(ready=clock.now() - timedelta(days=7, minutes=1)))
    db.session.commit()

    late = sign_in(person).get(f"/profile/data/{request.public_id}.zip").status_code
    requests.forget_requests()
    db.session.commit()

    assert late == 404
    assert not storage.exists(requests.key_of(request.public_id))
    assert db.session.get_one(DataRequest, request.id).state == "expired"


def test_a_copy_job_that_runs_twice_makes_one_copy_and_one_mail(app: object) -> None:
    request = asked(learner(email="twice@example.org"))
    confirmed(request)
    db.session.execute(sa.update(Job).where(Job.kind == "accounts.copy").values(state="queued"))
    db.session.commit()

    jobs.run_due()

    assert len([text for text in outbox() if "twice@example.org" in text]) == 1


def test_a_confirmed_erasure_is_told_first_and_carried_out(traces: Traces) -> None:
    secretary = accounts.person(roles=["secretariat"])
    request = asked(traces.person, "erasure")

    requests.confirm(request, viewer=secretary, reason="Letter of 3 March")
    db.session.commit()
    jobs.run_due()
    told = [text for text in outbox() if people.EMAIL in text]
    db.session.execute(sa.update(Job).where(Job.kind == "accounts.erase").values(due=clock.now()))
    db.session.commit()
    jobs.run_due()

    assert len(told) >= 2  # the invitation of before, and that it happens now
    assert people.left_of() == []
    receipt = db.session.scalars(sa.select(ErasureReceipt)).one()
    assert (receipt.reason, receipt.actor) == ("Letter of 3 March", secretary.public_id)


def test_an_erasure_while_the_copy_is_made_leaves_no_copy(
    traces: Traces, monkeypatch: pytest.MonkeyPatch
) -> None:
    from academy.accounts.personal_data import archive, erasure

    db.session.execute(sa.update(DataRequest).values(state="expired"))
    request = asked(traces.person)
    key = requests.key_of(request.public_id)
    write = archive.write

    def and_erase(person: Person, file: io.BytesIO) -> None:
        write(person, file)
        db.session.rollback()
        from academy.transactions import _reading

        token = _reading.set(False)
        erasure.erase(db.session.get_one(Person, traces.person.id), reason="x")
        db.session.commit()
        _reading.reset(token)

    monkeypatch.setattr(archive, "write", and_erase)
    confirmed(request)

    assert not storage.exists(key)


@pytest.mark.parametrize("role", ["secretariat", "administrator"])
def test_staff_see_what_goes_and_decide_with_a_reason(traces: Traces, sign_in: SignIn, role: str) -> None:
    request = asked(traces.person, "erasure")
    client = sign_in(accounts.person(roles=[role]))
    address = f"/admin/data-requests/{request.public_id}"

    assert people.EMAIL in client.get("/admin/data-requests").text
    assert "Certificates with their documents" in client.get(address).text
    assert client.post(address, data={"decision": "confirm", "reason": " "}).status_code == 422
    assert client.post(address, data={"decision": "decline", "reason": "Not you"}).status_code == 303
    db.session.expire_all()
    assert (request.state, request.reason) == ("declined", "Not you")


@pytest.mark.parametrize("roles", [["trainer"], ["editor"], ["observer"], []])
def test_others_neither_see_nor_decide(traces: Traces, sign_in: SignIn, roles: list[str]) -> None:
    request = asked(traces.person, "erasure")
    others = [accounts.person(roles=roles), accounts.coordinator("MD"), accounts.coordinator("GE")]

    for other in others:
        client = sign_in(other)
        for address in ("/admin/data-requests", f"/admin/data-requests/{request.public_id}"):
            answer = client.get(address, lint=False)
            assert answer.status_code == 403
            assert people.EMAIL not in answer.text
        decided = client.post(
            f"/admin/data-requests/{request.public_id}", data={"decision": "confirm", "reason": "x"}
        )
        assert decided.status_code == 403
        assert client.post(f"/profile/data/{request.public_id}/withdraw").status_code == 404
    db.session.expire_all()
    assert request.state == "waiting"


def test_nobody_decides_about_themselves(app: object, sign_in: SignIn) -> None:
    administrator = accounts.person(roles=["administrator"])
    accounts.person(roles=["administrator"])
    request = asked(administrator, "erasure")

    answer = sign_in(administrator).post(
        f"/admin/data-requests/{request.public_id}", data={"decision": "confirm", "reason": "x"}
    )

    assert answer.status_code == 403
    db.session.expire_all()
    assert request.state == "waiting"


def test_a_request_is_decided_once(app: object) -> None:
    request = asked(learner())
    requests.decline(request, viewer=accounts.person(roles=["secretariat"]), reason="x")

    with pytest.raises(requests.AlreadyDecided):
        requests.confirm(request, viewer=accounts.person(roles=["secretariat"]), reason="x")


def test_the_only_administrator_cannot_ask_for_erasure(app: object, sign_in: SignIn) -> None:
    only = learner(roles=["administrator"])

    answer = sign_in(only).post(
        "/profile/data/erasure",
        data={"erasure-current": PASSWORD, "erasure-understood": "y"},
        follow_redirects=True,
    )

    assert "This is the only administrator." in answer.text
    assert requests.of_person(only) == []


def test_a_page_of_requests_asks_the_database_equally_often(
    app: object, sign_in: SignIn, queries: Callable[[], object]
) -> None:
    client = sign_in(accounts.person(roles=["secretariat"]))
    asked(learner())
    client.get("/admin/data-requests")
    with queries() as few:  # type: ignore[attr-defined]
        client.get("/admin/data-requests")
    for _number in range(10):
        asked(accounts.person())
    with queries() as many:  # type: ignore[attr-defined]
        client.get("/admin/data-requests")

    assert len(many) == len(few)
