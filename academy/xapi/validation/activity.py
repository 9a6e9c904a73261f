"""Activities and statement references (xAPI 1.0.3 Data 2.4.4.1 and 2.4.4.3)."""

from academy.xapi.validation import interaction, shapes

ACTIVITY = "xAPI 1.0.3 Data 2.4.4.1"
REFERENCE = "xAPI 1.0.3 Data 2.4.4.3"

_ACTIVITY_RULES: dict[str, shapes.Rule] = {
    "objectType": shapes.one_of(("Activity",), ACTIVITY),
    "id": shapes.iri,
    "definition": interaction.definition,
}
_REFERENCE_RULES: dict[str, shapes.Rule] = {
    "objectType": shapes.one_of(("StatementRef",), REFERENCE),
    "id": shapes.uuid,
}


def activity(value: object) -> None:
    """Demand an activity with its IRI."""
    shapes.properties(value, _ACTIVITY_RULES, ACTIVITY, required=("id",))


def statement_reference(value: object) -> None:
    """Demand a reference to a statement by its UUID."""
    shapes.properties(value, _REFERENCE_RULES, REFERENCE, required=("objectType", "id"))
