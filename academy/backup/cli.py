"""Commands of backups: write one, check one, bring one back."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from flask_babel import gettext as _

from academy import audit
from academy.audit import Target
from academy.backup import creating, restoring
from academy.backup.creating import Progress
from academy.commands import REFUSED, UNUSABLE, Commands, json_option, print_json

backup = Commands("backup", help="The whole Academy in one file, and back.")

existing = click.argument("file", type=click.Path(exists=True, dir_okay=False, readable=True, path_type=Path))


@backup.command("create")
@click.argument("file", type=click.Path(dir_okay=False, writable=True, path_type=Path))
@json_option
def create(file: Path, as_json: bool) -> int:
    """Write a backup into FILE: database, files and keys, while the Academy runs.

    FILE holds personal data and keys: only its owner may read it. A former FILE stays until the new one is
    whole. Exits 1 where a file that the database names was missing; the backup is written all the same.
    """
    try:
        with _bar(_("Writing the backup")) as progress:
            written = creating.create(file, progress=progress)
    except OSError as error:
        click.echo(f"{file}: {error.strerror or error}", err=True)
        return UNUSABLE
    facts = {"rows": written.rows, "files": written.files, "bytes": written.size, "digest": written.digest}
    audit.record("backup.create", target=Target("backup", label=file.name), after=facts)
    if as_json:
        print_json({"file": str(file), **facts, "missing": list(written.missing)})
    else:
        click.echo(_("%(file)s: %(size).1f MB, rows: %(rows)d, files: %(files)d", file=file, **_shown(facts)))
        click.echo(_("Digest: %(digest)s", digest=written.digest))
        for key in written.missing:
            click.echo(_("Missing in the store: %(key)s", key=key), err=True)
    return REFUSED if written.missing else 0


@backup.command("check")
@existing
@json_option
def check(file: Path, as_json: bool) -> None:
    """Read the whole of FILE and compare it with its digests; say what is in it. Nothing is changed."""
    with _bar(_("Reading the backup")) as progress:
        found = restoring.check(file, progress=progress)
    names = ("academy", "revision", "iri_base", "created", "database", "storage")
    facts = {name: found.head.get(name) for name in names}
    facts |= {"rows": sum(found.manifest["tables"].values()), "files": found.manifest["files"]}
    facts |= {"bytes": file.stat().st_size, "digest": found.manifest["sums"]}
    if as_json:
        print_json({**facts, "missing": found.manifest["missing"]})
    else:
        for name, value in facts.items():
            click.echo(f"{name}: {value}")


@backup.command("restore")
@existing
@json_option
def restore(file: Path, as_json: bool) -> None:
    """Bring FILE back into this instance, which must be empty: no `db upgrade` before, no files.

    The kind of database and of store may be others than those that the backup was written from.
    """
    with _bar(_("Restoring")) as progress:
        done = restoring.restore(file, progress=progress)
    facts = {"rows": done.rows, "files": done.files, "revision": done.revision, "iri_base": done.iri_base}
    audit.record("backup.restore", target=Target("backup", label=file.name), after=facts)
    if as_json:
        print_json({**facts, "notes": list(done.notes)})
        return
    click.echo(_("Restored. Rows: %(rows)d, files: %(files)d", rows=done.rows, files=done.files))
    for note in done.notes:
        click.echo(note)


def _shown(facts: dict[str, object]) -> dict[str, object]:
    return {"size": int(str(facts["bytes"])) / 1_000_000, "rows": facts["rows"], "files": facts["files"]}


@contextmanager
def _bar(label: str) -> Iterator[Progress]:
    """Show a progress bar on a terminal, nothing elsewhere."""
    with click.progressbar(length=1000, label=label, hidden=not sys.stderr.isatty(), file=sys.stderr) as bar:
        yield lambda share: bar.update(round(share * 1000) - bar.pos)


groups: tuple[click.Command, ...] = (backup,)
