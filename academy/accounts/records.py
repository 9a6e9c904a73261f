"""How people and their places are named in the audit record."""

from academy import audit
from academy.accounts.models import Organisation, Person, State
from academy.locale import translated


def person(person: Person) -> audit.Target:
    """Name a person by name and address."""
    return audit.Target(person.public_id, f"{person.name_latin}, {person.email}", person.public_id)


def state(state: State) -> audit.Target:
    """Name a participating state."""
    return audit.Target(state.code, translated(state.name, "en"))


def organisation(unit: Organisation) -> audit.Target:
    """Name an organisation."""
    return audit.Target(unit.public_id, translated(unit.name, "en"))
