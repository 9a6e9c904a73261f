import json

import pytest
import sqlalchemy as sa

from academy.accounts import cli, passwords, queries, throttle
from academy.accounts.models import SignInAttempt
from academy.db import db
from academy.jobs import Job
from tests.factories import accounts


@pytest.fixture
def run(app):
    accounts.state("MD", time_zone="Europe/Chisinau")
    db.session.commit()
    runner = app.test_cli_runner()

    def invoke(*arguments, **options):
        return runner.invoke(args=["users", *arguments], **options)

    return invoke


def create(run, *more, email="ion@example.org", role="coordinator", **options):
    return run("create", "--email", email, "--role", role, *more, **options)


def test_create_makes_a_coordinator_with_scope(run):
    answer = create(
        run,
        *(
            "--state",
            "md",
            "--name-latin",
            "Ion Munteanu",
            "--name-cyrillic",
            "Ион Мунтяну",
            "--language",
            "ru",
        ),
        "--password-stdin",
        input="three words fit\n",
    )

    person = queries.person_by_email("ion@example.org")
    assert answer.exit_code == 0, answer.output
    assert person.is_active
    assert (person.state_code, person.time_zone, person.language) == ("MD", "Europe/Chisinau", "ru")
    assert person.state_confirmed is not None
    assert [(grant.role, grant.state_code) for grant in person.grants] == [("coordinator", "MD")]
    assert passwords.matches("three words fit", person.password_hash)
    assert db.session.scalars(sa.select(Job)).all() == []


def test_create_without_password_mails_a_link(run):
    answer = create(run, role="administrator")

    person = queries.person_by_email("ion@example.org")
    assert answer.exit_code == 0, answer.output
    assert (person.name_latin, person.state_code, person.password_hash) == ("Ion", None, None)
    assert person.roles == {"learner", "administrator"}
    assert "/password/reset/" in db.session.scalars(sa.select(Job)).one().payload["text"]


@pytest.mark.parametrize(
    ("more", "code"),
    [
        (("--role", "king"), 2),
        (("--role", "coordinator"), 1),
        (("--state", "QQ"), 1),
        (("--email", "nonsense"), 1),
        (("--email", "taken@example.org"), 1),
        (("--name-latin", "=1+1"), 1),
        (("--role", "learner", "--password-stdin"), 1),
    ],
)
def test_create_refuses_with_a_reason_and_leaves_nothing(run, more, code):
    accounts.person(email="taken@example.org")
    db.session.commit()
    before = len(list(queries.all_people()))

    answer = create(run, *more, input="short\n") if more[0] != "--state" else create(run, *more)

    assert answer.exit_code == code
    assert answer.output.strip()
    assert len(list(queries.all_people())) == before


def test_list_prints_people_as_table_and_json(run):
    accounts.coordinator("MD", email="ion@example.org", name_latin="Ion Munteanu")
    accounts.person(
        email="ana@example.org", organisation=accounts.organisation("Border Police"), confirmed=False
    )
    db.session.commit()

    rows = json.loads(run("list", "--json").output)

    assert [row["email"] for row in rows] == ["ana@example.org", "ion@example.org"]
    assert rows[1].pop("created").endswith("Z")
    assert rows[1] == {
        "email": "ion@example.org",
        "name_latin": "Ion Munteanu",
        "name_cyrillic": None,
        "state": "MD",
        "state_confirmed": True,
        "organisation": None,
        "roles": ["coordinator", "learner"],
        "language": "en",
        "active": True,
        "waiting": False,
    }
    assert (rows[0]["organisation"], rows[0]["state_confirmed"]) == ("Border Police", False)
    assert "coordinator learner" in run("list").output


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (("--role", "trainer"), ["ge-trainer@example.org"]),
        (("--role", "learner"), ["ge-trainer@example.org", "md-waiting@example.org", "md@example.org"]),
        (("--state", "md"), ["md-waiting@example.org", "md@example.org"]),
        (("--waiting",), ["md-waiting@example.org"]),
        (("--waiting", "--state", "GE"), []),
    ],
)
def test_list_can_be_narrowed(run, filters, expected):
    accounts.person(email="md@example.org")
    accounts.person(email="md-waiting@example.org", confirmed=False)
    accounts.person(email="ge-trainer@example.org", state="GE", roles=["trainer"])
    accounts.person(email="gone@erased.invalid", erased=True, active=False)
    db.session.commit()

    assert [row["email"] for row in json.loads(run("list", *filters, "--json").output)] == expected


def test_list_of_nobody_says_so(run):
    assert run("list").output == "No accounts.\n"
    assert json.loads(run("list", "--json").output) == []


def test_forget_attempts_keeps_what_still_counts(app):
    throttle.note_sign_in(throttle.origin("ion@example.org", address="10.0.0.1"))

    cli.forget_attempts()

    assert db.session.scalar(sa.select(sa.func.count()).select_from(SignInAttempt)) == 1
