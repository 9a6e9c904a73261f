"""Commands of xapi."""

import click

groups: tuple[click.Command, ...] = ()
