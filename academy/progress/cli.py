"""Commands of progress."""

from typing import Any

import click

from academy import audit
from academy.accounts import queries as account_queries
from academy.commands import REFUSED, Commands, json_option, print_json, print_table
from academy.courses.queries import contents
from academy.errors import NotFound
from academy.locale import translated
from academy.progress import queries, rebuilding
from academy.progress.queries import Learning, Part
from academy.templating import fill_slot

SHOWN_DIFFERENCES = 50

progress = Commands("progress", help="What people have learnt, as their statements say.")


@progress.command("show")
@click.option("--course", "code", required=True, help="Code of the course.")
@click.option("--email", required=True, help="Address of the learner.")
@json_option
def show(code: str, email: str, as_json: bool) -> None:
    """Show completion, success, score and time of one learner in one course, and of each of its parts."""
    person = account_queries.person_by_email(email)
    if person is None:
        raise NotFound(f"nobody has the address {email}")
    opened = contents.opened(code, by=person)
    if opened.seat is None:
        raise NotFound(f"{email} is not in the course {code}")
    found = queries.learning(opened.seat, contents.contents_of(opened))
    if as_json:
        print_json(_as_json(found))
    else:
        print_table([_line(opened.course.title, found.state), *map(_part_line, found.parts)], empty="")


@progress.command("rebuild")
@click.option("--verify", is_flag=True, help="Only compare; exit 1 and list what differs.")
def rebuild(verify: bool) -> int:
    """Replay all statements and make every row of progress anew; nothing else happens."""
    outcome = rebuilding.rebuild(verify=verify)
    if not verify:
        audit.record("progress.rebuild", target="progress", after={"registrations": outcome.registrations})
    for one in outcome.differences[:SHOWN_DIFFERENCES]:
        where = f"activity {one.activity}" if one.activity else "course"
        click.echo(f"{one.registration} {where}: {one.field} is {one.stands}, replayed {one.replayed}")
    beyond = len(outcome.differences) - SHOWN_DIFFERENCES
    if beyond > 0:
        click.echo(f"and {beyond} more")
    click.echo(f"{outcome.registrations} registrations, {len(outcome.differences)} differences")
    return REFUSED if verify and outcome.differences else 0


def _as_json(found: Learning) -> dict[str, Any]:
    state = found.state
    return {
        "course": found.course.code,
        "registration": str(found.enrolment.registration),
        "completion": state.completion,
        "success": state.success,
        "score_scaled": state.score_scaled,
        "time_ms": state.time_ms,
        "started": state.started,
        "last": state.last,
        "completed": state.completed,
        "certificate": str(fill_slot("progress.certificate", enrolment=found.enrolment)) or None,
        "activities": [_part(part) for part in found.parts],
    }


def _part(part: Part) -> dict[str, Any]:
    return {
        "title": translated(part.activity.title),
        "kind": part.activity.kind,
        "completion": part.state.completion,
        "success": part.state.success,
        "score_scaled": part.state.score_scaled,
        "time_ms": part.state.time_ms,
        "must_pass": part.leaf.must_pass,
        "activity": str(part.activity.public_id),
    }


def _part_line(part: Part) -> dict[str, Any]:
    return _line({"en": f"{part.number}. {translated(part.activity.title)}"}, part.state)


def _line(title: dict[str, str], state: Any) -> dict[str, Any]:
    return {
        "title": translated(title),
        "completion": state.completion,
        "success": state.success,
        "score": state.score_scaled,
        "minutes": round(state.time_ms / 60_000, 1),
    }


groups: tuple[click.Command, ...] = (progress,)
