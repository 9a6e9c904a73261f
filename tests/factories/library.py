"""Library resources for tests, published as the Academy publishes them."""

from itertools import count
from typing import Any

from academy.library import services
from academy.library.models import Resource

_numbers = count(1)


def resource(**overrides: Any) -> Resource:
    """Publish a public handbook of the dialogue in both languages; names are columns."""
    number = next(_numbers)
    values: dict[str, Any] = {
        "collection": "dialogue",
        "kind": "handbook",
        "title": {"en": f"Document {number}", "ru": f"Документ {number}"},
        "summary": {"en": "About borders", "ru": "О границах"},
        "year": 2024,
        "themes": ["T1"],
        "states": [],
        "audience": "public",
        "languages": ["en", "ru"],
    }
    return services.publish(f"DOC-{number}", **values | overrides)
