"""Commands of packages: check one as an upload would, import one into a course."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import click
from flask_babel import gettext as _

from academy import audit
from academy.commands import REFUSED, Commands, json_option, print_json
from academy.courses import queries, records, services
from academy.courses.models import Course, PackageVersion
from academy.courses.packages import checking, importing
from academy.courses.packages.findings import Finding, PackageRefused, from_json, shown
from academy.courses.packages.importing import Destination
from academy.courses.packages.outline import Item, Outline, leaves
from academy.courses.words import language_names
from academy.locale import LANGUAGES, filesize

packages_group = Commands("packages", help="Check and import packages.")

file_argument = click.argument(
    "file", type=click.Path(exists=True, dir_okay=False, readable=True, path_type=Path)
)


@packages_group.command("check")
@file_argument
@json_option
def check(file: Path, as_json: bool) -> int:
    """Read the package FILE as an upload would and report what is wrong and where.

    Exits 1 where an upload would be refused, 2 where FILE cannot be read.
    """
    try:
        report = checking.check(file)
    except OSError as error:
        raise click.FileError(str(file), hint=error.strerror) from error
    if not report.accepted:
        return _refuse(report, as_json=as_json)
    if as_json:
        print_json(checking.report_json(report))
    else:
        _print_report(report)
    return 0


@packages_group.command("import")
@file_argument
@click.option("--course", "code", required=True, help="Code of the course.")
@click.option(
    "--language", type=click.Choice(LANGUAGES), help="Language of the content; guessed if left out."
)
@click.option("--new", "as_new", is_flag=True, help="Always add a new activity, never a variant.")
@json_option
def import_(file: Path, code: str, language: str | None, as_new: bool, as_json: bool) -> int:
    """Import the package FILE into a course.

    With --language, FILE becomes the variant in that language of an activity that lacks it: of the one with
    the same items, else of the last package of the course. Otherwise it becomes a new activity at the end of
    the course, named after the package. A published course asks for the new activity at once.
    """
    course = queries.course_by_code(code)
    report = checking.check(file, contents=False)
    if not report.accepted:
        return _refuse(report, as_json=as_json)
    destination = _destination(course, report, language=language, as_new=as_new)
    try:
        with _progress() as show:
            version = importing.import_package(
                file, filename=file.name, destination=destination, progress=show
            )
    except PackageRefused as refusal:
        return _refuse(replace(report, findings=refusal.findings), as_json=as_json)
    course = version.package.activity.course
    facts = {"file": file.name, "activity": version.package.activity.public_id, "version": version.public_id}
    if course.status == "published":
        facts["release"] = services.release(course).number
    audit.record("courses.package.import", target=records.course(course), after=facts)
    _print_imported(version, as_json=as_json)
    return 0


def _destination(
    course: Course, report: checking.Report, *, language: str | None, as_new: bool
) -> Destination:
    assert report.outline is not None
    identifiers = {item.identifier for item in leaves(report.outline)}
    variant_of = None if as_new or language is None else importing.lacking(course, language, identifiers)
    return Destination(
        course_id=course.id,
        language=language or importing.guessed_language(report.outline),
        activity_id=variant_of.id if variant_of else None,
    )


@contextmanager
def _progress() -> Iterator[importing.Progress]:
    """Show a progress bar on a terminal, nothing elsewhere."""
    with click.progressbar(length=100, hidden=not sys.stderr.isatty(), file=sys.stderr) as bar:

        def show(share: float, stage: str) -> None:
            bar.label = stage
            bar.update(round(share * 100) - bar.pos)

        yield show


def _refuse(report: checking.Report, *, as_json: bool) -> int:
    if as_json:
        print_json(checking.report_json(report))
    else:
        _print_report(report)
    return REFUSED


def _print_report(report: checking.Report) -> None:
    if report.accepted and report.outline:
        click.echo(
            _(
                "Accepted: %(title)s (%(standard)s), activities: %(activities)d, files: %(files)d",
                title=report.outline.title,
                standard=report.standard,
                activities=len(leaves(report.outline)),
                files=report.file_count,
            )
        )
        _print_contents(report, report.outline)
    else:
        click.echo(_("Refused: %(file)s", file=report.file_name))
    _print_findings(report.findings)


def _print_contents(report: checking.Report, outline: Outline) -> None:
    for line in outlined(outline.items):
        click.echo(line)
    click.echo(
        _(
            "Archive: %(packed)s, files: %(unpacked)s, largest file: %(file)s",
            packed=filesize(report.size),
            unpacked=filesize(report.content_size),
            file=shown(f"{report.largest[0]} ({filesize(report.largest[1])})") if report.largest else "-",
        )
    )
    contents = report.contents
    scripts = {"files": contents.script_files, "inline": contents.inline_scripts}
    click.echo(_("Scripts: files %(files)d, in pages %(inline)d", **scripts))
    click.echo(_("Languages, guessed: %(languages)s", languages=language_names(report.languages) or "-"))
    click.echo(_("Made with: %(tool)s", tool=shown(contents.tool or "-")))
    for host in contents.hosts:
        several = ", ".join(host.files) + (", …" if host.file_count > len(host.files) else "")
        texts = {"host": host.name, "files": shown(several)}
        click.echo(
            _("Loads from %(host)s (blocked): %(files)s", **texts)
            if host.loaded
            else _("Names %(host)s: %(files)s", **texts)
        )


def outlined(items: tuple[Item, ...], depth: int = 1) -> Iterator[str]:
    """Yield a line for each item, indented by its depth, with what it opens."""
    for item in items:
        yield "  " * depth + shown(f"{item.title} ({item.launch})" if item.href is not None else item.title)
        yield from outlined(item.children, depth + 1)


def _print_findings(findings: tuple[Finding, ...]) -> None:
    for one in findings:
        place = ":".join(str(part) for part in (one.file, one.line) if part)
        element = f" <{one.element}>" if one.element else ""
        click.echo(
            f"{one.severity}: {place}{element}{': ' if place or element else ''}{one.message} [{one.code}]"
        )


def _print_imported(version: PackageVersion, *, as_json: bool) -> None:
    activity, language = version.package.activity, version.package.language
    if as_json:
        print_json(
            {
                "course": activity.course.code,
                "activity": str(activity.public_id),
                "title": activity.title,
                "language": language,
                "standard": version.standard,
                "activities": len(version.leaves),
                "findings": version.findings,
            }
        )
        return
    _print_findings(tuple(from_json(kept) for kept in version.findings))
    click.echo(
        _(
            "Imported into %(course)s: %(title)s [%(language)s], activities: %(activities)d",
            course=activity.course.code,
            title=activity.title[language],
            language=language,
            activities=len(version.leaves),
        )
    )
