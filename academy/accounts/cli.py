"""Commands of accounts."""

import click

groups: tuple[click.Command, ...] = ()


def forget_attempts() -> None:
    """Remove failed sign-ins that no longer throttle anybody."""
