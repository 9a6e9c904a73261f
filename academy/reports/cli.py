"""Commands of reports."""

from pathlib import Path

import click
from flask_babel import force_locale

from academy import audit
from academy.accounts import queries as accounts_queries
from academy.accounts.models import Person
from academy.commands import UNUSABLE, Commands
from academy.errors import NotFound
from academy.reports import exports, filters

WRITERS = {"csv": exports.csv_file, "xlsx": exports.xlsx}

reports = Commands("reports", help="Reports as files.")


@reports.command("completion")
@click.option("--format", "kind", type=click.Choice(sorted(WRITERS)), required=True)
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), required=True)
@click.option("--as", "email", required=True, help="The person whose scope applies.")
@click.option("--language", type=click.Choice(["en", "ru"]), default="en", show_default=True)
@click.option("--course", help="Course code.")
@click.option("--status", type=click.Choice(filters.STATUSES))
@click.option("--from", "since", help="First day, 2026-11-24.")
@click.option("--to", "until", help="Last day.")
@click.option("--period", type=click.Choice(["enrolled", "completed"]), default="enrolled", show_default=True)
def completion(kind: str, output: Path, email: str, language: str, **typed: str | None) -> int:
    """Write the completion report of a coordinator into a file."""
    names = {"since": "from", "until": "to"}
    arguments = {names.get(name, name): value for name, value in typed.items() if value}
    wanted, wrong = filters.read(arguments)
    for name, text in wrong.items():
        click.echo(f"--{name}: {text!r} is not a date; write 2026-11-24", err=True)
    if wrong:
        return UNUSABLE
    reader = _reader(email)
    about = {"format": kind, "filters": wanted.query(), "scope of": email}
    audit.record("reports.export", target=audit.Target("completion", person=reader.public_id), after=about)
    with force_locale(language):
        output.write_bytes(WRITERS[kind](reader, wanted).read())
    return 0


def _reader(email: str) -> Person:
    person = accounts_queries.person_by_email(email)
    if person is None:
        raise NotFound(f"nobody has the address {email}")
    return person


groups: tuple[click.Command, ...] = (reports,)
