"""Commands of forwarding."""

import sys
from uuid import uuid4

import click

from academy.commands import REFUSED, Commands, json_option, print_json, print_table
from academy.db import db, release
from academy.errors import Invalid
from academy.xapi.editions import Edition
from academy.xapi.forwarding import delivering, services
from academy.xapi.forwarding.services import Standing

forward = Commands("forward", help="Other record stores that get the statements of this one.")

NAME = click.argument("name")


@forward.command("add")
@NAME
@click.option("--endpoint", required=True, help="As in https://lrs.example.org/xapi")
@click.option("--key", required=True)
@click.option(
    "--secret-stdin", is_flag=True, help="Read the secret from standard input; else it is asked for."
)
@click.option(
    "--xapi-version",
    "version",
    type=click.Choice([edition.value for edition in Edition]),
    default="1.0.3",
    show_default=True,
)
@click.option("--verb", "verbs", multiple=True, help="Only statements with this verb; several times.")
@click.option("--activity", "activities", multiple=True, help="Only statements about this activity.")
def add(
    name: str, endpoint: str, key: str, secret_stdin: bool, version: str, **only: tuple[str, ...]
) -> None:
    """Send all statements to another store, from the first on, as they come."""
    secret = sys.stdin.readline().strip() if secret_stdin else click.prompt("Secret", hide_input=True)
    if not secret:
        raise Invalid("the secret is empty")
    filters = (list(only["verbs"]), list(only["activities"]))
    services.add(name, endpoint=endpoint, credential=(key, secret), version=version, filters=filters)


@forward.command("list")
@json_option
def list_targets(as_json: bool) -> None:
    """List all targets with how many statements wait, and what went wrong last."""
    rows = [_shown(standing) for standing in services.every()]
    if as_json:
        print_json(rows)
    else:
        print_table(rows, empty="Statements are sent to no other store.")


@forward.command("pause")
@NAME
def pause(name: str) -> None:
    """Send nothing more to a target for now."""
    services.pause(services.named(name))


@forward.command("resume")
@NAME
def resume(name: str) -> None:
    """Go on after a pause, a failure, or a refusal: the refused statement is tried again."""
    services.resume(services.named(name))


@forward.command("skip")
@NAME
def skip(name: str) -> None:
    """Leave out the one statement that a target refuses, and go on after it."""
    services.skip(services.named(name))


@forward.command("remove")
@NAME
def remove(name: str) -> None:
    """Forget a target; what it has stays there."""
    services.remove(services.named(name))


@forward.command("run")
@NAME
def run(name: str) -> int:
    """Send what a target lacks now, without waiting for a worker; exit 1 where something is left."""
    public_id = services.named(name).public_id
    holder = uuid4()
    release()
    with click.progressbar(
        label="Sending", length=_waiting(name), hidden=not sys.stderr.isatty(), file=sys.stderr
    ) as bar:
        before = services.named(name).sent
        while delivering.deliver(public_id, holder=holder, steps=10):
            bar.update(services.named(name).sent - before - bar.pos)
    left = _standing(name)
    click.echo(f"{left.target.sent - before} statements sent, {left.waiting} left.")
    if left.target.error:
        click.echo(left.target.error, err=True)
    return REFUSED if left.waiting else 0


def _waiting(name: str) -> int:
    return _standing(name).waiting


def _standing(name: str) -> Standing:
    db.session.expire_all()
    return next(one for one in services.every() if one.target.name == name)


def _shown(standing: Standing) -> dict[str, object]:
    target = standing.target
    return {
        "name": target.name,
        "endpoint": target.endpoint,
        "state": standing.state,
        "waiting": standing.waiting,
        "sent": target.sent,
        "skipped": target.skipped,
        "upto": standing.upto,
        "refused": standing.refused,
        "error": target.error,
    }
