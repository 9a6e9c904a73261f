"""Checks of what lies elsewhere: the replica, the clock of the store, and the way to the content origin."""

from collections.abc import Iterator
from datetime import timedelta
from email.utils import parsedate_to_datetime
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from urllib.parse import urlsplit

from flask import current_app

from academy import clock
from academy.doctor.findings import FAULT, WARNING, Finding, is_public, setting
from academy.replica import Replica

SECONDS = 5.0
LARGEST_DRIFT = timedelta(seconds=5)


def replica() -> Iterator[Finding]:
    """Check that the replica answers, is a copy that is kept, and is not too far behind."""
    copy: Replica | None = current_app.extensions.get("academy.replica")
    if copy is None:
        return
    if trouble := copy.trouble():
        yield Finding(
            "replica",
            WARNING,
            f"the replica {trouble}; everything is read from the primary",
            "Check the replication of PostgreSQL and ACADEMY_DATABASE_REPLICA_URL, or leave that empty.",
        )
    elif not copy.follows():
        yield Finding(
            "replica",
            FAULT,
            "ACADEMY_DATABASE_REPLICA_URL is no streaming replica: nothing that is written comes there",
            "Let it name a replica of ACADEMY_DATABASE_URL, or leave it empty.",
        )


def clock_of_store() -> Iterator[Finding]:
    """Check that this machine and the object store agree about the time; else it refuses our signatures."""
    if not setting("STORAGE_URL").startswith("s3:"):
        return
    region = setting("STORAGE_REGION") or "us-east-1"
    try:
        said = _ask(setting("STORAGE_ENDPOINT") or f"https://s3.{region}.amazonaws.com").getheader("Date")
    except (OSError, HTTPException):  # which the check of files tells
        return
    drift = abs(clock.now() - parsedate_to_datetime(said)) if said else timedelta()
    if drift > LARGEST_DRIFT:
        yield Finding(
            "clock of store",
            FAULT,
            f"the clocks of this machine and the object store differ by {drift.total_seconds():.0f} s",
            "Let this machine follow a time server (NTP).",
        )


def way_to_content() -> Iterator[Finding]:
    """Check that the hosts of packages lead to this Academy, through proxy and certificate."""
    origin = setting("CONTENT_ORIGIN").replace("{label}", "doctor")
    if not is_public():
        return
    try:
        answer = _ask(origin)
    except (OSError, HTTPException) as error:
        yield Finding(
            "way to content",
            WARNING,
            f"a host of ACADEMY_CONTENT_ORIGIN, {origin}, does not answer: {error}",
            "Start server and proxy; DNS and certificate must hold the (wildcard) name of that setting.",
        )
        return
    if setting("BASE_URL") not in answer.getheader("Content-Security-Policy", ""):
        yield Finding(
            "way to content",
            WARNING,
            f"{origin} answers with {answer.status}, and it is not this Academy",
            "Let the proxy pass that name on to `academy serve`, with the headers Host and X-Forwarded-Host.",
        )


def _ask(address: str) -> HTTPResponse:
    """Return what an origin answers; follows nothing and minds no proxy of the environment."""
    parts = urlsplit(address)
    kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=SECONDS)
    try:
        connection.request("GET", "/")
        return connection.getresponse()
    finally:
        connection.close()
