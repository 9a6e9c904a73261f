"""Commands on everything that is held about one person: hand it out, erase it, show the receipts."""

import json
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import click
from flask_babel import force_locale

from academy import audit
from academy.accounts import queries, records
from academy.accounts.models import Person
from academy.accounts.personal_data import archive, erasure, receipts, sources
from academy.accounts.personal_data.models import ErasureReceipt
from academy.accounts.personal_data.receipts import NotAReceipt, Past
from academy.accounts.personal_data.sources import Subject
from academy.commands import UNUSABLE, json_option, print_json, print_table
from academy.db import commit_now, reading, release
from academy.errors import NotFound

REASON = "asked for by the person"


@click.option("--email", required=True, help="Address of the person.")
@click.option(
    "-o", "target", type=click.Path(dir_okay=False, path_type=Path), required=True, help="A zip file."
)
def write_data(email: str, target: Path) -> int | None:
    """Write everything held about one person into an archive: a page to read, JSON, and the files."""
    person = _person(email)
    audit.record_reading("person.data", target=records.person(person))
    try:
        with reading(), _whole_or_not(target) as file:
            archive.write(person, file)
            release()
    except OSError as error:
        click.echo(f"{target}: {error.strerror}", err=True)
        return UNUSABLE
    click.echo(f"{target}")
    return None


@click.option("--email", help="Address of the person.")
@click.option("--yes", is_flag=True, help="Do not ask again on a terminal.")
@click.option("--reason", default=REASON, show_default=True, help="Kept in the receipt; without names.")
@click.option(
    "--again",
    "past",
    type=click.File("rb"),
    help="After a restore: erase again whom this list of receipts (`users receipts --json`) names.",
)
@json_option
def erase(email: str | None, yes: bool, reason: str, past: IO[bytes] | None, as_json: bool) -> int | None:
    """Remove everything personal about somebody; totals stay, and a receipt."""
    if (email is None) == (past is None):
        click.echo("Name a person with --email, or a list of receipts with --again.", err=True)
        return UNUSABLE
    if past is not None:
        return _erase_again(past, as_json=as_json)
    assert email is not None
    person = queries.person_by_email(email)
    if person is None and (known := _receipt_of(email)):
        return _show([known], as_json=as_json)
    person = person or _person(email)
    if not yes and _is_terminal():
        _ask(person)
    receipt = erasure.erase(person, reason=reason)
    _finish(receipt)
    return _show([receipt], as_json=as_json)


@json_option
def list_receipts(as_json: bool) -> None:
    """List the receipts of erasures, newest first; keep the JSON outside of the backups."""
    _show(list(receipts.newest_first()), as_json=as_json)


def _erase_again(past: IO[bytes], *, as_json: bool) -> int | None:
    rows = _rows(past)
    people = receipts.people_by_digest()
    done = []
    for one in rows:
        for person in receipts.come_back(one, people):
            repeated = None if receipts.is_known(one.number) else one
            done.append(erasure.erase(person, reason=one.reason, past=repeated))
    commit_now()
    return _show(done, as_json=as_json)


def _rows(past: IO[bytes]) -> list[Past]:
    try:
        found = json.load(past)
    except ValueError as error:
        raise NotAReceipt from error
    if not isinstance(found, list):
        raise NotAReceipt
    return sorted((Past.read(row) for row in found), key=lambda one: one.at)


def _is_terminal() -> bool:
    return sys.stdin.isatty()


def _ask(person: Person) -> None:
    with force_locale("en"):
        held = sources.holdings(Subject.of(person))
        for one in (one for rows in held.values() for one in rows):
            click.echo(f"  {one.count:>8}  {one.title}{'' if one.fate == 'goes' else ' (stays)'}", err=True)
    click.confirm(f"Erase {person.email}, {person.name_latin}? This cannot be undone.", abort=True, err=True)


def _finish(receipt: ErasureReceipt) -> None:
    """Commit, and remove the files at once; the job that was queued for them does it again, to no effect."""
    commit_now()
    erasure.remove_queued_files(receipt)


def _show(found: list[ErasureReceipt], *, as_json: bool) -> int:
    rows = [receipts.as_json(one) for one in found]
    if as_json:
        print_json(rows)
        return 0
    told = ("number", "at", "by", "reason")
    print_table(
        [{name: row[name] for name in told} | {"erased": _summed(row["erased"])} for row in rows],
        empty="Nothing was erased.",
    )
    return 0


def _summed(counts: dict[str, dict[str, int]]) -> str:
    return " ".join(f"{room}:{sum(of_room.values())}" for room, of_room in counts.items())


def _receipt_of(email: str) -> ErasureReceipt | None:
    return receipts.of_address(email.strip().lower())


def _person(email: str) -> Person:
    person = queries.person_by_email(email)
    if person is None:
        raise NotFound(f"nobody has the address {email}")
    return person


@contextmanager
def _whole_or_not(target: Path) -> Iterator[IO[bytes]]:
    """Write a file that takes the place of the target when it is complete."""
    descriptor, draft = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}-")
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        Path(draft).replace(target)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise
