"""Commands of progress."""

import click

groups: tuple[click.Command, ...] = ()
