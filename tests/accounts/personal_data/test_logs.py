"""What processes log of typical acts names nobody, so that an erasure has nothing to do there."""

import io
import logging
import smtplib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import structlog
from flask import Flask
from flask.testing import FlaskClient

from academy import jobs, logs, mail
from academy.accounts import services
from academy.accounts.models import Person
from academy.db import db
from tests.factories import accounts, people
from tests.factories.people import Traces


@pytest.fixture
def written(app: Flask) -> Iterator[io.StringIO]:
    """Collect what a process would write to its log, at the most talkative level."""
    root, stream = logging.getLogger(), io.StringIO()
    handlers, level, own = root.handlers[:], root.level, logging.getLogger("academy").level
    before = structlog.get_config()
    logs.set_up({**app.config, "LOG_LEVEL": "DEBUG", "LOG_FORMAT": "json"}, stream)
    logs.lines = structlog.get_logger("academy.work")  # the one of the module keeps what it was set up with
    yield stream
    structlog.configure(**before)
    logs.lines = structlog.get_logger("academy.work")
    logging.basicConfig(handlers=handlers, level=level, force=True)
    logging.getLogger("academy").setLevel(own)


def test_the_log_of_typical_acts_names_nobody(
    app: Flask,
    traces: Traces,
    sign_in: Callable[[Person], FlaskClient],
    written: io.StringIO,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(message: object, url: str) -> None:
        raise smtplib.SMTPRecipientsRefused({people.EMAIL: (550, f"no mailbox {people.EMAIL}".encode())})

    monkeypatch.setattr(mail, "_by_smtp", refuse)
    monkeypatch.setitem(app.config, "MAIL_URL", "smtp://mail.example.org")
    client, staff = sign_in(traces.person), sign_in(accounts.person(roles=["administrator"]))
    for place in ("/profile", "/profile/data", "/learn", f"/certificates/{traces.certificate.serial}.pdf"):
        client.get(place)
    staff.get(f"/people?q={people.LATIN}")
    app.test_client().post("/sign-in", data={"email": people.EMAIL, "password": "wrong"})
    services.invite(traces.person)
    db.session.commit()
    jobs.run_due()
    monkeypatch.setattr(services, "update_profile", lambda *rest: 1 / 0)
    client.post("/profile", data={"name_latin": people.LATIN, "language": "en", "time_zone": "Europe/Prague"})
    listed = tmp_path / "people.csv"
    listed.write_text(f"email,name_latin\n{people.EMAIL},{people.LATIN}\n")
    for command in (
        ["import", str(listed)],
        ["data", "--email", people.EMAIL, "-o", str(tmp_path / "a.zip")],
    ):
        app.test_cli_runner().invoke(args=["users", *command])
    app.test_cli_runner().invoke(args=["users", "erase", "--email", people.EMAIL])

    text = written.getvalue()
    assert text.count("\n") > 10
    assert "mail.send" in text
    assert "Traceback" in text
    assert [word for word in people.TELLING if word in text.casefold()] == []
