"""Checks of what the Academy needs: database, files, workers, mail, fonts, keys."""

import os
import smtplib
import stat
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import redis
import sqlalchemy as sa

from academy import clock, health, storage
from academy.db import db
from academy.doctor.findings import FAULT, WARNING, Finding, is_public, setting
from academy.locale import LANGUAGES

SECONDS = 5.0
LARGEST_DRIFT = timedelta(seconds=5)


def database() -> Iterator[Finding]:
    """Check that the database answers, has the form of this version, and is whole."""
    fault = health.database()
    if fault:
        yield Finding("database", FAULT, f"the database {fault}", "Run `academy db upgrade`.")
    if db.engine.dialect.name == "sqlite":
        told = db.session.scalar(sa.text("PRAGMA quick_check(1)"))
        if told != "ok":
            yield Finding("database", FAULT, f"the database is damaged: {told}", "Restore the newest backup.")
        mode = db.session.scalar(sa.text("PRAGMA journal_mode"))
        if mode != "wal":
            yield Finding(
                "database",
                FAULT,
                f"SQLite runs in mode {mode}",
                "Put the file on a local disk, where WAL works.",
            )


def clock_of_database() -> Iterator[Finding]:
    """Check that this machine and the database server agree about the time."""
    if db.engine.dialect.name != "postgresql":
        return
    drift = abs(clock.now() - db.session.scalar(sa.text("SELECT clock_timestamp()")))
    if drift > LARGEST_DRIFT:
        yield Finding(
            "clock of database",
            FAULT,
            f"the clocks of this machine and the database server differ by {drift.total_seconds():.0f} s",
            "Let both follow a time server (NTP).",
        )


def files() -> Iterator[Finding]:
    """Check that files can be kept, read and deleted."""
    if fault := storage.check():
        yield Finding(
            "files",
            FAULT,
            f"files cannot be kept: {fault}",
            "Check ACADEMY_STORAGE_URL, its rights and keys.",
        )


def disk() -> Iterator[Finding]:
    """Check that the disks have room."""
    if fault := health.disk():
        yield Finding("disk", FAULT, f"the disk {fault}", "Make room, or give the disk more.")


def workers() -> Iterator[Finding]:
    """Check that somebody runs jobs."""
    if fault := health.working():
        yield Finding(
            "workers",
            WARNING if "none is alive" in fault else FAULT,
            f"workers: {fault}",
            "Start `academy serve` or `academy worker`; see Administration → Jobs for what waits.",
        )


def wake_ups() -> Iterator[Finding]:
    """Check that Redis answers, where workers are woken by it."""
    if not (url := setting("JOBS_URL")):
        return
    try:
        client = redis.Redis.from_url(url, socket_connect_timeout=SECONDS, socket_timeout=SECONDS)
        client.ping()
        client.close()
    except redis.RedisError as error:
        yield Finding(
            "wake ups",
            WARNING,
            f"Redis does not answer, jobs begin some seconds later: {error}",
            "Start Redis, or check ACADEMY_JOBS_URL.",
        )


def mail() -> Iterator[Finding]:
    """Check that the mail server can be reached; nothing is sent."""
    parts = urlsplit(setting("MAIL_URL"))
    if not parts.scheme:
        if is_public():
            yield Finding(
                "mail",
                WARNING,
                "no mail is sent: it lies in the outbox folder",
                "Set ACADEMY_MAIL_URL to smtp://user:password@host:port.",
            )
        return
    kind, usual = (smtplib.SMTP_SSL, 465) if parts.scheme == "smtps" else (smtplib.SMTP, 25)
    try:
        with kind(parts.hostname or "localhost", parts.port or usual, timeout=SECONDS) as server:
            server.noop()
    except (OSError, smtplib.SMTPException) as error:
        yield Finding(
            "mail",
            FAULT,
            f"the mail server {parts.hostname} cannot be reached: {error}",
            "Check host, port and firewall of ACADEMY_MAIL_URL; mail waits and is tried again.",
        )


def documents() -> Iterator[Finding]:
    """Check that PDF can be drawn, with the letters of the states."""
    try:
        from weasyprint import HTML  # noqa: PLC0415 -- slow import

        drawn = HTML(string="<p>Academy · Академия · აკადემია · Ակադեմիա</p>").write_pdf()
    except Exception as error:
        drawn, told = b"", str(error)
    else:
        told = "nothing was drawn"
    if not drawn or not drawn.startswith(b"%PDF"):
        yield Finding(
            "documents",
            FAULT,
            f"certificates cannot be drawn: {told}",
            "Install the system packages libpango-1.0-0, libpangoft2-1.0-0 and libharfbuzz-subset0.",
        )


def catalogues() -> Iterator[Finding]:
    """Check that the catalogues of all languages are compiled."""
    folder = Path(setting("BABEL_TRANSLATION_DIRECTORIES"))
    for language in LANGUAGES:
        if language != "en" and not (folder / language / "LC_MESSAGES" / "messages.mo").exists():
            yield Finding(
                "catalogues",
                FAULT,
                f"the pages have no texts in {language}",
                "Run `academy i18n compile`, or install the wheel.",
            )


def key_files() -> Iterator[Finding]:
    """Check that nobody else on this machine reads the keys."""
    instance = Path(setting("INSTANCE_PATH"))
    for path in (instance / "secret-key", *sorted((instance / "keys").glob("*"))):
        if sys.platform != "win32" and path.exists() and stat.S_IMODE(path.stat().st_mode) & 0o077:
            yield Finding(
                "key files", FAULT, f"others on this machine may read {path.name}", f"Run `chmod 600 {path}`."
            )
    if not os.access(instance, os.W_OK):
        yield Finding(
            "key files", FAULT, f"{instance} cannot be written", "Give the folder to the user of the server."
        )
