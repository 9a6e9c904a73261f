"""Mail that lies in the outbox folder of a demonstration, as people may read it."""

import email
import email.policy
import re
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import urlsplit

from flask import current_app, has_request_context, request
from markupsafe import Markup, escape

from academy import mail
from academy.config import is_loopback
from academy.errors import NotFound
from academy.templating import demo_mode

MOST = 100
ADDRESS = re.compile(r"https?://[^\s<>\"']+")


@dataclass(frozen=True)
class Mail:
    """One mail: file name without its ending, and what a mail program shows first."""

    name: str
    to: str
    subject: str
    at: datetime | None
    lines: list[Markup]


def is_open() -> bool:
    """Say whether the outbox may be read: demo data, an Academy for this computer, and asked from it.

    Its links open accounts, so the name asked for counts too: a page elsewhere may give its own name our
    address (DNS rebinding).
    """
    if not demo_mode() or current_app.config["MAIL_URL"] or not has_request_context():
        return False
    names = [urlsplit(url).hostname or "" for url in (str(current_app.config["BASE_URL"]), request.host_url)]
    return all(is_loopback(name) for name in (*names, request.remote_addr or ""))


def newest_first() -> list[Mail]:
    """Return the newest mails."""
    files = sorted(mail.outbox().glob("*.eml"), key=lambda path: path.stat().st_mtime_ns, reverse=True)
    return [_read(path) for path in files[:MOST]]


def by_name(name: str) -> Mail:
    """Return one mail; raises NotFound."""
    path = mail.outbox() / f"{name}.eml"
    if not path.is_file():
        raise NotFound
    return _read(path)


def _read(path: Path) -> Mail:
    message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    assert isinstance(message, EmailMessage)  # noqa: S101 -- the policy makes it one
    body = message.get_body(("plain",))
    sent = message["Date"]
    return Mail(
        name=path.stem,
        to=str(message["To"]),
        subject=str(message["Subject"]),
        at=sent.datetime if sent else None,
        lines=[_with_links(line) for line in (body.get_content() if body else "").splitlines()],
    )


def _with_links(text: str) -> Markup:
    parts, position = [], 0
    for found in ADDRESS.finditer(text):
        parts.append(escape(text[position : found.start()]))
        parts.append(Markup('<a href="{0}">{0}</a>').format(found.group()))
        position = found.end()
    return Markup("").join([*parts, escape(text[position:])])
