"""Commands of reports."""

import click

groups: tuple[click.Command, ...] = ()
