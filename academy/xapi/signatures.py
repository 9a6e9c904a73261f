"""Signed statements: is the signature well formed, and does it sign this statement (xAPI 1.0.3 Data 2.6)?

Whether the signer may be trusted is not decided here.
"""

import base64
import binascii

from academy.xapi import equivalence, json_text, validation
from academy.xapi.attachments import Part, described_by
from academy.xapi.editions import Edition
from academy.xapi.errors import StatementInvalid
from academy.xapi.json_text import Json
from academy.xapi.vocabulary import SIGNATURE

CLAUSE = "xAPI 1.0.3 Data 2.6"
ALGORITHMS = frozenset({"RS256", "RS384", "RS512"})
MEDIA_TYPE = "application/octet-stream"


def check(statement: Json, parts: list[Part], *, edition: Edition) -> None:
    """Raise StatementInvalid where a signature among the parts is malformed or signs something else."""
    data = {part.sha2.lower(): part.data for part in parts}
    for attachment in described_by([statement]):
        if attachment["usageType"] != SIGNATURE:
            continue
        if attachment["contentType"] != MEDIA_TYPE:
            raise StatementInvalid(f"a signature has the content type {MEDIA_TYPE}", clause=CLAUSE)
        signature = data.get(str(attachment["sha2"]).lower())
        if signature is not None:
            _check_one(statement, signature, edition)


def _check_one(statement: Json, signature: bytes, edition: Edition) -> None:
    pieces = signature.strip().split(b".")
    if len(pieces) != 3 or not all(pieces):
        raise StatementInvalid("the signature is not a compact JWS", clause=CLAUSE)
    header, payload = _decoded(pieces[0], "header"), _decoded(pieces[1], "payload")
    if not isinstance(header, dict) or header.get("alg") not in ALGORITHMS:
        reason = f"a signature uses one of {', '.join(sorted(ALGORITHMS))}"
        raise StatementInvalid(reason, clause=CLAUSE)
    if not equivalence.same(validation.validate(payload, edition=edition), statement):
        raise StatementInvalid("the signature signs another statement", clause=CLAUSE)


def _decoded(piece: bytes, what: str) -> object:
    try:
        return json_text.decode(base64.urlsafe_b64decode(piece + b"=" * (-len(piece) % 4)))
    except (binascii.Error, StatementInvalid) as error:
        raise StatementInvalid(f"the {what} of the signature cannot be read", clause=CLAUSE) from error
