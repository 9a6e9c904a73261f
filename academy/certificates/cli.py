"""Commands of certificates."""

from pathlib import Path

import click

from academy import audit, storage
from academy.accounts import queries as account_queries
from academy.accounts.models import Person
from academy.certificates import checking, queries, records, services
from academy.commands import REFUSED, Commands, json_option, print_json, print_table
from academy.courses import queries as course_queries
from academy.errors import NotFound

certificates = Commands("certificates", help="Certificates: issue, revoke, check.")


@certificates.command("list")
@click.option("--email", required=True, help="Address of the holder.")
@json_option
def list_certificates(email: str, as_json: bool) -> None:
    """List the certificates of a person, newest first."""
    rows = [
        {
            "serial": one.serial,
            "course": queries.facts_of(one).course_code,
            "status": one.status,
            "issued": one.issued,
        }
        for one in queries.of_person(_person(email))
    ]
    if as_json:
        print_json(rows)
    else:
        print_table(rows, empty="No certificates.")


@certificates.command("issue")
@click.option("--course", "code", required=True, help="Code of the course.")
@click.option("--email", required=True, help="Address of the learner.")
def issue(code: str, email: str) -> None:
    """Issue the certificate of a completed course, or print the one that was issued."""
    enrolment = course_queries.enrolment_of(course_queries.course_by_code(code), _person(email))
    if enrolment is None:
        raise NotFound(f"{email} is not in the course {code}")
    known = queries.of_registration(enrolment.registration)
    issued = services.issue(enrolment.registration)
    if known is None:
        audit.record("certificates.issue", target=records.certificate(issued))
    click.echo(issued.serial)


@certificates.command("revoke")
@click.argument("serial")
@click.option("--reason", required=True, help="Shown to everybody who checks the number.")
def revoke(serial: str, reason: str) -> None:
    """Declare a certificate void."""
    click.echo(f"{services.revoke(serial, reason=reason).serial} is revoked")


@certificates.command("file")
@click.argument("serial")
@click.option("-o", "target", type=click.Path(dir_okay=False, path_type=Path), required=True)
def write_file(serial: str, target: Path) -> None:
    """Write the document of a certificate into a file."""
    target.write_bytes(storage.read(services.storage_key(queries.by_serial(serial).serial)))
    click.echo(f"{target}")


@certificates.command("verify")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@json_option
def verify(file: Path, as_json: bool) -> int:
    """Check that a PDF is, to the byte, a valid certificate of this Academy; exit 1 where it is not."""
    check = checking.file(file.read_bytes())
    if as_json:
        print_json({"status": check.status, "serial": check.serial})
    else:
        click.echo(f"{check.status} {check.serial or ''}".rstrip())
    return 0 if check.status == "valid" else REFUSED


def _person(email: str) -> Person:
    person = account_queries.person_by_email(email)
    if person is None:
        raise NotFound(f"nobody has the address {email}")
    return person


groups: tuple[click.Command, ...] = (certificates,)
