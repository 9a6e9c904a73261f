"""Commands of demo."""

import click

groups: tuple[click.Command, ...] = ()
