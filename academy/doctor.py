"""`academy doctor`: is the installation well, and what is to be done where it is not."""

import os
import smtplib
import socket
import stat
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import click
import redis
import sqlalchemy as sa
from flask import Flask, current_app

from academy import clock, health, storage
from academy.commands import REFUSED, Commands, json_option, print_json
from academy.config import is_loopback
from academy.db import db, reading
from academy.locale import LANGUAGES
from academy.templating import demo_mode

SECONDS = 5.0
SHORTEST_KEY = 32
LARGEST_DRIFT = timedelta(seconds=5)

OK, WARNING, FAULT = "ok", "warning", "fault"


@dataclass(frozen=True)
class Finding:
    """What one check says: ok, warning or fault; what is so, and what to do."""

    check: str
    status: str
    message: str
    remedy: str = ""


Check = Callable[[], Iterator[Finding]]


def init_app(app: Flask) -> None:
    """Prepare the list of checks, to which `app.py` adds those of rooms."""
    app.extensions["academy.doctor"] = list(CHECKS)


def examine() -> list[Finding]:
    """Run all checks; one that breaks is a fault of its own."""
    findings: list[Finding] = []
    for check in current_app.extensions["academy.doctor"]:
        name = check.__name__.replace("_", " ")
        try:
            with reading():
                found = list(check())
        except Exception as error:
            found = [Finding(name, FAULT, f"the check broke: {error}", "Mend what the message names.")]
        db.session.rollback()
        findings += found or [Finding(name, OK, "well")]
    return findings


def setting(name: str) -> str:
    """Return a setting as text."""
    return str(current_app.config[name])


def is_public() -> bool:
    """Say whether the Academy is for others than this computer."""
    return not is_loopback(urlsplit(setting("BASE_URL")).hostname or "")


def secret_key() -> Iterator[Finding]:
    """Check that the key of sessions cannot be guessed."""
    if len(setting("SECRET_KEY")) < SHORTEST_KEY:
        yield Finding(
            "secret key",
            FAULT,
            f"ACADEMY_SECRET_KEY has fewer than {SHORTEST_KEY} characters and can be guessed",
            "Leave it empty, so that one is made, or take a long random text; everybody signs in again.",
        )


def base_url() -> Iterator[Finding]:
    """Check that people reach the Academy by https."""
    if not is_public():
        yield Finding(
            "base url",
            WARNING,
            f"ACADEMY_BASE_URL is {setting('BASE_URL')}: only this computer can use the Academy",
            "Set ACADEMY_BASE_URL to the address that people use, with https.",
        )
    elif not setting("BASE_URL").startswith("https:"):
        yield Finding(
            "base url",
            FAULT,
            f"ACADEMY_BASE_URL is {setting('BASE_URL')}: passwords would travel unprotected",
            "Put a proxy with TLS in front, and set ACADEMY_BASE_URL to https://….",
        )


def proxies() -> Iterator[Finding]:
    """Check that addresses of people are known behind a proxy."""
    if setting("BASE_URL").startswith("https:") and not int(setting("TRUSTED_PROXIES")):
        yield Finding(
            "proxies",
            WARNING,
            "ACADEMY_TRUSTED_PROXIES is 0 behind https: everybody seems to come from the proxy",
            "Set it to the number of proxies in front, usually 1.",
        )


def content_origin() -> Iterator[Finding]:
    """Check that packages are kept from each other, and that their hosts lead here."""
    origin = setting("CONTENT_ORIGIN")
    if "{label}" not in origin:
        yield Finding(
            "content origin",
            WARNING,
            f"packages share the one origin {origin} and could read each other's storage",
            "Get a wildcard name and certificate, and set ACADEMY_CONTENT_ORIGIN to https://{label}.<host>.",
        )
    if is_public():
        host = urlsplit(origin.replace("{label}", "doctor")).hostname or ""
        try:
            socket.getaddrinfo(host, None)
        except OSError:
            yield Finding(
                "content origin",
                FAULT,
                f"{host} has no address: no package can be played",
                "Add the (wildcard) name of ACADEMY_CONTENT_ORIGIN to the DNS.",
            )


def demonstration() -> Iterator[Finding]:
    """Check that accounts with a published password are not open to the world."""
    if demo_mode() and is_public():
        yield Finding(
            "demonstration",
            FAULT if setting("ALLOW_DEMO") == "True" else WARNING,
            "demonstration accounts, whose password is published, exist on a public host",
            "Begin with an instance folder of its own, without `academy demo load`.",
        )


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
    """Check that Redis answers, where workers are waked by it."""
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


CHECKS: tuple[Check, ...] = (
    secret_key,
    base_url,
    proxies,
    content_origin,
    demonstration,
    database,
    clock_of_database,
    files,
    disk,
    workers,
    wake_ups,
    mail,
    documents,
    catalogues,
    key_files,
)

group = Commands("academy")


@group.command("doctor")
@json_option
def doctor(as_json: bool) -> int:
    """Check settings, database, files, workers, mail and more, and say what to do.

    Exit 1 where there is a fault; warnings are allowed.
    """
    findings = examine()
    if as_json:
        print_json({"findings": [asdict(one) for one in findings]})
    else:
        for one in findings:
            click.echo(f"{one.status:<8} {one.check}: {one.message}")
            if one.remedy:
                click.echo(f"{'':<8} → {one.remedy}")
    return REFUSED if any(one.status == FAULT for one in findings) else 0


groups: tuple[click.Command, ...] = (group.commands["doctor"],)
