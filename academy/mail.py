"""Mail: composed in the recipient's language, sent by a job, or written to the outbox folder."""

import smtplib
import ssl
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from pathlib import Path
from urllib.parse import unquote, urlsplit

from flask import current_app, render_template
from flask_babel import force_locale

from academy import clock, jobs

SECONDS = 30


def send(*, to: str, language: str, template: str, **context: object) -> None:
    """Queue a mail, in the present transaction.

    `template` names `mail/<name>.txt` and `.html`; the first line of the text is the subject.
    """
    with force_locale(language):
        text = render_template(f"{template}.txt", language=language, **context)
        html = render_template(f"{template}.html", language=language, **context)
    subject, _, body = text.strip().partition("\n")
    jobs.add("mail.send", to=to, subject=subject.strip(), text=body.strip() + "\n", html=html)


@jobs.handler("mail.send")
def deliver(job: jobs.Job, *, to: str, subject: str, text: str, html: str) -> None:
    """Hand a mail to the SMTP server, or to the outbox; its text is forgotten afterwards."""
    message = _message(job, to=to, subject=subject, text=text, html=html)
    url = str(current_app.config["MAIL_URL"])
    if url:
        _by_smtp(message, url)
    else:
        _to_outbox(message, str(job.public_id))
    job.payload = {"to": "", "subject": "", "text": "", "html": ""}


def outbox() -> Path:
    """Return the folder where mail lies while there is no SMTP server."""
    folder = Path(str(current_app.config["INSTANCE_PATH"])) / "outbox"
    folder.mkdir(exist_ok=True)
    return folder


def _message(job: jobs.Job, *, to: str, subject: str, text: str, html: str) -> EmailMessage:
    message = EmailMessage()
    message["From"] = str(current_app.config["MAIL_FROM"])
    message["To"] = to
    message["Subject"] = " ".join(subject.split())
    message["Date"] = formatdate(clock.now().timestamp())
    host = urlsplit(str(current_app.config["BASE_URL"])).hostname or "localhost"
    message["Message-ID"] = make_msgid(idstring=job.public_id.hex, domain=host)  # the same at every try
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text)
    message.add_alternative(html, subtype="html")
    return message


def _by_smtp(message: EmailMessage, url: str) -> None:
    parts = urlsplit(url)
    host = parts.hostname or "localhost"
    if parts.scheme == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(
            host, parts.port or 465, timeout=SECONDS, context=ssl.create_default_context()
        )
    else:
        server = smtplib.SMTP(host, parts.port or 25, timeout=SECONDS)
    with server:
        if parts.scheme == "smtp" and server.has_extn("starttls"):
            server.starttls(context=ssl.create_default_context())
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
        server.send_message(message)


def _to_outbox(message: EmailMessage, name: str) -> None:
    draft = outbox() / f".{name}"
    draft.write_bytes(bytes(message))
    draft.rename(outbox() / f"{name}.eml")
