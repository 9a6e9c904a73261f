"""The building blocks of all rules: types, formats, objects with named properties, arrays."""

from collections.abc import Callable, Collection, Mapping

from academy.xapi import formats
from academy.xapi.errors import StatementInvalid
from academy.xapi.json_text import Json

Rule = Callable[[object], object]

FORMATTING = "xAPI 1.0.3 Data 2.2"
SHOWN = 80
DEEPEST = 200


def string(value: object, *, clause: str = FORMATTING) -> str:
    """Demand a string and return it."""
    if not isinstance(value, str):
        raise StatementInvalid(f"must be a string, not {named(value)}", clause=clause)
    return value


def boolean(value: object) -> None:
    """Demand true or false."""
    if not isinstance(value, bool):
        raise StatementInvalid(f"must be true or false, not {named(value)}", clause=FORMATTING)


def number(value: object, *, clause: str = FORMATTING) -> float:
    """Demand a number and return it."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise StatementInvalid(f"must be a number, not {named(value)}", clause=clause)
    return value


def formatted(question: Callable[[str], bool], what: str, clause: str) -> Rule:
    """Make a rule that demands a string of one format, `what` being its name in messages."""

    def check(value: object) -> None:
        if not question(string(value, clause=clause)):
            raise StatementInvalid(f"must be {what}, not {shown(value)}", clause=clause)

    return check


def one_of(values: Collection[str], clause: str) -> Rule:
    """Make a rule that demands one of a few strings, in their exact case."""

    def check(value: object) -> None:
        if not isinstance(value, str) or value not in values:
            expected = ", ".join(sorted(values))
            raise StatementInvalid(f"must be one of {expected}, not {shown(value)}", clause=clause)

    return check


def array_of(rule: Rule, clause: str, *, at_least: int = 0) -> Callable[[object], list[object]]:
    """Make a rule that demands an array whose items all follow another rule."""

    def check(value: object) -> list[object]:
        if not isinstance(value, list):
            raise StatementInvalid(f"must be an array, not {named(value)}", clause=clause)
        if len(value) < at_least:
            raise StatementInvalid("must not be empty", clause=clause)
        place = 0
        try:
            for place, item in enumerate(value):  # noqa: B007 -- the place is used where an item fails
                rule(item)
        except StatementInvalid as fault:
            raise fault.within(place) from None
        return value

    return check


def mapping(value: object, clause: str) -> Json:
    """Demand an object and return it."""
    if not isinstance(value, dict):
        raise StatementInvalid(f"must be an object, not {named(value)}", clause=clause)
    return value


def properties(
    value: object, rules: Mapping[str, Rule], clause: str, *, required: Collection[str] = ()
) -> Json:
    """Demand an object with the required properties, all of them in the table and following their rules."""
    members = mapping(value, clause)
    name = ""
    try:
        for name, item in members.items():
            rule = rules.get(name)
            if rule is None:
                raise StatementInvalid("is not a property that may stand here", clause=clause)
            rule(item)
    except StatementInvalid as fault:
        raise fault.within(name) from None
    for name in required:
        if name not in members:
            raise StatementInvalid(f'the property "{name}" is missing', clause=clause)
    return members


def language_map(value: object) -> None:
    """Demand a map from language tags to strings (Data 4.2)."""
    clause = "xAPI 1.0.3 Data 4.2"
    for tag, text in mapping(value, clause).items():
        if not formats.is_language_tag(tag):
            raise StatementInvalid(f"{shown(tag)} is not a language tag", clause=clause)
        if not isinstance(text, str):
            raise StatementInvalid(f"must be a string, not {named(text)}", clause=clause, path=(tag,))


def extensions(value: object) -> None:
    """Demand a map whose keys are IRIs; the values are free (Data 4.1), but can be compared at any time."""
    clause = "xAPI 1.0.3 Data 4.1"
    for key, held in mapping(value, clause).items():
        if not formats.is_iri(key):
            raise StatementInvalid(f"{shown(key)} is not an IRI", clause=clause)
        if isinstance(held, dict | list) and _is_too_deep(held):
            raise StatementInvalid(f"nested deeper than {DEEPEST} levels", clause=clause, path=(key,))


def _is_too_deep(value: dict[str, object] | list[object]) -> bool:
    level: list[dict[str, object] | list[object]] = [value]
    for _ in range(DEEPEST):
        level = [
            inner
            for one in level
            for inner in (one.values() if isinstance(one, dict) else one)
            if isinstance(inner, dict | list)
        ]
        if not level:
            return False
    return True


def named(value: object) -> str:
    """Name the JSON type of a value."""
    names = {bool: "a boolean", str: "a string", list: "an array", dict: "an object", type(None): "null"}
    return next((name for kind, name in names.items() if isinstance(value, kind)), "a number")


def shown(value: object) -> str:
    """Return a value as it may stand in a message: short, and quoted where it is text."""
    if not isinstance(value, str):
        return named(value)
    return f'"{value[:SHOWN]}…"' if len(value) > SHOWN else f'"{value}"'


iri = formatted(formats.is_iri, "an IRI with a scheme", "xAPI 1.0.3 Data 4.3")
uuid = formatted(formats.is_uuid, "a UUID", "xAPI 1.0.3 Data 4.4")
timestamp = formatted(formats.is_timestamp, "an ISO 8601 timestamp", "xAPI 1.0.3 Data 4.5")
zoned_timestamp = formatted(formats.is_zoned_timestamp, "an RFC 3339 timestamp", "xAPI 2.0 4.2.7")
duration = formatted(formats.is_duration, "an ISO 8601 duration", "xAPI 1.0.3 Data 4.6")
