"""The audit record for administrators: searching it, one entry, and taking it out as a file."""

import tempfile
from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from flask import Response, render_template, request, send_file
from flask_babel import gettext as _

from academy import audit, clock
from academy.administration import record
from academy.administration.record import Filters
from academy.administration.views.blueprint import blueprint
from academy.administration.words import DOORS, FACTS, ONLY_ONE
from academy.audit import ACTS, KINDS, AuditEntry, Said
from academy.locale import day, language
from academy.security import access
from academy.tables import Column, csv_stream


@blueprint.get("/audit")
@access.roles("administrator")
def audit_record() -> str:
    """List acts, newest first."""
    filters, wrong = Filters.read(request.args)
    return render_template(
        "administration/audit.html",
        filters=filters,
        wrong=wrong,
        found=record.page(filters, before=_place("before"), after=_place("after")),
        chips=_chips(filters),
        acts=sorted(((code, str(act.sentence)) for code, act in ACTS.items()), key=lambda one: one[1]),
        kinds=[(code, str(name)) for code, name in KINDS.items()],
    )


@blueprint.get("/audit/<uuid:public_id>")
@access.roles("administrator")
def audit_entry(public_id: UUID) -> str:
    """Show one act: who, what, on whom, in which way, and what changed."""
    entry, words, seal = record.entry(public_id)
    before, after = words.before or {}, words.after or {}
    return render_template(
        "administration/audit-entry.html",
        entry=entry,
        words=words,
        seal=seal,
        changes=[(name, before.get(name), after.get(name)) for name in dict.fromkeys([*before, *after])],
    )


@blueprint.get("/audit.csv")
@access.roles("administrator")
def audit_csv() -> Response:
    """Send the entries that the filters leave as CSV; that this was done is one more of them."""
    filters, _wrong = Filters.read(request.args)
    about = {name: value for name, value in filters.arguments().items() if name not in {"person", "q"}}
    audit.record_reading("audit.export", target="audit", after=about)
    file = tempfile.TemporaryFile()  # noqa: SIM115 -- handed to Flask
    for piece in csv_stream(_columns(), _rows(filters), language=language()):
        file.write(piece.encode("utf-8"))
    file.seek(0)
    name = f"audit-{clock.now():%Y-%m-%d}.csv"
    return send_file(file, mimetype="text/csv", as_attachment=True, download_name=name, max_age=0)


@blueprint.app_template_filter("act")
def _act(code: str) -> object:
    """Return the sentence of an act; one that this version does not know is called by its code."""
    return ACTS[code].sentence if code in ACTS else code


@blueprint.app_template_filter("act_kind")
def _act_kind(code: str) -> object:
    return KINDS.get(code, code)


@blueprint.app_template_filter("thing")
def _thing(entry: AuditEntry) -> str:
    """Return what was acted on where the record has no words for it: its code, or what there is one of."""
    return str(_act_kind(entry.kind) if entry.kind in ONLY_ONE else entry.target)


@blueprint.app_template_filter("fact_name")
def _fact_name(code: str) -> object:
    return FACTS.get(code, code)


@blueprint.app_template_filter("actor")
def _actor(entry: AuditEntry, words: Said) -> object:
    """Return who acted, in words."""
    if words.name:
        return words.name
    if entry.actor:
        return _("A person whose data was erased")
    return {"command": _("Command line"), "worker": _("The Academy itself")}.get(
        entry.door, _("Nobody signed in")
    )


@blueprint.app_template_filter("door")
def _door(code: str) -> object:
    return DOORS.get(code, code)


def _place(name: str) -> UUID | None:
    try:
        return UUID(request.args.get(name, ""))
    except ValueError:
        return None


def _chips(filters: Filters) -> list[tuple[str, dict[str, str]]]:
    """Return each filter in words, with the arguments that are left without it."""
    found = []
    if filters.person:
        found.append((_("Person: %(name)s", name=_person(filters.person)), filters.arguments(person="")))
    if filters.act:
        found.append((str(_act(filters.act)), filters.arguments(act="")))
    if filters.kind:
        found.append((str(KINDS[filters.kind]), filters.arguments(kind="")))
    if filters.target:
        found.append((_("On: %(thing)s", thing=filters.target), filters.arguments(target="")))
    if filters.since:
        found.append((_("From %(day)s", day=day(filters.begins, "short")), filters.arguments(since=None)))
    if filters.until:
        found.append((_("Until %(day)s", day=day(filters.ends, "short")), filters.arguments(until=None)))
    if filters.text:
        found.append((_("Words: %(text)s", text=filters.text), filters.arguments(text="")))
    return found


def _person(text: str) -> str:
    try:
        return record.name_of(UUID(text)) or text
    except ValueError:
        return text


def _columns() -> list[Column]:
    return [
        Column("at", _("When"), "datetime"),
        Column("act", _("Act")),
        Column("code", _("Code of the act")),
        Column("actor", _("Who")),
        Column("actor_id", _("Who, identifier")),
        Column("kind", _("Kind")),
        Column("label", _("On what or whom")),
        Column("target", _("Identifier")),
        Column("before", _("Before")),
        Column("after", _("After")),
        Column("reason", _("Reason")),
        Column("door", _("Way")),
        Column("address", _("Network address")),
        Column("request_id", _("Request code")),
    ]


def _rows(filters: Filters) -> Iterator[Mapping[str, object]]:
    for entry, words in record.every(filters):
        yield {
            "at": entry.at,
            "act": str(_act(entry.act)),
            "code": entry.act,
            "actor": str(_actor(entry, words)),
            "actor_id": entry.actor,
            "kind": str(_act_kind(entry.kind)),
            "label": words.label or _thing(entry),
            "target": entry.target,
            "before": _plain(words.before),
            "after": _plain(words.after),
            "reason": words.reason,
            "door": str(_door(entry.door)),
            "address": words.address,
            "request_id": entry.request_id,
        }


@blueprint.app_template_filter("plainly")
def _plain(value: Any) -> str | None:
    """Write a value of the record for people: texts by language, lists with commas, yes and no."""
    if value is None or value == "" or value == {}:
        return None
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, dict):
        return "; ".join(f"{name}: {_plain(one) or '–'}" for name, one in value.items())
    if isinstance(value, list):
        return ", ".join(_plain(one) or "–" for one in value)
    return str(value)
