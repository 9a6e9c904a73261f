"""What a reader of packages has to say: one finding, in the reader's language, with its place."""

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from flask_babel import LazyString

from academy.courses.packages.messages import MESSAGES
from academy.errors import Invalid

Severity = Literal["error", "warning", "info"]
MOST_OF_A_KIND = 20
LONGEST_TEXT = 1_000
TURNING = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


@dataclass(frozen=True)
class Finding:
    """One remark about a package; the sentence is made when it is read, in the reader's language."""

    severity: Severity
    code: str
    facts: Mapping[str, str] = field(default_factory=dict)
    file: str | None = None
    line: int | None = None
    element: str | None = None

    @property
    def message(self) -> str:
        """Return the sentence in the present locale."""
        return str(MESSAGES[self.code][1]) % self.facts

    def to_json(self) -> dict[str, object]:
        """Return the form that is kept and exchanged; `message` is in the present locale."""
        return {
            "severity": self.severity,
            "code": self.code,
            "message": self.message,
            "file": self.file,
            "line": self.line,
            "element": self.element,
            "facts": dict(self.facts),
        }


def finding(
    code: str,
    *,
    file: str | None = None,
    line: int | None = None,
    element: str | None = None,
    **facts: object,
) -> Finding:
    """Make a finding with the severity that its code has in the catalogue; its texts are fit to be shown."""
    texts = {name: shown(str(value)) for name, value in facts.items()}
    return Finding(MESSAGES[code][0], code, texts, file and shown(file), line, element and shown(element))


def shown(text: str) -> str:
    """Return a text of strangers as it may stand in a line: nothing that moves the cursor or turns the line.

    A very long one is cut.
    """
    text = text if len(text) <= LONGEST_TEXT else f"{text[:LONGEST_TEXT]}…"
    return "".join(letter if _is_harmless(letter) else _escaped(letter) for letter in text)


def from_json(kept: Mapping[str, object]) -> Finding:
    """Read a finding that was kept as JSON, so that it can be shown in another language."""
    facts = kept.get("facts")
    line = kept.get("line")
    return Finding(
        severity=_severity(str(kept["severity"])),
        code=str(kept["code"]),
        facts={str(name): str(value) for name, value in facts.items()} if isinstance(facts, dict) else {},
        file=_text(kept.get("file")),
        line=line if isinstance(line, int) else None,
        element=_text(kept.get("element")),
    )


def limited(found: Iterable[Finding]) -> tuple[Finding, ...]:
    """Keep the first findings of each code and say how many more there were; errors come first."""
    seen: dict[str, list[Finding]] = {}
    for one in found:
        seen.setdefault(one.code, []).append(one)
    kept: list[Finding] = []
    for code, several in seen.items():
        kept += several[:MOST_OF_A_KIND]
        if len(several) > MOST_OF_A_KIND:
            kept.append(finding("more-of-a-kind", kind=code, count=len(several) - MOST_OF_A_KIND))
    return tuple(sorted(kept, key=lambda one: ("error", "warning", "info").index(one.severity)))


class PackageRefused(Invalid):
    """The package cannot be taken; `findings` say why."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        """Take the findings; the first error is the sentence that people read."""
        self.findings = tuple(findings)
        first = next((one for one in self.findings if one.severity == "error"), self.findings[0])
        super().__init__(LazyString(lambda: first.message), findings=[one.to_json() for one in self.findings])


def refused(
    code: str, *, file: str | None = None, line: int | None = None, **facts: object
) -> PackageRefused:
    """Make the refusal that rests on one finding."""
    return PackageRefused([finding(code, file=file, line=line, element=None, **facts)])


def _is_harmless(letter: str) -> bool:
    return unicodedata.category(letter) not in {"Cc", "Cs", "Zl", "Zp"} and letter not in TURNING


def _escaped(letter: str) -> str:
    return letter.encode("unicode_escape").decode("ascii")


def _severity(text: str) -> Severity:
    return "error" if text == "error" else "warning" if text == "warning" else "info"


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
