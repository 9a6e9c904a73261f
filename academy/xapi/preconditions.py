"""What a client says it knows of a document before it writes (xAPI 1.0.3 Communication 3.1); pure."""

import re
from dataclasses import dataclass
from enum import Enum

from academy.xapi.errors import DocumentConflict, PreconditionFailed, XapiInvalid

CLAUSE = "xAPI 1.0.3 Communication 3.1"

_TAG = re.compile(r'(?:W/)?"([^"]*)"')


class Demand(Enum):
    """When a write has to bring a precondition."""

    NEVER = "never"
    FOR_EXISTING = "for existing documents"
    ALWAYS = "always"


@dataclass(frozen=True, slots=True)
class Preconditions:
    """The headers If-Match and If-None-Match of a request."""

    if_match: str | None = None
    if_none_match: str | None = None


NONE = Preconditions()


def check(given: Preconditions, *, etag: str | None, demand: Demand = Demand.NEVER) -> None:
    """Raise where a write may not happen; `etag` is that of the present document, if there is one."""
    if given.if_match is not None and not _names(given.if_match, etag):
        raise PreconditionFailed("If-Match names another version of this document", clause=CLAUSE)
    if given.if_none_match is not None and _names(given.if_none_match, etag):
        raise PreconditionFailed("If-None-Match: this document exists already", clause=CLAUSE)
    if given != NONE or demand is Demand.NEVER:
        return
    if etag is not None:
        reason = "this document exists: read its present state, then send its ETag as If-Match"
        raise DocumentConflict(reason, clause=CLAUSE)
    if demand is Demand.ALWAYS:
        raise XapiInvalid("send If-Match, or If-None-Match: * for a new document", clause=CLAUSE)


def _names(header: str, etag: str | None) -> bool:
    """Say whether a header names a document; a compressed answer carried the same tag with a suffix."""
    known = {tag.partition(":")[0] for tag in _TAG.findall(header)}
    return etag is not None and (header.strip() == "*" or etag in known)
