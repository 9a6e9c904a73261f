"""The command line's ground: how a command begins, commits, fails and prints."""

import functools
import json
from collections.abc import Callable
from typing import Any

import click
from flask.cli import AppGroup

from academy import clock, trace
from academy.db import db
from academy.errors import DomainError

REFUSED = 1
UNUSABLE = 2


class Commands(AppGroup):
    """A group whose commands run in the application, commit once at the end, and exit 1 with the reason.

    A command may return a number, which becomes its exit code (after the commit).
    """

    def command(self, *args: Any, **options: Any) -> Any:
        """Register a command; like click's, with one commit and errors as sentences."""
        plain = super().command(*args, **options)
        return lambda function: plain(_one_commit(function))


def _one_commit(function: Callable[..., Any]) -> Callable[..., None]:
    @functools.wraps(function)
    def run(*args: Any, **options: Any) -> None:
        try:
            with trace.work("command", function.__name__):
                code = function(*args, **options)
                db.session.commit()
        except DomainError as error:
            db.session.rollback()
            click.echo(str(error), err=True)
            raise SystemExit(REFUSED) from error
        if code:
            raise SystemExit(code)

    return run


json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def print_json(data: object) -> None:
    """Print data as JSON, moments as RFC 3339."""
    click.echo(json.dumps(data, ensure_ascii=False, indent=2, default=_plain))


def print_table(rows: list[dict[str, Any]], *, empty: str) -> None:
    """Print rows under the names of their keys, or the sentence for an empty list."""
    if not rows:
        click.echo(empty)
        return
    cells = [[str(key) for key in rows[0]], *([_text(value) for value in row.values()] for row in rows)]
    widths = [max(len(line[column]) for line in cells) for column in range(len(cells[0]))]
    for line in cells:
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())


def _text(value: object) -> str:
    return "" if value is None else str(_plain(value)) if hasattr(value, "tzinfo") else str(value)


def _plain(value: Any) -> object:
    return clock.rfc3339(value) if hasattr(value, "tzinfo") else str(value)
