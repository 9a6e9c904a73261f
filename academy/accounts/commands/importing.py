"""The command that takes people in from a file."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from academy import audit
from academy.accounts.importing import reading, writing
from academy.accounts.importing.checking import Candidate, Checker
from academy.accounts.importing.reading import Fault, Share, Source, Unreadable
from academy.accounts.importing.writing import Outcome
from academy.commands import REFUSED, UNUSABLE, json_option, print_json
from academy.db import release


@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Check only; write nothing.")
@click.option("--no-mail", is_flag=True, help="Invite nobody; people choose a password by “Forgot password”.")
@click.option("--allow-administrators", is_flag=True, help="Let the file make administrators.")
@json_option
def import_users(file: Path, dry_run: bool, no_mail: bool, allow_administrators: bool, as_json: bool) -> int:
    """Take people in from a CSV file: all rows, or none where one has a fault.

    Columns: email,name_latin,name_cyrillic,state,role,language,organisation. People are confirmed and get a
    mail to choose a password. Who has an account keeps password, language and roles.
    """
    try:
        source = reading.opened(file)
        faults, new, known = _check(source, allow_administrators=allow_administrators)
    except (Unreadable, OSError) as error:
        click.echo(f"{file}: {error}", err=True)
        return UNUSABLE
    outcome = Outcome()
    if not faults and not dry_run:
        outcome = _write(source, allow_administrators=allow_administrators, invites=not no_mail)
    invited = 0 if no_mail else len(outcome.invited)
    told = {
        "people": new + known,
        "new": new,
        "known": known,
        "created": outcome.created,
        "updated": outcome.updated,
        "unchanged": outcome.unchanged,
        "invited": invited,
        "dry_run": dry_run,
        "faults": [vars(fault) for fault in faults],
    }
    if as_json:
        print_json(told)
    else:
        _tell(faults, told)
    return REFUSED if faults else 0


def _check(source: Source, *, allow_administrators: bool) -> tuple[list[Fault], int, int]:
    """Return all faults, and how many rows are new people and people with an account."""
    faults = list(source.header_faults())
    if faults:
        return faults, 0, 0
    new = known = 0
    checker = Checker(allow_administrators=allow_administrators)
    with _progress("Checking") as share:
        for one in checker.checked(source.rows(share=share)):
            if isinstance(one, Candidate):
                new, known = new + (one.known is None), known + (one.known is not None)
            else:
                faults.append(one)
    release()
    return faults, new, known


def _write(source: Source, *, allow_administrators: bool, invites: bool) -> Outcome:
    checker = Checker(allow_administrators=allow_administrators)
    with _progress("Writing") as share:
        outcome = writing.write(checker.checked(source.rows(share=share)))
    if invites:
        writing.invite(outcome.invited)
    counts = {"created": outcome.created, "updated": outcome.updated, "unchanged": outcome.unchanged}
    audit.record("person.import", target="people", after={"file": source.path.name, **counts})
    return outcome


def _tell(faults: list[Fault], told: dict[str, object]) -> None:
    for fault in faults:
        place = f"line {fault.line}" + (f", {fault.column}" if fault.column else "")
        click.echo(f"{place}: {fault.message}")
    if faults:
        click.echo(f"{len(faults)} faults; nothing was written", err=True)
    elif told["dry_run"]:
        click.echo(
            f"{told['people']} people can be imported: {told['new']} new, {told['known']} with an account"
        )
    else:
        click.echo(
            f"{told['created']} created, {told['updated']} updated, {told['unchanged']} unchanged, "
            f"{told['invited']} invited"
        )


@contextmanager
def _progress(label: str) -> Iterator[Share]:
    """Show a progress bar on a terminal, nothing elsewhere."""
    hidden = not sys.stderr.isatty()
    with click.progressbar(length=100, label=label, hidden=hidden, file=sys.stderr) as bar:

        def show(share: float) -> None:
            step = round(share * 100) - bar.pos
            if step > 0:
                bar.update(step)

        yield show
