"""Commands of the libraries."""

import click

from academy import audit
from academy.commands import Commands
from academy.library import services

library = Commands("library", help="The two libraries.")


@library.command("reindex")
def reindex() -> None:
    """Make the search index of all resources anew."""
    count = services.reindex()
    audit.record("library.reindex", target="library", after={"resources": count})
    click.echo(f"{count} resources indexed")


groups: tuple[click.Command, ...] = (library,)
