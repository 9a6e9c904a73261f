"""The case scripts of ADL's SCORM 2004 4th Edition suite; ../shared/specs has their grammar."""

import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

PLACE = Path(__file__).parents[4] / "shared" / "packages" / "adl-cts-2004-4th"
_STEP = re.compile(r"Act(?P<act>\w+?)V(?P<visit>\d+)\.(?P<rest>.*)", re.DOTALL)
#: What an activity was asked for with `act=` in its address.
ACT = re.compile(r"[?&]act=(\w+)")


@dataclass
class Step:
    """What happens in one visit of an activity: calls of the content, questions, and the learner's click."""

    act: str
    calls: list[list[str]] = field(default_factory=list)
    questions: list[tuple[str, bool]] = field(default_factory=list)
    click: str | None = None


@dataclass
class Case:
    """A case: how it begins, and the visits that must follow."""

    name: str
    start: str
    steps: list[Step]


def read(name: str) -> Case:
    """Read the script of a case."""
    pairs = list(_pairs((PLACE / "TestCases" / f"{name}.properties").read_text("cp1252")))
    facts = {key: value for key, value in pairs if not _STEP.fullmatch(key)}
    steps: list[Step] = []
    last, asked = None, []
    for key, value in pairs:
        found = _STEP.fullmatch(key)
        if found is None:
            last = None
            continue
        place = (found["act"], found["visit"])
        if place != last:
            steps.append(Step(found["act"]))
            last, asked = place, []
        rest = found["rest"]
        if rest == "UIQ":
            asked = value.split("~")
        elif rest == "UIA":
            steps[-1].questions += zip(asked, [one.strip() == "Y" for one in value.split("~")], strict=False)
        elif rest == "CUI":
            steps[-1].click = value.strip()
        elif rest.startswith("commands."):
            steps[-1].calls.append(value.split("->"))
    return Case(name, facts.get("start", ".").strip(), steps)


def names() -> list[str]:
    """Return the names of all cases, nothing where the suite is not at hand."""
    return sorted(path.stem for path in (PLACE / "TestCases").glob("*.properties"))


def earlier(name: str) -> list[str]:
    """Return the cases that the learner has played before, whose shared objectives a case goes on with."""
    family = re.match(r"\D+\d*", name)[0]
    return [other for other in names() if re.fullmatch(rf"{family}[a-z]+", other) and other < name]


def element(told: str) -> str:
    """Write out the name of an element of the data model: `c~S~SCA` is `cmi.score.scaled`."""
    parts = [word(part) for part in told.split("~")]
    return ".".join(parts)


def word(told: str) -> str:
    """Write out one word, which stands for itself where it is unknown."""
    return _words().get(told, told)


@cache
def _words() -> dict[str, str]:
    return dict(_pairs((PLACE / "Commands.properties").read_text("cp1252")))


def _pairs(text: str):
    waiting = ""
    for line in text.splitlines():
        if "####" in line and not waiting:
            yield "", ""
            continue
        if line.endswith("\\"):
            waiting += line[:-1]
            continue
        whole, waiting = waiting + line, ""
        if "=" in whole and not whole.startswith("#"):
            key, _, value = whole.partition("=")
            yield key.strip(), re.sub(r"\\u([0-9A-Fa-f]{4})", lambda found: chr(int(found[1], 16)), value)
