"""Activity definitions, with the rules for interactions (xAPI 1.0.3 Data 2.4.4.1)."""

from academy.xapi.errors import StatementInvalid
from academy.xapi.validation import shapes
from academy.xapi.vocabulary import INTERACTION_TYPES

DEFINITION = "xAPI 1.0.3 Data 2.4.4.1"

COMPONENTS = {
    "choice": ("choices",),
    "sequencing": ("choices",),
    "likert": ("scale",),
    "matching": ("source", "target"),
    "performance": ("steps",),
}
COMPONENT_LISTS = ("choices", "scale", "source", "target", "steps")


def definition(value: object) -> None:
    """Demand an activity definition; whatever belongs to interactions needs an interaction type."""
    members = shapes.properties(value, _RULES, DEFINITION)
    kind = members.get("interactionType")
    if kind is None:
        stray = next(
            (name for name in (*COMPONENT_LISTS, "correctResponsesPattern") if name in members), None
        )
        if stray:
            raise StatementInvalid("needs an interactionType beside it", clause=DEFINITION, path=(stray,))
        return
    allowed = COMPONENTS.get(str(kind), ())
    for name in COMPONENT_LISTS:
        if name in members and name not in allowed:
            reason = f"does not go with the interaction type {kind}"
            raise StatementInvalid(reason, clause=DEFINITION, path=(name,))


def _component(value: object) -> None:
    shapes.properties(value, _COMPONENT_RULES, DEFINITION, required=("id",))


def _components(value: object) -> None:
    ids = [item["id"] for item in _list_of_components(value) if isinstance(item, dict)]
    if len(set(ids)) != len(ids):
        raise StatementInvalid("the ids of components must differ", clause=DEFINITION)


_COMPONENT_RULES: dict[str, shapes.Rule] = {"id": shapes.string, "description": shapes.language_map}
_list_of_components = shapes.array_of(_component, DEFINITION)
_RULES: dict[str, shapes.Rule] = {
    "name": shapes.language_map,
    "description": shapes.language_map,
    "type": shapes.iri,
    "moreInfo": shapes.iri,
    "extensions": shapes.extensions,
    "interactionType": shapes.one_of(INTERACTION_TYPES, DEFINITION),
    "correctResponsesPattern": shapes.array_of(shapes.string, DEFINITION),
    **dict.fromkeys(COMPONENT_LISTS, _components),
}
