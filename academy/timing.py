"""What statements of the database cost: counted for the work that runs them, and slow ones put on the log."""

import re
import time
from typing import Any

import sqlalchemy as sa
import structlog
from flask import Flask, has_request_context, request
from sqlalchemy import event

from academy import trace
from academy.db import db

LONGEST = 2000

_SPACE = re.compile(r"\s+")
_LITERAL = re.compile(r"'(?:[^']|'')*'|\b\d+(?:\.\d+)?\b")
_LIST = re.compile(r"\((?:\s*(?:\?|%\([^)]*\)s(?:::\w+)?|:\w+)\s*,?)+\)")

log = structlog.get_logger("academy.timing")


def init_app(app: Flask) -> None:
    """Watch every statement of every engine."""
    limit = int(app.config["SLOW_QUERY_MS"]) / 1000
    with app.app_context():
        for engine in db.engines.values():
            event.listen(engine, "before_cursor_execute", _begin)
            event.listen(engine, "after_cursor_execute", _end(limit))


def normal(statement: str) -> str:
    """Write a statement in one line, without the values in it, and lists of any length alike."""
    text = _LITERAL.sub("?", _SPACE.sub(" ", statement).strip())
    return _LIST.sub("(…)", text)[:LONGEST]


def _begin(
    connection: sa.Connection, cursor: Any, statement: str, values: Any, context: Any, many: bool
) -> None:
    if context is not None:
        context._academy_began = time.perf_counter()


def _end(limit: float) -> Any:
    def end(
        connection: sa.Connection, cursor: Any, statement: str, values: Any, context: Any, many: bool
    ) -> None:
        if context is None:
            return
        seconds = time.perf_counter() - context._academy_began
        trace.cost(seconds)
        if seconds >= limit:
            _tell(statement, seconds)

    return end


def _tell(statement: str, seconds: float) -> None:
    work = trace.present()
    place = request.endpoint if has_request_context() else work.name if work else None
    log.warning("slow statement", ms=round(seconds * 1000, 1), place=place, sql=normal(statement))
