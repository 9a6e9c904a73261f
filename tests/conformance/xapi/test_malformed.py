"""Whatever is wrong with a request is said in the answer, and leaves no trace (Communication 3.2)."""

import json

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from academy import storage
from academy.db import db
from tests.conformance.xapi import malformed
from tests.conformance.xapi.malformed import Wrong
from tests.factories import xapi

REFUSED = {400, 413, 415}


@pytest.mark.parametrize(
    "count", [pytest.param(76, id="some"), pytest.param(1000, id="all", marks=pytest.mark.conformance)]
)
@pytest.mark.parametrize("version", ["1.0.3", "2.0.0"])
def test_malformed_requests_are_refused_with_a_reason(client: FlaskClient, version: str, count: int) -> None:
    headers = xapi.headers(version=version)
    db.session.commit()
    before = rows()

    faults = [fault for wrong in malformed.many(count) if (fault := fault_of(client, headers, wrong))]

    assert not faults, "\n".join(faults)
    assert (rows(), list(storage.listed())) == (before, [])


def fault_of(client: FlaskClient, headers: dict[str, str], wrong: Wrong) -> str | None:
    """Send a request; return what is wrong with the answer, None where it is as it should be."""
    environ = {"wsgi.input_terminated": True}
    if wrong.declared is not None:
        environ["CONTENT_LENGTH"] = str(wrong.declared)  # type: ignore[assignment]
    answer = client.open(
        wrong.url,
        method=wrong.method,
        data=wrong.body,
        headers={**headers, **wrong.headers},
        environ_overrides=environ,
    )
    if answer.status_code not in REFUSED:
        return f"{wrong.what}: {answer.status_code} {answer.data[:200]!r} for {wrong.body[:1500]!r}"
    told = json.loads(answer.data)
    return None if told["detail"] and told["status"] == answer.status_code else f"{wrong.what}: no reason"


def rows() -> list[int]:
    """Return how many rows each table of the store has."""
    tables = [table for name, table in sorted(db.metadata.tables.items()) if name.startswith("xapi_")]
    counts = [db.session.scalar(sa.select(sa.func.count()).select_from(table)) or 0 for table in tables]
    db.session.rollback()
    return counts
