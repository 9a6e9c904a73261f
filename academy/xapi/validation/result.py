"""Results and scores (xAPI 1.0.3 Data 2.4.5)."""

from academy.xapi.errors import StatementInvalid
from academy.xapi.json_text import Json
from academy.xapi.validation import shapes

RESULT = "xAPI 1.0.3 Data 2.4.5"
SCORE = "xAPI 1.0.3 Data 2.4.5.1"


def result(value: object) -> None:
    """Demand a result."""
    shapes.properties(value, _RESULT_RULES, RESULT)


def score(value: object) -> None:
    """Demand a score: scaled within -1 and 1, raw within min and max, min below max."""
    members = shapes.properties(value, _SCORE_RULES, SCORE)
    scaled = _value(members, "scaled")
    raw, low, high = _value(members, "raw"), _value(members, "min"), _value(members, "max")
    if scaled is not None and not -1 <= scaled <= 1:
        raise StatementInvalid("lies between -1 and 1", clause=SCORE, path=("scaled",))
    if low is not None and high is not None and low >= high:
        raise StatementInvalid("must be less than max", clause=SCORE, path=("min",))
    if raw is not None and ((low is not None and raw < low) or (high is not None and raw > high)):
        raise StatementInvalid("lies between min and max", clause=SCORE, path=("raw",))


def _value(members: Json, name: str) -> float | None:
    value = members.get(name)
    return value if isinstance(value, int | float) else None


def _number(value: object) -> None:
    shapes.number(value, clause=SCORE)


_SCORE_RULES: dict[str, shapes.Rule] = dict.fromkeys(("scaled", "raw", "min", "max"), _number)
_RESULT_RULES: dict[str, shapes.Rule] = {
    "score": score,
    "success": shapes.boolean,
    "completion": shapes.boolean,
    "response": shapes.string,
    "duration": shapes.duration,
    "extensions": shapes.extensions,
}
