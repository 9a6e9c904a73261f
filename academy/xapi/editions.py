"""The two editions of the standard that the store speaks, and all that differs between them on the wire."""

import re
from enum import StrEnum

from academy.xapi.errors import XapiInvalid

CLAUSE = "xAPI 1.0.3 Communication 3.3"

_NUMBER = re.compile(r"(?P<line>[12]\.0)(\.\d+)?", re.ASCII)


class Edition(StrEnum):
    """An edition by its latest patch number, which every answer names."""

    FIRST = "1.0.3"
    SECOND = "2.0.0"

    @property
    def default_statement_version(self) -> str:
        """Return the version of a statement that names none (1.0.3 Data 2.4.10)."""
        return "1.0.0" if self is Edition.FIRST else "2.0.0"

    @property
    def has_alternate_syntax(self) -> bool:
        """Say whether requests may hide in a form (1.0.3 Communication 1.3; 2.0 removed it)."""
        return self is Edition.FIRST

    @property
    def guards_state(self) -> bool:
        """Say whether PUT of an existing state document needs a precondition (new in 2.0)."""
        return self is Edition.SECOND


def negotiated(text: str | None) -> Edition:
    """Return the edition that a version header asks for (Communication 3.3); raises XapiInvalid."""
    if text is None:
        raise XapiInvalid("the header X-Experience-API-Version is missing", clause=CLAUSE)
    found = _NUMBER.fullmatch(text.strip())
    if found is None:
        raise XapiInvalid(f"version {text[:40]!r} is not spoken here, only 1.0.x and 2.0.x", clause=CLAUSE)
    return Edition.FIRST if found["line"] == "1.0" else Edition.SECOND
