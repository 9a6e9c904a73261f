"""Every route answers hostile input with a page or a clean refusal, and no text that databases refuse."""

import base64
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from flask import Flask, has_request_context, request
from flask.testing import FlaskClient
from sqlalchemy import event
from werkzeug.routing import Rule

from academy.accounts.personal_data import requests
from academy.administration import agents
from academy.certificates import document
from academy.courses.models import Course, Launch, Upload
from academy.courses.runtime import launching, tokens
from academy.db import db
from academy.library import services as library
from academy.security import policy_of
from academy.transactions import only_reads
from tests.factories import accounts, certificates, courses, xapi

pytestmark = pytest.mark.only("sqlite")  # nothing in it depends on the database

ROLES = ("guest", "learner", "trainer", "coordinator", "administrator")
WORDS = ("\0", "a\0b", "\ufffe\U0001f600", "'\"><script>", "{{ 7*7 }}%s%d", "../../etc/passwd", "я" * 3000)
NUMBERS = ("-1", "0", "1e9", "9" * 30, "9" * 5000, "٣", "")
NAMES = (
    "q",
    "page",
    "lang",
    "next",
    "name",
    "number",
    "tab",
    "step",
    "theme",
    "state",
    "from",
    "to",
    "course",
)
QUERIES = (
    "",
    "?q=%00&name=%00&number=%00&state=%00&course=%00&ticket=%00&%00=1&[]=&=&&%zz",
    "?q=%ff%fe%ed%a0%80&lang=%ff&next=//evil.example&tab=%c0%80&ticket=%ff",
    "?" + "&".join(f"{name}={'9' * 30}" for name in NAMES),
    "?" + "&".join(f"{name}=-1&{name}=x" for name in NAMES),
    "?q=" + "%D1%8F" * 3000,
)
BODIES: tuple[dict[str, Any], ...] = (
    {"data": b"", "content_type": "application/x-www-form-urlencoded"},
    {"data": b"[]", "content_type": "application/json"},
    {"data": b'{"token": 1, "data": [], "seq": "x"}', "content_type": "text/plain"},
    {"data": b"\xff\xfe{", "content_type": "application/json"},
    {"data": b"--x\r\nbroken", "content_type": "multipart/form-data; boundary=x"},
    {
        "data": b"x" * 40,
        "content_type": "application/octet-stream",
        "headers": {"Content-Range": "bytes 9-1/2"},
    },
)


@dataclass
class Scene:
    """Things that exist, so that addresses lead somewhere."""

    course: Course
    launch: Launch
    upload: Upload
    values: dict[str, str]
    clients: dict[str, FlaskClient]


@pytest.fixture
def scene(app: Flask, sign_in: Any, monkeypatch: pytest.MonkeyPatch) -> Scene:
    monkeypatch.setattr(document, "render", lambda facts: b"%PDF-1.7")
    trainer = accounts.person(roles=["trainer"])
    unit = accounts.organisation()
    made = courses.published_course_with_sco(author=trainer)
    section = courses.section(made.course)
    certificate = certificates.certificate()
    seat = courses.enrolment(made.course)
    waiting = accounts.person(confirmed=False)
    launch = launching.open_launch(seat, activity=made.leaf)
    upload = Upload(
        course_id=made.course.id, person_id=trainer.id, file_name="a.zip", size=40, language="en", received=0
    )
    db.session.add(upload)
    library.publish(
        "D-1",
        collection="dialogue",
        kind="report",
        title={"en": "A"},
        summary={},
        year=2026,
        audience="public",
    )
    values = {
        "code": made.course.code,
        "activity": str(made.leaf.public_id),
        "section": str(section.public_id),
        "launch": str(launch.public_id),
        "serial": certificate.serial,
        "public_id": str(waiting.public_id),
        "collection": "dialogue",
        "reference": "D-1",
        "direction": "up",
        "version": str(made.version.public_id),
        "label": launch.label,
        "upload": "",
        "kind": "copy",
        "request_id": str(requests.ask(waiting, "copy").public_id),
        "key": _agent(),
        "how": "erase",
    }
    assert unit.id
    people = {
        "learner": seat.person,
        "trainer": trainer,
        "coordinator": accounts.coordinator("MD"),
        "administrator": accounts.person(roles=["administrator"]),
    }
    db.session.flush()
    values["upload"] = str(upload.public_id)
    clients = {role: sign_in(person) for role, person in people.items()} | {"guest": app.test_client()}
    return Scene(made.course, launch, upload, values, clients)


def _agent() -> str:
    """Make an agent of the record store, and return its key."""
    xapi.stored(xapi.statement())
    return (agents.find({"mbox": xapi.agent()["mbox"]}) or b"").hex()


def rules(app: Flask) -> list[Rule]:
    found = [rule for rule in app.url_map.iter_rules() if not rule.endpoint.endswith("static")]
    return [rule for rule in found if rule.endpoint not in {"accounts.sign_out"}]


def addresses(rule: Rule, scene: Scene) -> Iterator[str]:
    """Yield an address that leads somewhere, then hostile ones."""
    adapter = rule.map.bind("localhost") if rule.map else None
    assert adapter is not None
    for hostile in (None, "\0x", "%ff'\"<я>", "9" * 300):
        values: dict[str, Any] = {}
        for name in rule.arguments:
            kind = type(rule._converters[name]).__name__
            known = scene.values.get(name, "x")
            if kind == "UUIDConverter":
                values[name] = UUID(known) if hostile is None and name in scene.values else uuid4()
            else:
                values[name] = hostile if hostile and kind != "AnyConverter" else known
        yield adapter.build(rule.endpoint, values, method=None)
        if not rule.arguments:
            return


def asked(rule: Rule, scene: Scene, role: str, inputs: tuple[Any, ...]) -> Iterator[tuple[str, Any]]:
    """Yield what to send where: all inputs to the address that leads somewhere, the first one to the others.

    Who may not open a route at all tries it once.
    """
    first, *others = addresses(rule, scene)
    others += [f"{first}/{name}" for name in ("%00", "%ff..%2f") if rule.endpoint == "content.package_file"]
    policy = policy_of(rule.endpoint)
    roles = {"learner", role} - {"guest"} if role != "guest" else set()
    if policy is None or policy.kind in {"public", "token"} and role not in {"guest", "administrator"}:
        return
    shut = policy.kind == "signed-in" and not roles or policy.kind == "roles" and not roles & policy.roles
    yield from ((first, one) for one in (inputs[:1] if shut else inputs))
    yield from ((address, inputs[0]) for address in others if not shut)


@pytest.fixture
def texts_for_the_database(app: Flask) -> Iterator[list[str]]:
    """Collect the parameters that PostgreSQL refuses: NUL, also in JSON, and halves of characters."""
    refused: list[str] = []

    def look(connection: object, cursor: object, statement: str, parameters: Any, *rest: object) -> None:
        for value in _leaves(parameters):
            if isinstance(value, str) and ("\0" in value or "\\u0000" in value or not _is_unicode(value)):
                refused.append(f"{statement[:80]}: {value[:80]!r}")

    event.listen(db.engine, "before_cursor_execute", look)
    yield refused
    event.remove(db.engine, "before_cursor_execute", look)


def _leaves(parameters: Any) -> Iterator[object]:
    if isinstance(parameters, dict):
        yield from parameters.values()
    elif isinstance(parameters, list | tuple):
        for one in parameters:
            yield from _leaves(one) if isinstance(one, list | tuple | dict) else (one,)


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def ask(scene: Scene, role: str, method: str, address: str, **options: Any) -> int:
    content = address.startswith("/_content/")
    if content:
        label, _, path = address.removeprefix("/_content/").partition("/")
        address, options["base_url"] = f"/{path}", f"http://{scene.values['label']}.localhost:5000"
        options.setdefault("headers", {})
    return scene.clients[role].open(address, method=method, lint=False, **options).status_code


#: Who takes these is put on record, in a transaction of its own before anything is read.
ON_RECORD = {"administration.audit_csv", "reports.completion_csv", "reports.completion_xlsx"}
#: Says 503 on purpose, where nobody runs jobs.
FOR_MONITORS = {"readyz"}


@pytest.mark.parametrize(
    "role",
    [
        pytest.param(one, marks=[] if one in ("guest", "trainer") else pytest.mark.conformance)
        for one in ROLES
    ],
)
def test_no_query_breaks_a_page(
    app: Flask, scene: Scene, role: str, texts_for_the_database: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.ERROR)
    written = []

    def is_on_record() -> bool:
        return has_request_context() and request.endpoint in ON_RECORD

    def look(connection: object, cursor: object, statement: str, *rest: object) -> None:
        if not is_on_record() and statement.startswith(("INSERT", "UPDATE", "DELETE")):
            written.append(statement)

    def look_at_beginning(connection: object) -> None:
        if has_request_context() and not is_on_record() and not only_reads():
            written.append(f"{request.endpoint} begins to write")

    event.listen(db.engine, "before_cursor_execute", look)
    event.listen(db.engine, "begin", look_at_beginning)
    broken = [
        (rule.endpoint, address, query[:40], status)
        for rule in rules(app)
        if "GET" in (rule.methods or ()) and rule.endpoint not in FOR_MONITORS
        for address, query in asked(rule, scene, role, QUERIES)
        if (status := ask(scene, role, "GET", address + query)) >= 500
    ]
    event.remove(db.engine, "before_cursor_execute", look)
    event.remove(db.engine, "begin", look_at_beginning)

    assert broken == []
    assert written == []  # what is only asked for changes nothing, and waits for no writer
    assert texts_for_the_database == []


@pytest.mark.parametrize("role", ROLES)
def test_no_body_breaks_a_route(
    app: Flask, scene: Scene, role: str, texts_for_the_database: list[str]
) -> None:
    broken = [
        (rule.endpoint, method, address, body, status)
        for rule in rules(app)
        for method in sorted((rule.methods or set()) & {"POST", "PUT", "DELETE"})
        for address, body in asked(rule, scene, role, BODIES)
        if (status := ask(scene, role, method, address, **body)) >= 500
    ]

    assert broken == []
    assert texts_for_the_database == []


def fields(client: FlaskClient, address: str) -> list[str]:
    """Return the names of the fields of a page's forms."""
    from lxml import html

    page = client.get(address, lint=False, follow_redirects=True).get_data(as_text=True)
    return sorted({str(name) for name in html.fromstring(page).xpath("//form//@name")}) if page else []


FORMS = (
    *(("guest", path) for path in ("/sign-in", "/register", "/password/forgot", "/verify")),
    *(("learner", path) for path in ("/profile", "/profile/service", "/profile/password")),
    *(("trainer", path) for path in ("/teach/courses/new", "{teach}/description", "{teach}/uploads")),
    *(("administrator", path) for path in ("/admin/people", "/admin/states/new", "/admin/states/MD")),
    ("administrator", "/admin/organisations/new"),
)


@pytest.mark.parametrize(("role", "address"), FORMS)
def test_no_field_breaks_a_form(
    scene: Scene, role: str, address: str, texts_for_the_database: list[str]
) -> None:
    place = address.format(teach=f"/teach/courses/{scene.course.code}")
    client = scene.clients[role]
    source = {"/profile/service": "/profile", "/profile/password": "/profile"}.get(place, place)
    names = fields(client, f"{source}/new" if place.endswith("/uploads") else source)
    broken = []
    for text in (*WORDS, *NUMBERS):
        answer = client.post(place, data=dict.fromkeys(names, text), lint=False)
        if answer.status_code >= 500:
            broken.append((text[:40], answer.status_code))

    assert names
    assert broken == []
    assert texts_for_the_database == []


def test_credentials_with_a_nul_are_unknown(app: Flask, texts_for_the_database: list[str]) -> None:
    key = base64.b64encode(b"a\0b:secret").decode()
    headers = {"Authorization": f"Basic {key}", "X-Experience-API-Version": "1.0.3"}

    assert app.test_client().get("/xapi/statements", headers=headers).status_code == 401
    assert texts_for_the_database == []


@pytest.mark.parametrize(
    ("element", "value"),
    list(product(("cmi.suspend_data", "cmi.interactions.0.student_response"), ("\0", "\ud800"))),
)
def test_content_may_keep_any_text(scene: Scene, app: Flask, element: str, value: str) -> None:
    token = tokens.commit_token(tokens.Bearer(scene.launch.public_id, scene.launch.label))
    data = {"cmi.interactions.0.id": f"q{value}", "cmi.interactions.0.type": "fill-in", element: f"a{value}b"}
    body = {"token": token, "seq": 5, "session": 1, "end": "", "data": data}
    answer = app.test_client().post(
        "/_api/commit", json=body, base_url=f"http://{scene.launch.label}.localhost:5000"
    )

    assert answer.status_code == 200
    db.session.expire_all()
    assert scene.launch.attempt.data[element] == f"a{value}b"
    kept = db.session.scalars(sa.text("SELECT CAST(payload AS TEXT) FROM xapi_statement")).all()
    assert not any("\\u0000" in text or "\\ud800" in text for text in kept)
