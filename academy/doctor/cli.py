"""The command, and the list of checks."""

from dataclasses import asdict

import click
from flask import Flask, current_app

from academy.commands import REFUSED, Commands, json_option, print_json
from academy.db import db, reading
from academy.doctor import fonts, parts, places, settings
from academy.doctor.findings import FAULT, OK, Check, Finding

CHECKS: tuple[Check, ...] = (
    settings.secret_key,
    settings.base_url,
    settings.proxies,
    settings.content_origin,
    places.way_to_content,
    settings.figures,
    settings.demonstration,
    parts.database,
    parts.clock_of_database,
    places.replica,
    parts.files,
    places.clock_of_store,
    parts.disk,
    parts.workers,
    parts.wake_ups,
    parts.mail,
    parts.documents,
    fonts.letters,
    parts.catalogues,
    parts.key_files,
)


def init_app(app: Flask) -> None:
    """Prepare the list of checks, to which `app.py` adds those of rooms."""
    app.extensions["academy.doctor"] = list(CHECKS)


def examine() -> list[Finding]:
    """Run all checks; one that breaks is a fault of its own."""
    findings: list[Finding] = []
    for check in current_app.extensions["academy.doctor"]:
        name = check.__name__.replace("_", " ")
        try:
            with reading():
                found = list(check())
        except Exception as error:
            found = [Finding(name, FAULT, f"the check broke: {error}", "Mend what the message names.")]
        db.session.rollback()
        findings += found or [Finding(name, OK, "well")]
    return findings


group = Commands("academy")


@group.command("doctor")
@json_option
def doctor(as_json: bool) -> int:
    """Check settings, database, files, workers, mail, fonts and more, and say what to do.

    Exit 1 where there is a fault; warnings are allowed.
    """
    findings = examine()
    if as_json:
        print_json({"findings": [asdict(one) for one in findings]})
    else:
        for one in findings:
            click.echo(f"{one.status:<8} {one.check}: {one.message}")
            if one.remedy:
                click.echo(f"{'':<8} → {one.remedy}")
    return REFUSED if any(one.status == FAULT for one in findings) else 0


groups: tuple[click.Command, ...] = (group.commands["doctor"],)
