"""Moments as text that begins with their minute in UTC: what a long list shows, without objects."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement


class minute_of(FunctionElement[str]):  # noqa: N801 -- stands in statements as a function
    """The minute of a moment, as `2026-11-24 09:30`, with or without what is smaller behind it."""

    name = "minute_of"
    type = sa.Text()
    inherit_cache = True


@compiles(minute_of, "sqlite")
def _on_sqlite(element: minute_of, compiler: Any, **options: Any) -> str:
    """Take the text that `db.UtcDateTime` stores there; to cut it would cost more than to carry it."""
    return str(compiler.process(element.clauses, **options))


@compiles(minute_of, "postgresql")
def _on_postgresql(element: minute_of, compiler: Any, **options: Any) -> str:
    moment = compiler.process(element.clauses, **options)
    return f"to_char({moment} AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI')"
