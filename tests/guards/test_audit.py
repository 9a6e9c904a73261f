"""Each route by which staff change something, and each command that changes or hands out, is on record."""

import ast
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import click
import pytest
import sqlalchemy as sa
from flask import Flask

from academy import audit
from academy.accounts.models import Person
from academy.accounts.personal_data.models import DataRequest
from academy.administration import agents
from academy.db import db
from academy.jobs import Job
from academy.security import policy_of
from academy.xapi import credentials
from academy.xapi.forwarding.models import ForwardingTarget
from tests.factories import accounts, courses, xapi

WRITING = {"POST", "PUT", "PATCH", "DELETE"}

#: Routes of staff that record nothing themselves, and why.
SILENT = {
    "administration.agents": "only finds; an identifier does not belong into an address",
    "courses.preview": "leaves no tracks",
    "courses.add_upload": "the import of the file is recorded by its job",
    "courses.put_piece": "the import of the file is recorded by its job",
}

#: Commands, the act that they record, or in brackets why none.
COMMANDS = {
    "db upgrade": "db.upgrade",
    "db downgrade": "db.downgrade",
    "doctor": "(reads)",
    "serve": "(a process)",
    "worker": "(a process)",
    "i18n extract": "(files of developers)",
    "i18n update": "(files of developers)",
    "i18n compile": "(files of developers)",
    "i18n check": "(reads)",
    "audit verify": "(reads)",
    "users create": "person.create",
    "users list": "person.list",
    "users import": "person.import",
    "users data": "person.data",
    "users erase": "person.erase",
    "users receipts": "(reads what names nobody)",
    "courses create": "courses.create",
    "courses list": "(reads what names nobody)",
    "courses enrol": "courses.enrol",
    "courses launch-url": "courses.launch",
    "packages check": "(reads)",
    "packages import": "courses.package.import",
    "xapi credentials create": "xapi.credentials.create",
    "xapi credentials list": "(reads what names nobody)",
    "xapi credentials revoke": "xapi.credentials.revoke",
    "xapi erase-agent": "xapi.agent.erase",
    "xapi export": "xapi.export",
    "xapi forward add": "xapi.forward.add",
    "xapi forward list": "(reads what names nobody)",
    "xapi forward pause": "xapi.forward.pause",
    "xapi forward remove": "xapi.forward.remove",
    "xapi forward resume": "xapi.forward.resume",
    "xapi forward run": "(does what a worker does)",
    "xapi forward skip": "xapi.forward.skip",
    "xapi import": "xapi.import",
    "progress show": "(reads about one person)",
    "progress rebuild": "progress.rebuild",
    "certificates list": "(reads about one person)",
    "certificates issue": "certificates.issue",
    "certificates revoke": "certificates.revoke",
    "certificates file": "(reads one document)",
    "certificates verify": "(reads)",
    "library reindex": "library.reindex",
    "reports completion": "reports.export",
    "demo load": "demo.load",
    "backup create": "backup.create",
    "backup check": "(reads)",
    "backup restore": "backup.restore",
}


class Call(NamedTuple):
    """A request that changes something: its address, its fields, and the act that it should leave."""

    path: str
    data: dict[str, str]
    act: str


STATE = {
    "name_en": "New",
    "name_ru": "Новое",
    "region": "EU",
    "status": "former",
    "time_zone": "Europe/Prague",
}
UNIT = {"name_en": "Office", "name_ru": "Отдел", "state": "MD", "parent": "", "mail_domain": ""}
ABOUT = {"title_en": "New", "theme": "T2", "level": "advanced", "hours": "3"}
REASON = {"decision": "decline", "reason": "Not by letter yet, so it has to wait."}


def _credentials() -> dict[str, Call]:
    """Return the calls about credentials of the record store."""
    base, connection = "/admin/xapi/credentials", db.session.connection()
    ends, gone = (credentials.issue(connection, name=name, scopes=["state"])[0] for name in ("one", "two"))
    new = {"label": "Ministry", "scopes": "state"}
    return {
        "administration.new_credential": Call(f"{base}/new", new, "xapi.credentials.create"),
        "administration.credential": Call(
            f"{base}/{ends}", {"last_day": "2999-01-01"}, "xapi.credentials.expire"
        ),
        "administration.revoke_credential": Call(f"{base}/{gone}/revoke", {}, "xapi.credentials.revoke"),
    }


def _agents() -> dict[str, Call]:
    """Return the call about an agent of the record store."""
    xapi.stored(xapi.statement())
    key = agents.find({"mbox": xapi.agent()["mbox"]})
    assert key
    wish = {"reason": "Letter of 12 March", "understood": "y"}
    path = f"/admin/xapi/agents/{key.hex()}/erase"
    return {"administration.erase_agent": Call(path, wish, "xapi.agent.ask")}


def _forwarding() -> dict[str, Call]:
    """Return the calls about other record stores."""
    base, new = "/admin/xapi/forwarding", {"endpoint": "https://lrs.example.org", "key": "k", "secret": "s"}
    targets = [
        ForwardingTarget(name=name, endpoint="http://x", version="1.0.3", key="k", secret=b"", refused=1)
        for name in ("one", "two", "three", "four")
    ]
    db.session.add_all(targets)
    db.session.flush()
    acts = zip(("pause", "resume", "skip", "remove"), targets, strict=True)
    return {
        "xapi_forwarding.new": Call(
            f"{base}/new", new | {"name": "Ministry", "version": "1.0.3"}, "xapi.forward.add"
        ),
        **{
            f"xapi_forwarding.{act}": Call(f"{base}/{target.public_id}/{act}", {}, f"xapi.forward.{act}")
            for act, target in acts
        },
    }


def calls(trainer: Person) -> dict[str, Call]:
    """Return for each route of staff a call that changes something."""
    made = courses.published_course_with_sco(author=trainer)
    code, section = made.course.code, courses.section(made.course)
    courses.section(made.course)
    other, gone = courses.activity(made.course), courses.activity(made.course, removed=True)
    held, waiting, declined, undone = (accounts.person(roles=["editor"]), *(_claimant() for _ in range(3)))
    unit = accounts.organisation()
    job, lost, failed = (_job(state) for state in ("failed", "queued", "failed"))
    _job("failed", kind="certificates.issue")
    asked = DataRequest(person=accounts.person(), kind="copy")
    db.session.add(asked)
    db.session.flush()
    teach, name, part = f"/teach/courses/{code}", f"a{made.activity.id}-", f"s{section.id}-"
    return {
        **_credentials(),
        **_forwarding(),
        **_agents(),
        "accounts.admin_people": Call(
            "/admin/people", {"email": held.email, "role": "trainer", "limit": ""}, "role.grant"
        ),
        "accounts.revoke_role": Call(
            f"/admin/people/{held.public_id}/revoke", {"role": "editor"}, "role.revoke"
        ),
        "accounts.new_state": Call("/admin/states/new", STATE | {"code": "ZZ"}, "state.save"),
        "accounts.admin_state": Call("/admin/states/MD", STATE, "state.save"),
        "accounts.new_organisation": Call("/admin/organisations/new", UNIT, "organisation.save"),
        "accounts.admin_organisation": Call(
            f"/admin/organisations/{unit.public_id}", UNIT, "organisation.save"
        ),
        "accounts.confirm_person": Call(f"/people/{waiting.public_id}/confirm", {}, "person.confirm"),
        "accounts.decline_person": Call(f"/people/{declined.public_id}/decline", {}, "person.decline"),
        "accounts.undo_decision": Call("/people/undo", _undoable(undone), "person.undo"),
        "accounts.decide_data_request": Call(
            f"/admin/data-requests/{asked.public_id}", REASON, "data.decline"
        ),
        "courses.new_course": Call("/teach/courses/new", ABOUT | {"code": "NEW-1"}, "courses.create"),
        "courses.teach_description": Call(
            f"{teach}/description",
            ABOUT,
            "courses.change",
        ),
        "courses.add_section": Call(f"{teach}/sections", {"new-title_en": "New"}, "courses.section.add"),
        "courses.rename_section": Call(
            f"{teach}/sections/{section.public_id}", {f"{part}title_en": "New"}, "courses.section.rename"
        ),
        "courses.move_section": Call(
            f"{teach}/sections/{section.public_id}/move/down", {}, "courses.section.move"
        ),
        "courses.remove_section": Call(
            f"{teach}/sections/{section.public_id}/remove", {}, "courses.section.remove"
        ),
        "courses.change_activity": Call(
            f"{teach}/activities/{made.activity.public_id}",
            {f"{name}title_en": "New"},
            "courses.activity.change",
        ),
        "courses.move_activity": Call(
            f"{teach}/activities/{other.public_id}/move/up", {}, "courses.activity.move"
        ),
        "courses.remove_activity": Call(
            f"{teach}/activities/{other.public_id}/remove", {}, "courses.activity.remove"
        ),
        "courses.put_activity_back": Call(
            f"{teach}/activities/{gone.public_id}/put-back", {}, "courses.activity.return"
        ),
        "courses.publish": Call(f"{teach}/publish", {}, "courses.publish"),
        "courses.archive": Call(f"{teach}/archive", {}, "courses.archive"),
        "administration.retry_jobs": Call("/admin/jobs/retry", {"kind": "certificates.issue"}, "jobs.retry"),
        "administration.retry_job": Call(f"/admin/jobs/{job.public_id}/retry", {}, "jobs.retry"),
        "administration.give_up_job": Call(f"/admin/jobs/{lost.public_id}/give-up", {}, "jobs.cancel"),
        "administration.delete_job": Call(f"/admin/jobs/{failed.public_id}/delete", {}, "jobs.delete"),
    }


def _claimant() -> Person:
    return accounts.person(confirmed=False)


def _job(state: str, kind: str = "mail.send") -> Job:
    made = Job(kind=kind, payload={}, state=state)
    db.session.add(made)
    db.session.flush()
    return made


def _undoable(person: Person) -> dict[str, str]:
    from academy.accounts import services

    before = services.claim_of(person)
    services.confirm_claim(person, viewer=accounts.person(roles=["secretariat"]))
    return {"note": services.decision(person, before=before)}


def routes_of_staff(app: Flask) -> set[str]:
    return {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if rule.methods & WRITING and (policy := policy_of(rule.endpoint)) and policy.kind == "roles"
    }


def test_every_route_of_staff_is_tried_or_excused(app: Flask) -> None:
    known = calls(accounts.person(roles=["trainer"])).keys() | SILENT.keys()

    assert routes_of_staff(app) == known


def test_every_route_of_staff_leaves_its_act_on_record(app: Flask, sign_in: Callable[[Person], Any]) -> None:
    admin = accounts.person(roles=["administrator", "trainer", "secretariat"])
    browser, missing = sign_in(admin), {}
    for endpoint, call in calls(admin).items():
        before = db.session.scalar(sa.select(sa.func.max(audit.AuditEntry.id))) or 0
        answer = browser.post(call.path, data=call.data)
        new = sa.select(audit.AuditEntry).where(audit.AuditEntry.id > before)
        left = [(entry.act, entry.actor, bool(entry.request_id)) for entry in db.session.scalars(new)]
        if left != [(call.act, admin.public_id, True)]:
            missing[endpoint] = (answer.status_code, left)

    assert missing == {}


def test_every_command_records_or_is_excused(app: Flask) -> None:
    found: set[str] = set()

    def walk(group: click.Group, above: str) -> None:
        for name, command in group.commands.items():
            if isinstance(command, click.Group):
                walk(command, f"{above}{name} ")
            else:
                found.add(f"{above}{name}")

    walk(app.cli, "")

    assert found == COMMANDS.keys()


def test_acts_that_are_recorded_and_acts_that_are_known_are_the_same() -> None:
    recorded: set[str] = set()
    for path in (Path(audit.__file__).parents[1]).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and node.value in audit.ACTS and path.name != "acts.py":
                recorded.add(node.value)

    assert audit.ACTS.keys() - recorded - {audit.ERASURE} == set()
    assert {act for act in COMMANDS.values() if not act.startswith("(")} <= audit.ACTS.keys()


@pytest.mark.parametrize("act", sorted(audit.ACTS))
def test_every_act_has_a_kind_with_a_name(act: str) -> None:
    assert audit.ACTS[act].kind in audit.KINDS
