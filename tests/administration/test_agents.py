"""Agents of the record store who have no account: made nameless or removed, and nothing else changes."""

import json
from collections.abc import Callable
from hashlib import sha1, sha256
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from academy import jobs, storage
from academy.accounts import pseudonyms
from academy.accounts.personal_data.models import ErasureReceipt
from academy.administration import agents
from academy.administration.agents import ERASE, PSEUDONYMISE, NotAStranger, Wish
from academy.audit import AuditEntry
from academy.db import db, iri_base
from academy.jobs import Job
from academy.progress import rebuilding
from academy.xapi import attachments, documents, queries, strangers
from academy.xapi.attachments import kept
from academy.xapi.documents import AgentShelf, Content, StateShelf
from academy.xapi.models import Statement, StatementActivity, StatementAgent, StatementReference
from academy.xapi.queries import StatementFilter
from academy.xapi.vocabulary import SIGNATURE
from tests.factories import accounts, courses, people, progress, xapi

EMAIL, NAME = "Ilse.Grünwald@tool.example", "Ilse Grünwald"
MBOX = {"mbox": f"mailto:{EMAIL}"}
DIGEST = sha1(f"mailto:{EMAIL}".encode()).hexdigest()
TELLING = ("grünwald", "ilse", DIGEST)
ESSAY, SHARED, SIGNED = b"An essay by Ilse.", b"A form.", b"Signed: Ilse.Gr\xc3\xbcnwald@tool.example"
PAGES = "/admin/xapi/agents"


def attached(data: bytes, usage: str = "https://example.org/essay") -> dict[str, Any]:
    return {
        "usageType": usage,
        "display": {"en": "File"},
        "contentType": "text/plain",
        "length": len(data),
        "sha2": sha256(data).hexdigest(),
    }


class Scene:
    """An agent who did, said and suffered things, among others who did too."""

    def __init__(self, agent: dict[str, Any] = MBOX, *, name: str = NAME) -> None:
        self.agent = {"objectType": "Agent", **agent, "name": name}
        other, another = xapi.agent("other"), xapi.agent("another")
        voided, target, own = (xapi.statement_id() for _ in range(3))
        team = {"objectType": "Group", "member": [self.agent, other]}
        alone = {"objectType": "Group", "member": [self.agent]}
        nested = {"objectType": "SubStatement", **xapi.statement(actor=self.agent)}
        self.own = {
            "did": xapi.statement(actor=self.agent, attachments=[attached(ESSAY), attached(SHARED)]),
            "typed": xapi.statement(actor=self.agent, id=str(own), result={"response": f"I am {name}."}),
            "voided": xapi.statement(actor=self.agent, id=str(voided)),
            "voids own": xapi.voiding(voided, actor=self.agent),
            "refers": xapi.statement(actor=self.agent, object=xapi.reference(target)),
            "alone": xapi.statement(actor=alone),
        }
        self.named = {
            "voids another": xapi.voiding(target, actor=self.agent),
            "group": xapi.statement(actor=team),
            "object": xapi.statement(actor=other, object=self.agent),
            "instructor": xapi.statement(
                actor=other,
                context={"instructor": self.agent},
                attachments=[attached(SIGNED, SIGNATURE), attached(SHARED)],
            ),
            "nested": xapi.statement(actor=other, object=nested),
            "extension": xapi.statement(
                actor=other, context={"extensions": {"https://example.org/by": self.agent}}
            ),
        }
        self.others = {
            "target": xapi.statement(actor=other, id=str(target)),
            "refers to it": xapi.statement(actor=another, object=xapi.reference(own)),
            "voids it": xapi.voiding(own, actor=another),
        }
        told = {**self.own, **self.others, **self.named}
        parts = [kept(sha256(data).hexdigest(), [data], BytesIO()) for data in (ESSAY, SHARED, SIGNED)]
        attachments.received_attachments(told.values(), parts)
        self.ids = dict(zip(told, xapi.stored(*told.values()), strict=True))
        identity = json.dumps(agent, ensure_ascii=False, separators=(",", ":"))
        page = Content(f"page 7 of {name}".encode(), "text/plain")
        connection = db.session.connection()
        for who in (identity, json.dumps(xapi.agent("other")["mbox"])):
            documents.put(connection, StateShelf("https://example.org/a", who), "mark", page)
            page = Content(b"page 8", "text/plain")
        documents.put(connection, AgentShelf(identity), "card", Content(name.encode(), "text/plain"))
        db.session.commit()

    def kept(self) -> dict[str, bytes]:
        """Return the statements that are there, by name."""
        db.session.rollback()
        rows = db.session.execute(sa.select(Statement.id, Statement.payload)).all()
        by_id = {row.id: bytes(row.payload) for row in rows}
        return {name: by_id[one] for name, one in self.ids.items() if one in by_id}

    def voided(self) -> set[str]:
        """Return which statements are voided."""
        found = set(db.session.scalars(sa.select(Statement.id).where(Statement.voided)))
        return {name for name, one in self.ids.items() if one in found}


def done(how: str, identifier: dict[str, Any] = MBOX, *, reason: str = f"Letter of {NAME}") -> ErasureReceipt:
    """Erase an agent, files too."""
    found = strangers.known(db.session.connection(), identifier)
    assert found
    receipt = agents.erase(found, Wish(how, reason))
    db.session.commit()
    jobs.run_due()
    return receipt


IDENTIFIERS = {
    "mbox": MBOX,
    "mbox_sha1sum": {"mbox_sha1sum": DIGEST},
    "account": {"account": {"homePage": "https://tool.example", "name": "ilse-grünwald"}},
    "openid": {"openid": "https://id.example/ilse-grünwald"},
}


@pytest.mark.parametrize("how", [ERASE, PSEUDONYMISE])
@pytest.mark.parametrize("kind", IDENTIFIERS)
def test_nothing_that_tells_who_it_was_is_left(app: Flask, how: str, kind: str) -> None:
    scene = Scene(IDENTIFIERS[kind])
    assert len({one.partition(":")[0] for one in people.left_of(TELLING)}) >= 5

    done(how, IDENTIFIERS[kind])

    assert people.left_of(TELLING) == []
    assert scene.kept().keys() >= {*scene.named, *scene.others}


def test_removing_takes_statements_of_the_agent_and_no_others(app: Flask) -> None:
    scene = Scene()
    before, kinds = scene.kept(), {one: scene.voided() for one in [0]}

    receipt = done(ERASE)
    after = scene.kept()

    assert after.keys() == {*scene.named, *scene.others}
    assert {name: after[name] for name in scene.others} == {name: before[name] for name in scene.others}
    assert scene.voided() == kinds[0] - {*scene.own} == {"target"}
    assert receipt.counts == {
        "agent.erase": {"statements": 6, "documents": 2, "attachments": 2},
        "agent.changed": {"statements": 6},
    }


def test_making_nameless_keeps_every_statement_in_its_place(app: Flask) -> None:
    scene = Scene()
    before, voided = scene.kept(), scene.voided()

    receipt = done(PSEUDONYMISE)
    after = scene.kept()

    assert after.keys() == before.keys()
    assert scene.voided() == voided
    assert {name for name in after if after[name] != before[name]} == {*scene.own, *scene.named}
    assert b'"response":"I am [erased] [erased]."' in after["typed"]
    assert receipt.counts["agent.changed"] == {"statements": 12}
    assert receipt.counts["agent.pseudonymise"] == {"statements": 0, "documents": 2, "attachments": 2}


def test_made_nameless_the_agent_is_one_agent_still(app: Flask) -> None:
    scene = Scene()

    done(PSEUDONYMISE)
    actor = json.loads(scene.kept()["did"])["actor"]
    identity = json.dumps({"account": actor["account"]}, separators=(",", ":"))
    asked = StatementFilter(agent=identity, related_agents=True)
    found = queries.page(db.session.connection(), asked, limit=50)

    assert actor.keys() == {"objectType", "account"}
    assert actor["account"]["homePage"] == iri_base()
    assert len(found.rows) == len(scene.ids.keys() - {"voided", "typed", "extension", "target"})


def test_removed_statements_leave_no_links_behind(app: Flask) -> None:
    Scene()

    done(ERASE)
    seqs = set(db.session.scalars(sa.select(Statement.seq)))

    for table in (StatementAgent, StatementActivity, StatementReference):
        assert set(db.session.scalars(sa.select(table.seq))) <= seqs
    assert set(db.session.scalars(sa.select(StatementReference.target_seq))) <= seqs


def test_whoever_reached_others_by_way_of_a_removed_statement_does_so_no_more(app: Flask) -> None:
    end, middle, start = (xapi.statement_id() for _ in range(3))
    xapi.stored(
        xapi.statement(id=str(end), actor=xapi.agent("a")),
        xapi.statement(id=str(middle), actor=MBOX, object=xapi.reference(end)),
        xapi.statement(id=str(start), actor=xapi.agent("b"), object=xapi.reference(middle)),
    )
    assert db.session.scalar(sa.select(sa.func.count()).select_from(StatementReference)) == 3

    done(ERASE)

    assert db.session.scalars(sa.select(StatementReference)).all() == []
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Statement)) == 2


def test_files_that_others_attached_too_stay_and_signatures_of_what_changed_go(app: Flask) -> None:
    Scene()

    done(ERASE)

    assert [storage.read(one.key) for one in storage.listed("attachments")] == [SHARED]


def test_an_address_finds_its_digest_and_other_cases_of_its_domain(app: Flask) -> None:
    xapi.stored(
        xapi.statement(actor={"mbox_sha1sum": DIGEST.upper()}),
        xapi.statement(actor={"mbox": MBOX["mbox"].replace("tool.example", "TOOL.example")}),
        xapi.statement(actor={"mbox": MBOX["mbox"].lower()}),
    )

    done(ERASE, reason="Letter of 12 March")

    assert db.session.scalar(sa.select(sa.func.count()).select_from(Statement)) == 0
    assert people.left_of(TELLING) == []


def test_a_short_account_takes_nothing_out_of_texts(app: Flask) -> None:
    account = {"account": {"homePage": "https://tool.example", "name": "42"}}
    (answer,) = xapi.stored(xapi.statement(actor=account, result={"response": "42"}))

    done(PSEUDONYMISE, account)
    kept = json.loads(db.session.scalar(sa.select(Statement.payload).where(Statement.id == answer)) or b"")

    assert kept["result"]["response"] == "42"
    assert kept["actor"]["account"]["name"] != "42"


@pytest.mark.parametrize("how", [ERASE, PSEUDONYMISE])
def test_progress_can_be_rebuilt_afterwards(app: Flask, how: str) -> None:
    made = courses.published_course_with_sco(author=accounts.person(roles=["trainer"]))
    seat = courses.enrolment(made.course)
    stranger = {"objectType": "Agent", **MBOX, "name": NAME}
    progress.keep(
        progress.statement(seat, made.leaf, "initialized", at=1),
        progress.statement(seat, made.leaf, "passed", actor=stranger, at=2, result={"success": True}),
    )

    done(how)

    assert rebuilding.rebuild(verify=True).differences == []


def test_what_is_no_strangers_is_refused(app: Flask) -> None:
    person = accounts.person(email="known@example.org")
    gone = {"account": {"homePage": iri_base(), "name": str(uuid4())}}
    digest = sha1(b"mailto:known@example.org").hexdigest()
    whose = {
        "person": [
            {"mbox": "mailto:Known@example.org"},
            {"mbox_sha1sum": digest},
            {"account": {"homePage": "https://tool.example", "name": "known@example.org"}},
            {"account": pseudonyms.actor(person)["account"]},
        ],
        "nobody": [gone],
        "academy": [{"account": {"homePage": iri_base(), "name": "academy"}}],
    }
    xapi.stored(*(xapi.statement(actor=one) for some in whose.values() for one in some))

    for kind, some in whose.items():
        for one in some:
            found = strangers.known(db.session.connection(), one)
            assert found
            assert agents.owner(one).kind == kind
            with pytest.raises(NotAStranger):
                agents.erase(found, Wish(ERASE, "x"))
            with pytest.raises(NotAStranger):
                agents.ask(found, Wish(ERASE, "x"))
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Statement)) == 6


def test_an_erasure_that_fails_leaves_everything(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    scene = Scene()
    before = scene.kept()
    monkeypatch.setattr(agents.receipts, "keep", lambda *rest, **more: 1 / 0)
    found = strangers.known(db.session.connection(), MBOX)
    assert found

    with pytest.raises(ZeroDivisionError):
        agents.erase(found, Wish(ERASE, "x"))

    assert scene.kept() == before


class TestPages:
    """What an administrator sees and does."""

    @pytest.fixture
    def admin(self, app: Flask, sign_in: Callable[..., FlaskClient]) -> FlaskClient:
        return sign_in(accounts.person(roles=["administrator"], name_latin="Ada Admin"))

    @pytest.mark.parametrize("role", ["secretariat", "coordinator", "trainer", "editor", "observer"])
    def test_only_administrators_come_in(
        self, app: Flask, sign_in: Callable[..., FlaskClient], role: str
    ) -> None:
        scene = Scene()
        found = strangers.known(db.session.connection(), MBOX)
        assert found
        key = strangers.key_of(db.session.connection(), found).hex()
        person = accounts.coordinator("MD") if role == "coordinator" else accounts.person(roles=[role])
        client = sign_in(person)

        pages = [client.get(f"{PAGES}{rest}", lint=False) for rest in ("", f"/{key}", f"/{key}/erase")]
        sent = client.post(f"{PAGES}/{key}/erase", data={"reason": "x", "understood": "y"}, lint=False)
        jobs.run_due()

        assert [one.status_code for one in (*pages, sent)] == [403] * 4
        assert all(NAME not in one.text for one in pages)
        assert scene.kept().keys() == scene.ids.keys()

    def key(self, admin: FlaskClient, **fields: str) -> str:
        answer = admin.post(PAGES, data={"kind": "mbox", "identifier": EMAIL, **fields})
        assert answer.status_code == 303
        return str(answer.location.rpartition("/")[2])

    def test_from_finding_to_the_receipt(self, admin: FlaskClient) -> None:
        scene, key = Scene(), self.key(admin, identifier=f" {EMAIL} ")

        shown = admin.get(f"{PAGES}/{key}").text
        question = admin.get(f"{PAGES}/{key}/erase").text
        sent = admin.post(f"{PAGES}/{key}/erase", data={"reason": f"Letter of {EMAIL}", "understood": "y"})
        waiting = admin.get(sent.location).text
        jobs.run_due()
        receipt = admin.get(sent.location).text

        assert NAME in shown
        assert "Of 8 statements as the actor, all are removed for good" in question
        assert "The agent is being erased" in waiting
        assert "Letter of [erased]" in receipt
        assert "Ada Admin" in receipt
        assert EMAIL not in receipt
        assert scene.kept().keys() == {*scene.named, *scene.others}
        assert people.left_of(TELLING) == []
        assert admin.get(f"{PAGES}/{key}").status_code == 404
        assert sent.location.rpartition("/")[2] in admin.get(PAGES).text
        acts = list(db.session.scalars(sa.select(AuditEntry.act).order_by(AuditEntry.id)))
        assert acts == ["xapi.agent.ask", "xapi.agent.erase"]

    def test_sent_twice_it_is_done_once(self, admin: FlaskClient) -> None:
        Scene()
        key, wish = self.key(admin), {"reason": "Letter", "understood": "y"}

        sent = [admin.post(f"{PAGES}/{key}/pseudonymise", data=wish).location for _ in range(2)]
        ran = jobs.run_due()

        assert sent[0] == sent[1]
        assert ran == 2  # that, and the files
        assert db.session.scalar(sa.select(sa.func.count()).select_from(ErasureReceipt)) == 1

    def test_a_job_that_finds_somebody_else_by_now_leaves_them(self, app: Flask) -> None:
        scene = Scene()
        found = strangers.known(db.session.connection(), MBOX)
        assert found
        agents.ask(found, Wish(ERASE, "x"))
        job = db.session.scalars(sa.select(Job).where(Job.kind == agents.JOB)).one()
        job.payload = {**job.payload, "agent": "0" * 64}
        db.session.commit()

        jobs.run_due()

        assert scene.kept().keys() == scene.ids.keys()

    def test_a_job_that_failed_is_told(self, admin: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
        Scene()
        key = self.key(admin)
        sent = admin.post(f"{PAGES}/{key}/erase", data={"reason": "x", "understood": "y"})
        db.session.execute(sa.update(Job).where(Job.kind == agents.JOB).values(state="failed"))
        db.session.commit()

        assert "The agent was not erased" in admin.get(sent.location).text

    @pytest.mark.parametrize(
        ("fields", "words"),
        [
            ({"identifier": ""}, "Write the identifier."),
            ({"identifier": "nobody@example.org"}, "knows no agent with this identifier"),
            ({"identifier": "no address"}, "This is no e-mail address."),
            ({"kind": "mbox_sha1sum", "identifier": "abc"}, "A SHA-1 has 40 characters"),
            ({"kind": "account", "identifier": "x"}, "An account has a name"),
            ({"kind": "openid", "identifier": "x"}, "An OpenID is an address"),
            ({"identifier": "'\"><script>alert(1)</script>@x.org"}, "knows no agent"),
        ],
    )
    def test_wrong_and_unknown_identifiers_are_named(
        self, admin: FlaskClient, fields: dict[str, str], words: str
    ) -> None:
        answer = admin.post(PAGES, data={"kind": "mbox", **fields})

        assert answer.status_code == 422
        assert words in answer.text
        assert "<script>alert" not in answer.text

    def test_what_agents_are_called_is_only_text(self, admin: FlaskClient) -> None:
        Scene(name="<script>alert(1)</script>{{ 7*7 }}")
        key = self.key(admin)

        for page in (f"{PAGES}/{key}", f"{PAGES}/{key}/erase"):
            text = admin.get(page).text
            assert "&lt;script&gt;alert(1)&lt;/script&gt;{{ 7*7 }}" in text
            assert "<script>alert" not in text

    def test_nothing_is_done_without_reason_and_understanding(self, admin: FlaskClient) -> None:
        Scene()
        key = self.key(admin)

        answer = admin.post(f"{PAGES}/{key}/erase", data={"reason": ""})

        assert answer.status_code == 422
        assert "Give a reason." in answer.text
        assert "Tick this to go on." in answer.text
        assert db.session.scalars(sa.select(Job)).all() == []

    def test_a_person_with_an_account_is_referred_to_the_own_erasure(self, admin: FlaskClient) -> None:
        person = accounts.person(email="known@example.org", name_latin="Kim Known")
        xapi.stored(xapi.statement(actor={"mbox": f"mailto:{person.email}"}))
        db.session.commit()
        key = self.key(admin, identifier=person.email)

        shown = admin.get(f"{PAGES}/{key}").text
        refused = admin.post(f"{PAGES}/{key}/erase", data={"reason": "x", "understood": "y"}, lint=False)

        assert "This is a person with an account: Kim Known" in shown
        assert "/admin/data-requests" in shown
        assert refused.status_code == 409
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Statement)) == 1

    @pytest.mark.parametrize("address", [f"{PAGES}/x", f"{PAGES}/{'0' * 32}", "/admin/xapi/erasures/A-1"])
    def test_addresses_that_lead_nowhere(self, admin: FlaskClient, address: str) -> None:
        assert admin.get(address).status_code == 404


class TestCommand:
    """The same by `academy xapi erase-agent`."""

    def run(self, app: Flask, *arguments: str) -> Any:
        return app.test_cli_runner().invoke(args=["xapi", "erase-agent", *arguments])

    @pytest.mark.parametrize(
        "named",
        [
            ("--mbox", EMAIL),
            ("--mbox", f"mailto:{EMAIL}"),
        ],
    )
    def test_erases_and_prints_the_receipt(self, app: Flask, named: tuple[str, str]) -> None:
        scene = Scene()

        result = self.run(app, *named, "--json")

        assert result.exit_code == 0
        assert json.loads(result.output)[0]["erased"]["agent.erase"]["statements"] == 6
        assert scene.kept().keys() == {*scene.named, *scene.others}
        assert people.left_of(TELLING) == []

    def test_keeps_statements_where_asked(self, app: Flask) -> None:
        scene = Scene(IDENTIFIERS["account"])

        result = self.run(app, "--account", "https://tool.example", "ilse-grünwald", "--pseudonymise")

        assert "removed statements:0 documents:2 attachments:2 changed 12" in result.output
        assert scene.kept().keys() == scene.ids.keys()

    @pytest.mark.parametrize(
        ("arguments", "code"),
        [
            ((), 2),
            (("--mbox", EMAIL, "--openid", "https://id.example"), 2),
            (("--openid", "https://id.example"), 1),
        ],
    )
    def test_unknown_or_unclear_agents_are_refused(
        self, app: Flask, arguments: tuple[str, ...], code: int
    ) -> None:
        assert self.run(app, *arguments).exit_code == code

    def test_after_a_restore_it_erases_again_whom_receipts_name(self, app: Flask, tmp_path: Any) -> None:
        Scene()
        number, listed = done(PSEUDONYMISE).number, tmp_path / "receipts.json"
        told = app.test_cli_runner().invoke(args=["users", "receipts", "--json"]).output
        listed.write_text(told, "utf-8")
        xapi.stored(xapi.statement(actor={"objectType": "Agent", **MBOX, "name": NAME}))
        db.session.execute(sa.delete(ErasureReceipt))
        db.session.commit()

        since_then = json.loads(self.run(app, "--again", str(listed), "--json").output)
        listed.write_text(json.dumps([{**one, "at": "2999-01-01T00:00:00Z"} for one in json.loads(told)]))
        brought_back = json.loads(self.run(app, "--again", str(listed), "--json").output)

        assert since_then == []  # the statement came after the erasure
        assert [one["number"] for one in brought_back] == [number]
        assert brought_back[0]["erased"].keys() == {"agent.pseudonymise", "agent.changed"}
        assert people.left_of(TELLING) == []
