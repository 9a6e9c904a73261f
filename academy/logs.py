"""The log: a line for each request and job, as JSON or readable, that names nobody.

People appear by public id, things by public ids and codes; no addresses of pages with their queries, no
names, no e-mail addresses, no values of statements.
"""

import logging
import re
import sys
import time
from collections.abc import Callable, Iterable, Mapping, MutableMapping
from typing import Any, TextIO
from uuid import UUID

import msgspec
import structlog
from flask import Flask, Response, request

from academy import metrics, trace
from academy.trace import Work

HEADER = "X-Request-ID"
_SENT = "HTTP_X_REQUEST_ID"
WELL_FORMED = re.compile(r"[A-Za-z0-9_-]{8,64}")

#: What of an address may be named: public ids, and these codes.
NAMED = frozenset({"code", "serial", "reference"})

#: What monitors ask every few seconds is worth a line only where everything is.
QUIET = frozenset({"healthz", "readyz", "metrics"})

#: With a limit before the @, so that a long text is not looked through from each of its letters to its end.
EMAIL = re.compile(r"[^\s\"'<>(){}=,;:|]{1,64}@[^\s\"'<>(){}=,;:|]+")
DETAIL = re.compile(r"(?m)^DETAIL:.*$|\[parameters: .*?\]$")

Event = MutableMapping[str, Any]
Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

structlog.configure(  # until `set_up`: as any other message of the process
    processors=[structlog.stdlib.render_to_log_kwargs],
    logger_factory=structlog.stdlib.LoggerFactory(),
    wrapper_class=structlog.stdlib.BoundLogger,
)
lines = structlog.get_logger("academy.work")


def init_app(app: Flask) -> None:
    """Note what each request cost once it is answered and committed; stands before the database for that."""
    app.after_request(_note)
    app.log_exception = _leave_to_errors  # type: ignore[method-assign]


def around(app: Flask, inner: Wsgi) -> Wsgi:
    """Return a WSGI application that begins a piece of work with each request; outermost in app.py."""
    trusts = int(app.config["TRUSTED_PROXIES"]) > 0

    def begin(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        sent = environ.get(_SENT, "") if trusts else ""
        code = sent if sent and WELL_FORMED.fullmatch(sent) else trace.new_code()
        is_api = environ.get("PATH_INFO", "").startswith(("/xapi/", "/api/"))
        trace.begin(Work(code, "api" if is_api else "page"))
        return inner(environ, start_response)

    return begin


def set_up(config: Mapping[str, object], stream: TextIO | None = None) -> None:
    """Write the log of this process to standard error: JSON where nobody watches, else readable."""
    stream = stream or sys.stderr
    level = logging.getLevelNamesMapping()[str(config["LOG_LEVEL"])]
    shared: list[Any] = [
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
        _with_code,
    ]
    last: list[Any] = [
        structlog.processors.format_exc_info,
        without_personal_data,
        *_rendering(as_json(config, stream), stream),
    ]
    structlog.configure(
        processors=[*shared, *last],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(stream),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(stream)
    meta = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.add_logger_name, *shared], processors=[meta, *last]
        )
    )
    logging.basicConfig(level=max(level, logging.WARNING), handlers=[handler], force=True)
    logging.getLogger("academy").setLevel(level)
    server = logging.getLogger("_granian")
    server.handlers.clear()
    server.propagate = True


def as_json(config: Mapping[str, object], stream: TextIO) -> bool:
    """Say whether the log is written as JSON: where the settings want it, else where nobody watches."""
    wanted = str(config["LOG_FORMAT"])
    return wanted == "json" or (wanted == "auto" and not stream.isatty())


def job(kind: str, code: str, outcome: str) -> None:
    """Write the line of a job that has just been run."""
    work = trace.present()
    seconds = time.perf_counter() - work.began if work else 0.0
    metrics.job(kind, outcome, seconds)
    write = lines.debug if work and work.regular and outcome == "done" else lines.info
    write("job", kind=kind, job=code, outcome=outcome, ms=_ms(seconds), **_database(work))


def without_personal_data(logger: object, method: str, event: Event) -> Event:
    """Take e-mail addresses, and the values that databases quote in their errors, out of texts."""
    for name in ("event", "exception"):
        text = event.get(name)
        if isinstance(text, str) and ("@" in text or "DETAIL" in text or "[parameters" in text):
            event[name] = EMAIL.sub("<e-mail>", DETAIL.sub("<values left out>", text))
    return event


def _rendering(wanted: bool, stream: TextIO) -> list[Any]:
    if wanted:
        return [_json]
    return [structlog.dev.ConsoleRenderer(colors=stream.isatty(), timestamp_key="at")]


def _json(logger: object, method: str, event: Event) -> str:
    first = {name: event.pop(name, None) for name in ("at", "level", "event")}
    return msgspec.json.encode(first | event, enc_hook=str).decode()  # type: ignore[operator]


def _with_code(logger: object, method: str, event: Event) -> Event:
    work = trace.present()
    if work is not None:
        event.setdefault("request" if work.door in {"page", "api"} else "work", work.code)
    return event


def _leave_to_errors(exc_info: object) -> None:
    """Log nothing: `academy.errors` does, without the address, in which there may be a secret."""


def _note(answer: Response) -> Response:
    work = trace.present()
    if work is None:  # a test that calls no server
        return answer
    answer.headers[HEADER] = work.code
    endpoint = request.endpoint or "none"
    seconds = time.perf_counter() - work.began
    metrics.request(endpoint, request.method, answer.status_code, seconds)
    write = lines.debug if endpoint in QUIET else lines.info
    facts = {"bytes": answer.content_length, "ids": _ids(), "person": work.person}
    write(
        "request",
        route=endpoint,
        method=request.method,
        status=answer.status_code,
        ms=_ms(seconds),
        **_database(work),
        **{name: value for name, value in facts.items() if value is not None},
    )
    return answer


def _ids() -> dict[str, str] | None:
    values = request.view_args
    if not values:
        return None
    return {
        name: str(value) for name, value in values.items() if name in NAMED or isinstance(value, UUID)
    } or None


def _database(work: Work | None) -> dict[str, object]:
    if work is None:
        return {}
    return {"db_ms": _ms(work.database_seconds), "db_count": work.statements}


def _ms(seconds: float) -> float:
    return round(seconds * 1000, 2)
