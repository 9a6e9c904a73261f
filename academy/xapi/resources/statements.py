"""The Statement Resource (xAPI 1.0.3 Communication 2.1)."""

from urllib.parse import urlencode

from flask import Response, g, request
from werkzeug.http import http_date, parse_accept_header

from academy.db import reading, release, transaction
from academy.errors import NotFound
from academy.replica import read_copy
from academy.xapi import (
    consistency,
    interning,
    json_text,
    moments,
    preparation,
    presentation,
    queries,
    relations,
    signatures,
    store,
)
from academy.xapi.attachments import Part, received_attachments
from academy.xapi.credentials import Bearer
from academy.xapi.errors import NotPermitted, XapiInvalid
from academy.xapi.gathering import gathering
from academy.xapi.json_text import Json
from academy.xapi.queries import Row, StatementFilter
from academy.xapi.resources import multipart, parameters, reach, serving
from academy.xapi.resources.calls import Call

CLAUSE = "xAPI 1.0.3 Communication 2.1.3"
MOST_STATEMENTS = 500

FORMATS = ("exact", "ids", "canonical")
OF_ONE = ("statementId", "voidedStatementId", "format", "attachments")
OF_MANY = (
    *("agent", "verb", "activity", "registration", "related_activities", "related_agents"),
    *("since", "until", "limit", "format", "attachments", "ascending", "cursor"),
)


def put(call: Call, who: Bearer) -> Response:
    """Store one statement under the id of the parameter (2.1.1)."""
    serving.permit(who, "statements/write")
    parameters.check(call.parameters, allowed=("statementId",), required=("statementId",))
    statement_id = parameters.uuid(call.parameters, "statementId")
    with multipart.read(call) as sent:
        if not isinstance(sent.value, dict):
            raise XapiInvalid("PUT takes one statement", clause="xAPI 1.0.3 Communication 2.1.1")
        if str(sent.value.setdefault("id", str(statement_id))).lower() != str(statement_id):
            raise XapiInvalid("the id is not that of the parameter", clause="xAPI 1.0.3 Communication 2.1.1")
        _store(call, who, [sent.value], sent.parts)
    return serving.no_content()


def post(call: Call, who: Bearer) -> Response:
    """Store one statement or a batch and answer with their ids (2.1.2)."""
    serving.permit(who, "statements/write")
    parameters.check(call.parameters, allowed=())
    with multipart.read(call) as sent:
        batch = sent.value if isinstance(sent.value, list) else [sent.value]
        ids = _store(call, who, batch, sent.parts)
    return serving.json_answer(ids)


def get(call: Call, who: Bearer) -> Response:
    """Return one statement by its id, or a page of those that match (2.1.3)."""
    serving.permit(who, "all/read", "statements/read", "statements/read/mine")
    is_one = "statementId" in call.parameters or "voidedStatementId" in call.parameters
    if not is_one:
        read_copy()  # X-Experience-API-Consistent-Through says how old it is
    with transaction(walks=True):
        g.xapi_through = consistency.of(serving.connection())  # before: later queries may see more
        return _one(call, who) if is_one else _page(call, who)


def _store(call: Call, who: Bearer, batch: list[object], parts: list[Part]) -> list[str]:
    drafts = store.prepare(batch, authority=who.authority, edition=call.edition)
    reach.heed_statements(who, (draft.statement for draft in drafts))
    if not who.may_void and any(draft.is_voiding for draft in drafts):
        raise NotPermitted("these credentials may not void statements")
    if not who.may("define"):
        for draft in drafts:
            preparation.define_nothing(draft)
    for draft in drafts:
        signatures.check(draft.statement, parts, edition=call.edition)
    if parts:
        with reading():  # what would be refused leaves no files behind
            store.refuse_conflicts(serving.connection(), drafts)
        release()
    received_attachments([draft.statement for draft in drafts], parts)
    g.xapi_through = moments.moment(gathering().store(drafts))
    return [str(draft.id) for draft in drafts]


def _one(call: Call, who: Bearer) -> Response:
    parameters.check(call.parameters, allowed=OF_ONE)
    plain = parameters.uuid(call.parameters, "statementId")
    voided = parameters.uuid(call.parameters, "voidedStatementId")
    if plain is not None and voided is not None:
        raise XapiInvalid("statementId and voidedStatementId exclude each other", clause=CLAUSE)
    wanted = plain or voided
    assert wanted is not None
    row = queries.one(serving.connection(), wanted, voided=voided is not None, authority=_own_only(who))
    if row is None or (who.narrow and not reach.covers(who, row.statement)):
        raise NotFound(f"there is no{' voided' if voided else ''} statement {wanted}")
    return _answer(call, [row], _presented(call, [row])[0])


def _page(call: Call, who: Bearer) -> Response:
    given = call.parameters
    parameters.check(given, allowed=OF_MANY)
    wanted = StatementFilter(
        agent=parameters.identity(given, "agent"),
        verb=parameters.iri(given, "verb"),
        activity=parameters.iri(given, "activity"),
        registration=parameters.uuid(given, "registration"),
        related_agents=parameters.boolean(given, "related_agents"),
        related_activities=parameters.boolean(given, "related_activities"),
        since=parameters.moment(given, "since"),
        until=parameters.moment(given, "until"),
        ascending=parameters.boolean(given, "ascending"),
        authority=_own_only(who),
    )
    limit = min(parameters.count(given, "limit") or MOST_STATEMENTS, MOST_STATEMENTS)
    cursor = parameters.count(given, "cursor") if "cursor" in given else None
    found = queries.page(serving.connection(), reach.narrowed(who, wanted), limit=limit, cursor=cursor)
    # by reference, statements of others may have come along
    rows = [row for row in found.rows if reach.covers(who, row.statement)] if who.narrow else found.rows
    more = "" if found.cursor is None else _more(given, found.cursor)
    text = b'{"statements":[%b],"more":%b}' % (
        b",".join(_presented(call, rows)),
        json_text.encode(more),
    )
    return _answer(call, rows, text)


def _own_only(who: Bearer) -> str | None:
    """Return the authority that a bearer is confined to, None where all statements may be read."""
    return None if who.may("all/read", "statements/read") else relations.identity(who.authority)


def _more(given: object, cursor: int) -> str:
    assert isinstance(given, dict)
    return f"{request.script_root}{request.path}?{urlencode({**given, 'cursor': cursor})}"


def _presented(call: Call, rows: list[Row]) -> list[bytes]:
    chosen = parameters.choice(call.parameters, "format", FORMATS, default="exact")
    if chosen == "exact":
        return [row.text for row in rows]
    statements = [row.statement for row in rows]
    if chosen == "ids":
        return [json_text.encode(presentation.reduced(statement)) for statement in statements]
    return [json_text.encode(statement) for statement in _canonical(call, statements)]


def _canonical(call: Call, statements: list[Json]) -> list[Json]:
    iris = {str(activity["id"]) for found in statements for activity, _ in relations.activities_of(found)}
    verbs = {str(verb["id"]) for found in statements for verb in relations.verbs_of(found)}
    definitions = interning.definitions_of(serving.connection(), sorted(iris))
    displays = interning.displays(serving.connection(), sorted(verbs))
    wanted = parse_accept_header(call.header("Accept-Language"))
    languages = [tag for tag, quality in wanted if quality > 0]
    return [
        presentation.canonical(found, definitions=definitions, displays=displays, languages=languages)
        for found in statements
    ]


def _answer(call: Call, rows: list[Row], text: bytes) -> Response:
    if parameters.boolean(call.parameters, "attachments"):
        answer = multipart.written(text, [row.statement for row in rows])
    else:
        answer = Response(text, mimetype="application/json")
    if rows:
        answer.headers["Last-Modified"] = http_date(moments.moment(max(row.seq for row in rows)))
    return answer
