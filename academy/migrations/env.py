"""Alembic's environment: migrations run on the connection that `academy.operation` hands over."""

from alembic import context

from academy.db import Base


def include(item: object, name: str | None, kind: str, reflected: bool, compared: object) -> bool:
    """Leave indexes of foreign tables out of comparisons."""
    return not (kind == "table" and name == "alembic_version")


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    compare_type=True,
    include_object=include,
)
with context.begin_transaction():
    context.run_migrations()
