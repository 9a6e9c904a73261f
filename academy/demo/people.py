"""The people of the demonstration: the four accounts of the README, organisations, and learners."""

from collections.abc import Iterator
from random import Random

from academy.accounts import passwords, services
from academy.accounts.models import Organisation, Person, Role, State
from academy.accounts.privacy import PRIVACY_VERSION
from academy.accounts.services import Profile
from academy.db import db
from academy.demo import data

PASSWORD = "prague-demo-2026"  # noqa: S105 -- printed in the README
HOME = "MD"

#: E-mail → names, state and role.
ACCOUNTS = {
    "learner@academy.example": ("Elena Russu", "Елена Руссу", HOME, None),
    "trainer@academy.example": ("Pavel Dvořák", "Павел Дворжак", "CZ", Role.TRAINER),
    "coordinator@academy.example": ("Ion Munteanu", "Ион Мунтяну", HOME, Role.COORDINATOR),
    "admin@academy.example": ("Anna Kowalska", "Анна Ковальская", "PL", Role.ADMINISTRATOR),
}

#: How many of every hundred learners come from a state.
SHARES = {
    "MD": 22,
    "GE": 11,
    "UA": 10,
    "AM": 7,
    "KZ": 7,
    "UZ": 7,
    "KG": 5,
    "TJ": 5,
    "AZ": 4,
    "PL": 4,
    "CZ": 3,
}
RUSSIAN = frozenset({"MD", "AM", "AZ", "KZ", "KG", "UZ", "TJ", "TM"})


def organisations() -> dict[str, list[Organisation]]:
    """Make a ministry and its services for some states; return them by state."""
    made: dict[str, list[Organisation]] = {}
    for code, facts in data.organisations().items():
        top = _organisation(facts["top"], code, None, facts.get("domain"))
        made[code] = [top, *(_organisation(names, code, top, None) for names in facts["units"])]
    return made


def accounts(units: dict[str, list[Organisation]]) -> dict[str, Person]:
    """Make the four demo accounts; the coordinator's scope is Moldova."""
    password_hash = passwords.hash_of(PASSWORD)
    made = {}
    for email, (latin, cyrillic, state, role) in ACCOUNTS.items():
        zone = _zone(state)
        person = services.create_person(
            email,
            profile=Profile(latin, cyrillic, "en", zone),
            state_code=state,
            organisation=units[state][-1],
            password_hash=password_hash,
        )
        if role:
            services.grant(person, role=role, state_code=state if role is Role.COORDINATOR else None)
        _settle(person)
        made[email] = person
    return made


def learners(count: int, *, random: Random, units: dict[str, list[Organisation]]) -> Iterator[Person]:
    """Make learners; some states have more of them, and a few people are not confirmed yet."""
    codes = list(data.names())
    weights = [SHARES.get(code, 2) for code in codes]
    for number, code in enumerate(random.choices(codes, weights, k=count), start=1):
        latin, cyrillic = _name(code, random)
        language = "ru" if code in RUSSIAN and random.random() < 0.7 else "en"
        person = services.create_person(
            f"learner{number:03d}@{code.lower()}.example",
            profile=Profile(latin, cyrillic, language, _zone(code)),
            state_code=code,
            organisation=random.choice(units[code]) if code in units else None,
        )
        if random.random() < 0.04:
            person.state_confirmed = person.organisation_confirmed = None
        _settle(person)
        yield person


def _settle(person: Person) -> None:
    """Mark a person as invented, who has nothing left to read before they begin."""
    person.demo = True
    person.privacy_version, person.privacy_accepted = PRIVACY_VERSION, person.created


def _organisation(
    names: list[str], code: str, parent: Organisation | None, domain: str | None
) -> Organisation:
    english, russian = names
    return services.save_organisation(
        None, name={"en": english, "ru": russian}, state_code=code, parent=parent, mail_domain=domain
    )


def _name(code: str, random: Random) -> tuple[str, str | None]:
    pool = data.names()[code]
    woman = random.random() < 0.55
    surnames = pool.get("surnames_women" if woman else "surnames_men") or pool["surnames"]
    first, last = random.choice(pool["women" if woman else "men"]), random.choice(surnames)
    cyrillic = f"{first[1]} {last[1]}" if first[1] and last[1] else None
    return f"{first[0]} {last[0]}", cyrillic


def _zone(code: str) -> str:
    return db.session.get_one(State, code).time_zone or "Europe/Prague"
