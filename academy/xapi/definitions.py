"""The canonical definition of an activity, grown from what statements say (xAPI 1.0.3 Data 2.4.4.1); pure."""

from academy.xapi.json_text import Json

LANGUAGE_MAPS = ("name", "description")


def merged(known: Json, given: Json) -> Json:
    """Return the definition after a statement brought `given`.

    Names and descriptions take new languages and newer wording. Everything else stays as first seen, so that
    no later statement changes, say, the correct responses of a question.
    """
    result = {**given, **known}
    for name in LANGUAGE_MAPS:
        old, new = known.get(name), given.get(name)
        if isinstance(old, dict) and isinstance(new, dict):
            result[name] = {**old, **new}
    return result
