"""`academy audit verify` says whether the record is as it was written."""

import json

import sqlalchemy as sa
from flask import Flask

from academy import audit
from academy.db import db


def test_verify_tells_the_head_and_exits_0_where_all_holds(app: Flask) -> None:
    audit.record("library.reindex", target="library")
    audit.seal()
    audit.record("library.reindex", target="library")
    db.session.commit()

    told = app.test_cli_runner().invoke(args=["audit", "verify", "--json"])

    found = json.loads(told.output)
    assert (told.exit_code, found["sealed"], found["waiting"], found["faults"]) == (0, 1, 1, [])
    assert found["head"] == db.session.scalar(sa.select(audit.AuditSeal.digest))


def test_verify_names_faults_and_exits_1(app: Flask) -> None:
    audit.record("library.reindex", target="library")
    db.session.add(audit.AuditSeal(number=1, entry_id=1, digest="0" * 64))
    db.session.commit()

    told = app.test_cli_runner().invoke(args=["audit", "verify"])

    assert told.exit_code == 1
    assert "is not as it was sealed" in told.output
