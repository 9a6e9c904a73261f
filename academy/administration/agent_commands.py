"""The command that erases an agent of the record store."""

import json
import sys
from typing import IO, Any

import click

from academy.accounts.personal_data import erasure, receipts
from academy.accounts.personal_data.models import ErasureReceipt
from academy.accounts.personal_data.receipts import NotAReceipt, Past
from academy.administration import agents
from academy.administration.agents import ERASE, PSEUDONYMISE, Wish
from academy.commands import UNUSABLE, json_option, print_json, print_table
from academy.db import commit_now, db
from academy.errors import NotFound
from academy.xapi import strangers
from academy.xapi.json_text import Json
from academy.xapi.strangers import Stranger


@click.option("--mbox", help="E-mail address that statements name.")
@click.option("--mbox-sha1sum", help="SHA-1 of the address with mailto: before it.")
@click.option("--openid", help="OpenID.")
@click.option("--account", nargs=2, metavar="HOMEPAGE NAME", help="Account of another system.")
@click.option("--pseudonymise", "keeps", is_flag=True, help="Keep the statements, under a random account.")
@click.option("--reason", default="asked for by the person", show_default=True, help="Kept in the receipt.")
@click.option("--yes", is_flag=True, help="Do not ask again on a terminal.")
@click.option(
    "--again",
    "past",
    type=click.File("rb"),
    help="After a restore: erase again whom this list of receipts (`users receipts --json`) names.",
)
@json_option
def erase_agent(
    keeps: bool, reason: str, yes: bool, past: IO[bytes] | None, as_json: bool, **named: Any
) -> int | None:
    """Remove statements, documents and attached files of somebody without an account; leaves a receipt."""
    given = _identifiers(named)
    if len(given) + (past is not None) != 1:
        click.echo("Name one agent, or a list of receipts with --again.", err=True)
        return UNUSABLE
    if past is not None:
        done = _again(past)
    else:
        stranger = strangers.known(db.session.connection(), given[0])
        if stranger is None:
            raise NotFound("the record store knows no such agent")
        how = PSEUDONYMISE if keeps else ERASE
        if not yes and sys.stdin.isatty():
            _ask(stranger, how)
        done = [agents.erase(stranger, Wish(how, reason))]
    _finish(done)
    return _show(done, as_json=as_json)


def _identifiers(named: dict[str, Any]) -> list[Json]:
    found: list[Json] = [{name: named[name]} for name in ("mbox_sha1sum", "openid") if named[name]]
    if named["mbox"]:
        found.append({"mbox": f"mailto:{named['mbox'].removeprefix('mailto:')}"})
    if named["account"]:
        home_page, name = named["account"]
        found.append({"account": {"homePage": home_page, "name": name}})
    return found


def _again(past: IO[bytes]) -> list[ErasureReceipt]:
    try:
        rows = json.load(past)
    except ValueError as error:
        raise NotAReceipt from error
    if not isinstance(rows, list):
        raise NotAReceipt
    done = []
    for row in rows:
        one, how = Past.read(row), next((how for how in agents.HOWS if f"agent.{how}" in row["erased"]), None)
        for stranger in agents.remembered(one) if how else ():
            repeated = None if receipts.is_known(one.number) else one
            done.append(agents.erase(stranger, Wish(str(how), one.reason, past=repeated)))
    return done


def _ask(stranger: Stranger, how: str) -> None:
    held = strangers.held(db.session.connection(), stranger)
    click.echo(f"  {held.by:>8}  statements of the agent", err=True)
    click.echo(f"  {held.of:>8}  statements of others that name the agent", err=True)
    click.echo(f"  {held.states + held.profiles:>8}  documents", err=True)
    act = "Erase" if how == ERASE else "Make nameless"
    click.confirm(f"{act}? This cannot be undone.", abort=True, err=True)


def _finish(done: list[ErasureReceipt]) -> None:
    """Commit, and remove the files at once; the jobs that were queued for them do it again, to no effect."""
    commit_now()
    for receipt in done:
        erasure.remove_queued_files(receipt)


def _show(done: list[ErasureReceipt], *, as_json: bool) -> int:
    rows = [receipts.as_json(one) for one in done]
    if as_json:
        print_json(rows)
        return 0
    told = [
        {"number": row["number"], "at": row["at"], "reason": row["reason"], "done": _summed(row["erased"])}
        for row in rows
    ]
    print_table(told, empty="Nothing was erased.")
    return 0


def _summed(counts: dict[str, dict[str, int]]) -> str:
    went = next(found for room, found in counts.items() if room != "agent.changed")
    removed = " ".join(f"{name}:{went[name]}" for name in ("statements", "documents", "attachments"))
    return f"removed {removed} changed {counts['agent.changed']['statements']}"
