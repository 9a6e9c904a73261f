"""Commands of certificates."""

import click

groups: tuple[click.Command, ...] = ()
