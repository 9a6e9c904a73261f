"""Commands of the libraries."""

import click

from academy.commands import Commands
from academy.library import services

library = Commands("library", help="The two libraries.")


@library.command("reindex")
def reindex() -> None:
    """Make the search index of all resources anew."""
    click.echo(f"{services.reindex()} resources indexed")


groups: tuple[click.Command, ...] = (library,)
