"""Commands of accounts."""

import sys

import click

from academy import audit
from academy.accounts import passwords, queries, services, sessions, throttle, tokens
from academy.accounts.commands import importing, personal_data
from academy.accounts.models import Organisation, Person, Role
from academy.accounts.services import Profile
from academy.accounts.zones import DEFAULT
from academy.commands import Commands, json_option, print_json, print_table
from academy.errors import Invalid
from academy.locale import LANGUAGES, translated

users = Commands("users", help="People and their accounts.")


@users.command("create")
@click.option("--email", required=True)
@click.option("--role", type=click.Choice([role.value for role in Role]), required=True)
@click.option("--state", help="Two-letter code; a coordinator gets it as scope.")
@click.option("--name-latin", help="As in the passport; without it, the address stands in.")
@click.option("--name-cyrillic")
@click.option("--language", type=click.Choice(LANGUAGES), default="en", show_default=True)
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
def create(email: str, role: str, state: str | None, password_stdin: bool, **about: str | None) -> None:
    """Make an account, active and confirmed. Without a password the person gets a link to choose one."""
    chosen = queries.state_by_code(state) if state else None
    name = about["name_latin"] or _name_of(email)
    password_hash = _password(email, name) if password_stdin else None
    profile = Profile(
        name_latin=name,
        name_cyrillic=about["name_cyrillic"],
        language=str(about["language"]),
        time_zone=chosen.time_zone if chosen else DEFAULT,
    )
    code = chosen.code if chosen else None
    person = services.create_person(email, profile=profile, state_code=code, password_hash=password_hash)
    services.grant(person, Role(role), state_code=code)
    if password_hash is None:
        services.invite(person)
    click.echo(f"{person.email} is {role}{f' of {code}' if code else ''}")


@users.command("list")
@click.option("--role", type=click.Choice([role.value for role in Role]), help="Who has this role.")
@click.option("--state", help="Two-letter code of the state that people named.")
@click.option("--waiting", is_flag=True, help="Whose place of service waits for a decision.")
@json_option
def list_users(role: str | None, state: str | None, waiting: bool, as_json: bool) -> None:
    """List the people who have an account, by address."""
    wanted = Role(role) if role else None
    code = queries.state_by_code(state).code if state else None
    rows = [_row(person) for person in queries.all_people(role=wanted, state_code=code, waiting=waiting)]
    audit.record("person.list", target="people", after={"people": len(rows), "role": role, "state": state})
    if as_json:
        print_json(rows)
    else:
        print_table([{**row, "roles": " ".join(row["roles"])} for row in rows], empty="No accounts.")  # type: ignore[arg-type]


users.command("import")(importing.import_users)
users.command("data")(personal_data.write_data)
users.command("erase")(personal_data.erase)
users.command("receipts")(personal_data.list_receipts)


def forget_attempts() -> None:
    """Remove failed sign-ins that no longer throttle anybody, sessions that are over, and links too old."""
    throttle.forget_old()
    sessions.forget_old()
    tokens.forget_old()


def _password(email: str, name: str) -> str:
    password = sys.stdin.readline().rstrip("\r\n")
    fault = passwords.fault(password, personal=(email, name))
    if fault:
        raise Invalid(fault)
    return passwords.hash_of(password)


def _name_of(email: str) -> str:
    words = email.partition("@")[0].replace(".", " ").replace("_", " ").split()
    return " ".join(word for word in words if word.isalpha()).title() or "Unnamed"


def _row(person: Person) -> dict[str, object]:
    return {
        "email": person.email,
        "name_latin": person.name_latin,
        "name_cyrillic": person.name_cyrillic,
        "state": person.state_code,
        "state_confirmed": person.state_confirmed is not None,
        "organisation": _organisation(person.organisation),
        "roles": sorted(person.roles),
        "language": person.language,
        "active": person.is_active,
        "waiting": person.is_active
        and bool(
            (person.state_code and not person.state_confirmed)
            or (person.organisation_id and not person.organisation_confirmed)
        ),
        "created": person.created,
    }


def _organisation(organisation: Organisation | None) -> str | None:
    return translated(organisation.name, "en") if organisation else None


groups: tuple[click.Command, ...] = (users,)
