"""Alembic's environment: migrations run on the connection that `academy.operation` hands over."""

from typing import Any, Literal

import sqlalchemy as sa
from alembic import context

from academy.db import Base, Translated, UtcDateTime


def include(item: object, name: str | None, kind: str, reflected: bool, compared: object) -> bool:
    """Leave Alembic's own table out of comparisons."""
    return not (kind == "table" and name == "alembic_version")


def render(kind: str, item: Any, autogenerate: Any) -> str | Literal[False]:
    """Write our column types as plain SQLAlchemy, so that migrations do not change when the types do."""
    if kind != "type":
        return False
    if isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if isinstance(item, Translated) or (isinstance(item, sa.JSON) and item._variant_mapping):
        autogenerate.imports.add("from sqlalchemy.dialects import postgresql")
        return 'sa.JSON().with_variant(postgresql.JSONB(), "postgresql")'
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    render_item=render,
    compare_type=True,
    include_object=include,
)
with context.begin_transaction():
    context.run_migrations()
