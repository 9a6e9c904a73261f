"""Rows as lines of JSON that no longer know which kind of database they come from.

NULL is a name that is not there, so that JSON's own null stays apart from it. JSON columns pass as text.
"""

import base64
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from academy import clock
from academy.backup.errors import BadArchive
from academy.db import UtcDateTime

#: What a column may hold, told by the first of these that its type is.
KINDS: tuple[tuple[type[Any], str], ...] = (
    (sa.Boolean, "boolean"),
    (sa.Integer, "integer"),
    (sa.Float, "real"),
    (sa.Numeric, "decimal"),
    (sa.DateTime, "moment"),
    (sa.Date, "date"),
    (sa.Uuid, "uuid"),
    (sa.JSON, "json"),
    (sa.LargeBinary, "bytes"),
    (sa.String, "text"),
)
TYPES: dict[str, sa.types.TypeEngine[Any]] = {
    "boolean": sa.Boolean(),
    "integer": sa.BigInteger(),
    "real": sa.Double(),
    "decimal": sa.Numeric(),
    "moment": UtcDateTime(),
    "date": sa.Date(),
    "uuid": sa.Uuid(),
    "json": sa.Text(),
    "bytes": sa.LargeBinary(),
    "text": sa.Text(),
}


@dataclass(frozen=True)
class Form:
    """A table as a backup knows it: its name, and the kind of each column."""

    name: str
    columns: dict[str, str]

    @cached_property
    def table(self) -> sa.TableClause:
        """Return the table for queries, its columns with the types of their kinds."""
        return sa.table(self.name, *(sa.column(name, TYPES[kind]) for name, kind in self.columns.items()))


def form_of(table: sa.Table) -> Form:
    """Return the form of a table of the models."""
    return Form(table.name, {column.name: kind_of(column.type) for column in table.columns})


def kind_of(column_type: sa.types.TypeEngine[Any]) -> str:
    """Return what a column of a type holds; raises TypeError for a type that no backup can carry."""
    plain = column_type.impl if isinstance(column_type, sa.types.TypeDecorator) else column_type
    for python_type, kind in KINDS:
        if isinstance(plain, python_type):
            return kind
    raise TypeError(f"a backup does not know the type {column_type!r}")


def encoder(form: Form) -> Callable[[Sequence[Any]], bytes]:
    """Return the function that writes a row of a table as a line."""
    columns = [(f'"{name}":', WRITE[kind]) for name, kind in form.columns.items()]

    def line(row: Sequence[Any]) -> bytes:
        pairs = zip(columns, row, strict=True)
        parts = [name + write(value) for (name, write), value in pairs if value is not None]
        return f"{{{','.join(parts)}}}\n".encode()

    return line


def decoder(form: Form) -> Callable[[bytes], dict[str, Any]]:
    """Return the function that reads a line as the values of a row; it raises BadArchive."""
    columns = [(name, READ.get(kind)) for name, kind in form.columns.items()]
    nothing = dict.fromkeys(form.columns)

    def row(line: bytes) -> dict[str, Any]:
        try:
            told = json.loads(line)
            read = {name: of(told[name]) if of else told[name] for name, of in columns if name in told}
        except (ValueError, TypeError, AttributeError, ArithmeticError) as error:
            raise BadArchive(f"{form.name}: {error}") from error
        if len(read) != len(told):
            raise BadArchive(f"{form.name}: {sorted(set(told) - set(read))}")
        return {**nothing, **read}

    return row


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)


def _bytes(value: bytes) -> str:
    """Write bytes readably where they are text, as most are."""
    try:
        return _text("t" + bytes(value).decode())
    except UnicodeDecodeError:
        return _text("b" + base64.b64encode(value).decode())


def _read_bytes(value: str) -> bytes:
    return value[1:].encode() if value[0] == "t" else base64.b64decode(value[1:], validate=True)


WRITE: dict[str, Callable[[Any], str]] = {
    "boolean": lambda value: "true" if value else "false",
    "integer": lambda value: str(int(value)),
    "real": lambda value: json.dumps(float(value)),
    "decimal": lambda value: _text(str(value)),
    "moment": lambda value: f'"{clock.rfc3339(value)}"',
    "date": lambda value: f'"{value.isoformat()}"',
    "uuid": lambda value: f'"{value}"',
    "json": lambda value: value.replace("\n", " "),  # only white space: texts in JSON hold none
    "bytes": _bytes,
    "text": _text,
}
READ: dict[str, Callable[[Any], Any]] = {
    "decimal": Decimal,
    "moment": clock.parse,
    "date": date.fromisoformat,
    "uuid": UUID,
    "json": json.dumps,
    "bytes": _read_bytes,
}


def selected(form: Form, instead: dict[str, sa.ColumnElement[Any]]) -> list[sa.ColumnElement[Any]]:
    """Return the columns of a table as a backup reads them, some with another value instead."""
    columns = form.table.c
    return [
        instead.get(name, sa.cast(columns[name], sa.Text()) if kind == "json" else columns[name])
        for name, kind in form.columns.items()
    ]


def insertion(form: Form, dialect: sa.Dialect) -> sa.Insert:
    """Return the statement that adds rows of a table, JSON given as text."""
    if dialect.name != "postgresql":
        return sa.insert(form.table)
    values = {
        name: sa.cast(sa.bindparam(name, type_=sa.Text()), sa.JSON())
        if kind == "json"
        else sa.bindparam(name)
        for name, kind in form.columns.items()
    }
    return sa.insert(form.table).values(values)


def forms_told(told: Iterable[dict[str, Any]]) -> dict[str, Form]:
    """Return the forms that a backup's head tells of; raises BadArchive."""
    try:
        forms = [Form(str(one["name"]), {str(k): str(v) for k, v in one["columns"].items()}) for one in told]
    except (KeyError, TypeError, AttributeError) as error:
        raise BadArchive from error
    if any(kind not in TYPES for form in forms for kind in form.columns.values()):
        raise BadArchive
    return {form.name: form for form in forms}
