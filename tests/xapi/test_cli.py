import json

import pytest
import sqlalchemy as sa

from academy.db import db
from academy.xapi import credentials, queries
from tests.factories import xapi


@pytest.fixture
def run(app):
    db.session.commit()

    def command(*arguments):
        db.session.commit()
        return app.test_cli_runner().invoke(args=["xapi", *arguments])

    return command


def test_credentials_create_prints_key_and_secret_once(run, connection):
    done = run("credentials", "create", "--name", "Reports", "--scope", "statements/read", "--json")

    pair = json.loads(done.output)
    assert (done.exit_code, set(pair)) == (0, {"key", "secret"})
    bearer = credentials.bearer(db.session.connection(), **pair)
    assert bearer.scopes == {"statements/read"}
    assert pair["secret"] not in run("credentials", "list", "--json").output


def test_credentials_create_for_people_and_with_default_scopes(run):
    done = run("credentials", "create", "--name", "Player")

    assert done.output.startswith("key ")
    [listed] = json.loads(run("credentials", "list", "--json").output)
    assert listed["scopes"] == ["statements/read/mine", "statements/write"]


def test_credentials_create_unknown_scope_is_refused(run):
    done = run("credentials", "create", "--name", "X", "--scope", "everything")

    assert done.exit_code == 1
    assert "unknown scope everything" in done.output
    assert run("credentials", "list").output == "There are no credentials.\n"


def test_credentials_create_with_terms(run):
    terms = ("--expires", "2999-01-01", "--per-minute", "60", "--void")

    pair = json.loads(run("credentials", "create", "--name", "Guest", *terms, "--json").output)

    [listed] = json.loads(run("credentials", "list", "--json").output)
    assert listed["expires"].startswith("2999-01-01T00:00:00")
    assert (listed["per_minute"], listed["may_void"], listed["used"]) == (60, True, None)
    assert credentials.bearer(db.session.connection(), **pair).may_void
    over = run("credentials", "create", "--name", "Late", "--expires", "2001-01-01")
    assert (over.exit_code, "is over" in over.output) == (1, True)


def test_credentials_revoke(run):
    pair = json.loads(run("credentials", "create", "--name", "Old", "--json").output)

    done = run("credentials", "revoke", pair["key"])

    assert (done.exit_code, done.output) == (0, "")
    assert credentials.bearer(db.session.connection(), **pair) is None
    assert "Old" in run("credentials", "list").output
    assert run("credentials", "revoke", "unknown").exit_code == 1


def test_export_writes_all_statements_as_they_are_stored(run, connection, tmp_path):
    [target, _] = xapi.stored(xapi.statement(), xapi.statement(verb=xapi.verb("passed")))
    xapi.stored(xapi.voiding(target))
    file = tmp_path / "statements.jsonl"

    done = run("export", "-o", str(file))

    assert done.exit_code == 0
    rows = list(queries.all_rows(db.session.connection()))
    assert file.read_bytes().splitlines() == [row.text for row in rows]
    assert len(rows) == 3


def test_import_into_an_empty_store_gives_back_every_byte(run, connection, tmp_path):
    [target, _] = xapi.stored(
        xapi.statement(result={"score": {"scaled": 0.5}}), xapi.statement(timestamp="2020-01-01T00:00:00Z")
    )
    xapi.stored(xapi.voiding(target))
    file = tmp_path / "statements.jsonl"
    run("export", "-o", str(file))
    text = file.read_bytes()
    for table in ("statement_reference", "statement_agent", "statement_activity", "statement"):
        db.session.execute(sa.text(f"DELETE FROM xapi_{table}"))

    first = run("import", str(file))
    again = run("import", str(file))

    assert first.output.endswith("3 statements stored, 0 were here already.\n")
    assert again.output.endswith("0 statements stored, 3 were here already.\n")
    assert b"".join(row.text + b"\n" for row in queries.all_rows(db.session.connection())) == text
    assert queries.one(db.session.connection(), target) is None


def test_import_of_a_faulty_line_names_it_and_stores_nothing(run, connection, tmp_path):
    file = tmp_path / "statements.jsonl"
    good = json.dumps(xapi.statement())
    file.write_text(f'{good}\n{{"actor": 1}}\n')

    done = run("import", str(file))

    assert done.exit_code == 1
    assert "line 2" in done.output
    assert list(queries.all_rows(db.session.connection())) == []
