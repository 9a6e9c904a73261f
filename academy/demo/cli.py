"""Commands of the demonstration."""

import click

from academy import audit
from academy.commands import Commands
from academy.demo import loading, people

demo = Commands("demo", help="Demonstration data.")


@demo.command("load")
@click.option("--learners", default=loading.LEARNERS, show_default=True, help="How many learners to invent.")
@click.option("--seed", default=loading.SEED, show_default=True, help="The same seed gives the same people.")
@click.option("--once", is_flag=True, help="Do nothing where it is loaded already.")
def load(learners: int, seed: int, once: bool) -> None:
    """Load the demo catalogue, people and learners with their histories, and print the demo accounts."""
    if not (once and loading.is_loaded()):
        with click.progressbar(length=learners, label="Loading demo data", show_pos=True) as bar:
            stored = loading.load(learners=learners, seed=seed, progress=lambda done: bar.update(1))
        audit.record("demo.load", target="demo", after={"learners": learners, "statements": stored})
        click.echo(f"{learners} learners, {stored} statements")
    click.echo("Demo accounts (password " + people.PASSWORD + "):")
    for email, (name, _cyrillic, state, role) in people.ACCOUNTS.items():
        click.echo(f"  {email:<30} {name}, {state}, {role or 'learner'}")


groups: tuple[click.Command, ...] = (demo,)
