"""Verbs (xAPI 1.0.3 Data 2.4.3)."""

from academy.xapi.validation import shapes

VERB = "xAPI 1.0.3 Data 2.4.3"

_RULES: dict[str, shapes.Rule] = {"id": shapes.iri, "display": shapes.language_map}


def verb(value: object) -> None:
    """Demand a verb with its IRI."""
    shapes.properties(value, _RULES, VERB, required=("id",))
