"""Commands of library."""

import click

groups: tuple[click.Command, ...] = ()
