"""Commands of the store: credentials, export and import of statements."""

from datetime import UTC
from typing import Any

import click

from academy import audit
from academy.commands import Commands, json_option, print_json, print_table
from academy.db import db
from academy.xapi import credentials
from academy.xapi.forwarding.commands import forward
from academy.xapi.transfer import commands

xapi = Commands("xapi", help="The learning record store.")
keys = Commands("credentials", help="Keys and secrets of clients.")
xapi.add_command(keys)
xapi.add_command(forward)

MOMENT = click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%SZ"])

groups: tuple[click.Command, ...] = (xapi,)


@keys.command("create")
@click.option("--name", required=True, help="Who will use it; shown as the authority of statements.")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    default=("statements/write", "statements/read/mine"),
    show_default=True,
    help=f"May be given several times; one of {', '.join(credentials.SCOPES)}.",
)
@click.option("--expires", type=MOMENT, help="When it ceases to be valid: a day, or a moment in UTC.")
@click.option(
    "--per-minute",
    type=click.IntRange(min=0),
    help="Requests a minute; 0 for no limit.  [default: ACADEMY_XAPI_REQUESTS_PER_MINUTE]",
)
@click.option("--void/--no-void", "may_void", help="May void statements; scope all may so anyway.")
@json_option
def create(name: str, scopes: tuple[str, ...], as_json: bool, **limits: Any) -> None:
    """Make a credential and print its key and secret, once."""
    expires = limits.pop("expires")
    terms = credentials.Terms(expires=expires and expires.replace(tzinfo=UTC), **limits)
    key, secret = credentials.issue(db.session.connection(), name=name, scopes=scopes, terms=terms)
    audit.record(
        "xapi.credentials.create",
        target=audit.Target(key, name),
        after={"scopes": scopes, **credentials.said(terms)},
    )
    if as_json:
        print_json({"key": key, "secret": secret})
    else:
        click.echo(f"key     {key}\nsecret  {secret}\nThe secret is not shown again.")


@keys.command("list")
@json_option
def list_credentials(as_json: bool) -> None:
    """List all credentials, without secrets."""
    rows = [
        {
            "key": entry.key,
            "name": entry.name,
            "scopes": entry.scopes if as_json else " ".join(entry.scopes),
            "created": entry.created,
            "expires": entry.expires,
            "used": entry.used,
            "per_minute": entry.per_minute,
            "may_void": entry.may_void,
            "revoked": entry.revoked,
        }
        for entry in credentials.every(db.session.connection())
    ]
    if as_json:
        print_json(rows)
    else:
        print_table(rows, empty="There are no credentials.")


@keys.command("revoke")
@click.argument("key")
def revoke(key: str) -> None:
    """Make a credential useless from now on."""
    credentials.revoke(db.session.connection(), key=key)
    audit.record("xapi.credentials.revoke", target=key)


xapi.command("export")(commands.export)
xapi.command("import")(commands.import_statements)
