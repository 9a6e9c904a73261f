"""The statement browser: lists by filters, what comes while somebody looks, and one statement whole.

Who reads about a person of the Academy is on record: a list of one person's statements when it is opened, and
a single statement; not each further page, and not each question of a page for what is new.
"""

from uuid import UUID

from flask import Response, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as Answer

from academy import audit
from academy.accounts import pseudonyms
from academy.administration.statements import asked as asking
from academy.administration.statements import details, json_lines, reading
from academy.administration.statements.asked import Asked
from academy.administration.statements.reading import Stream
from academy.administration.statements.sentences import person_of
from academy.administration.views.blueprint import blueprint
from academy.db import iri_base
from academy.errors import Invalid
from academy.locale import language
from academy.security import access
from academy.xapi.queries import Row
from academy.xapi.vocabulary import VERBS

LAST = 2**62


@blueprint.get("/xapi")
@access.roles("administrator")
def record_store() -> Answer:
    """Lead to the first page about the record store."""
    return redirect(url_for(".statements"), 303)


@blueprint.get("/xapi/statements")
@access.roles("administrator")
def statements() -> str | tuple[str, int]:
    """List statements, newest first, by the filters of the address."""
    asked = asking.read(request.args, viewer=current_user)
    before, after = _place("before"), _place("after")
    if asked.wrong:
        return _list(asked, None), 422
    if before is None and after is None:
        _note_list(asked)
    stream = reading.newest(asked, before=before) if after is None else reading.newer_page(asked, after=after)
    return _list(asked, stream)


@blueprint.get("/xapi/statements/new")
@access.roles("administrator")
def new_statements() -> Response:
    """Return the lines of statements stored after a place, for the page that follows them."""
    asked, after = asking.read(request.args, viewer=current_user), _place("after")
    if asked.wrong or after is None:
        raise Invalid
    stream = reading.new_since(asked, cursor=after)
    answer = Response(render_template("administration/statements-new.html", stream=stream))
    answer.headers["Cache-Control"] = "no-store"
    return answer


@blueprint.get("/xapi/statements/<uuid:statement_id>")
@access.roles("administrator")
def statement(statement_id: UUID) -> str:
    """Show one statement whole."""
    whole = reading.whole(statement_id)
    _note_one(whole.row)
    return render_template(
        "administration/statement.html",
        whole=whole,
        fields=details.fields(whole),
        attached=details.attachments(whole.statement),
        further=details.further(whole.statement),
        lines=json_lines.coloured(whole.row.text),
    )


@blueprint.get("/xapi/statements/<uuid:statement_id>/inside")
@access.roles("administrator")
def statement_inside(statement_id: UUID) -> str:
    """Return what a line of the list shows when it is opened."""
    row = reading.raw(statement_id)
    return render_template(
        "administration/statement-inside.html",
        id=statement_id,
        further=details.further(row.statement),
        lines=json_lines.coloured(row.text),
    )


@blueprint.get("/xapi/statements/<uuid:statement_id>.json")
@access.roles("administrator")
def statement_json(statement_id: UUID) -> Response:
    """Send a statement exactly as it is stored."""
    row = reading.raw(statement_id)
    text = row.text
    _note_one(row)
    return Response(text, mimetype="application/json")


def _list(asked: Asked, stream: Stream | None) -> str:
    return render_template(
        "administration/statements.html",
        asked=asked,
        stream=stream,
        verbs=sorted({texts.get(language(), texts["en"]) for texts in VERBS.values()}),
        can_follow=stream is not None and stream.newer is None and "until" not in asked.texts,
    )


def _note_list(asked: Asked) -> None:
    person = asked.person
    if person is not None:
        about = {name: text for name, text in asked.texts.items() if name != "agent"}
        target = audit.Target(person.public_id, person.name_latin, person=person.public_id)
        audit.record_reading("xapi.read", target=target, after=about or None)


def _note_one(row: Row) -> None:
    actor = row.statement["actor"]
    assert isinstance(actor, dict)  # noqa: S101 -- every statement has one
    name = person_of(actor, iri_base())
    person = pseudonyms.person_of(name) if name else None
    if person is not None:
        target = audit.Target(person.public_id, person.name_latin, person=person.public_id)
        audit.record_reading("xapi.read", target=target, after={"statement": row.statement["id"]})


def _place(name: str) -> int | None:
    """Return a place in the order of statements; anything else is none."""
    text = request.args.get(name, "")
    return min(int(text), LAST) if text.isascii() and text.isdigit() and len(text) < 20 else None
