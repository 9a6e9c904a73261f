"""Commands of courses."""

import click

groups: tuple[click.Command, ...] = ()
