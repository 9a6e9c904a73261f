"""Writes of the libraries."""

from typing import Any

import sqlalchemy as sa

from academy import search
from academy.db import db
from academy.library.models import Resource


def publish(reference: str, **facts: Any) -> Resource:
    """Add a resource, or change the one with this reference, and index it."""
    found = db.session.scalar(sa.select(Resource).where(Resource.reference == reference))
    resource = found or Resource(reference=reference)
    for name, value in facts.items():
        setattr(resource, name, value)
    db.session.add(resource)
    db.session.flush()
    index(resource)
    return resource


def index(resource: Resource) -> None:
    """Put a resource into the search: titles weigh more than summaries."""
    texts = dict.fromkeys(resource.title.values(), 3) | dict.fromkeys(resource.summary.values(), 1)
    search.index(resource.collection, resource.public_id, {**texts, resource.reference: 3})


def reindex() -> int:
    """Index every resource anew; return how many there are."""
    resources = db.session.scalars(sa.select(Resource)).all()
    for resource in resources:
        index(resource)
    return len(resources)
