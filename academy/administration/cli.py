"""Commands of administration: is the audit record as it was written?"""

import click

from academy import audit
from academy.commands import REFUSED, Commands, json_option, print_json
from academy.db import reading

record = Commands("audit", help="The record of acts.")


@record.command("verify")
@json_option
def verify(as_json: bool) -> int:
    """Check that no entry was changed or removed; exit 1 and name each fault where one was.

    The head of the chain may be compared with one that was noted down earlier or lies in the logs.
    """
    with reading():
        found = audit.verify()
    if as_json:
        print_json(vars(found))
    else:
        for fault in found.faults:
            click.echo(fault)
        click.echo(
            f"{found.sealed} entries sealed, {found.waiting} wait for their seal, {found.erased} texts erased"
        )
        click.echo(f"head of the chain: {found.head}")
    return REFUSED if found.faults else 0


groups: tuple[click.Command, ...] = (record,)
