"""Signed statements: does a signature sign this one, and fit its certificate (xAPI 1.0.3 Data 2.6)?

Whether the signer may be trusted is not decided here; without a certificate only the form of a signature is
looked at.
"""

import base64
import binascii
import re
from collections.abc import Sequence

from academy.xapi import equivalence, json_text, validation
from academy.xapi.attachments import Part, described_by
from academy.xapi.editions import Edition
from academy.xapi.errors import StatementInvalid
from academy.xapi.json_text import Json
from academy.xapi.vocabulary import SIGNATURE

CLAUSE = "xAPI 1.0.3 Data 2.6"
ALGORITHMS = frozenset({"RS256", "RS384", "RS512"})
MEDIA_TYPE = "application/octet-stream"
LONGEST = 16_000_000

_BASE64URL = re.compile(rb"[A-Za-z0-9_-]+")


def check(statement: Json, parts: Sequence[Part], *, edition: Edition) -> None:
    """Raise StatementInvalid where a signature among the parts is malformed, wrong or of something else."""
    data = {part.sha2.lower(): part for part in parts}
    for attachment in described_by([statement]):
        if attachment["usageType"] != SIGNATURE:
            continue
        if attachment["contentType"] != MEDIA_TYPE:
            raise StatementInvalid(f"a signature has the content type {MEDIA_TYPE}", clause=CLAUSE)
        part = data.get(str(attachment["sha2"]).lower())
        if part is not None:
            _check_one(statement, _whole(part), edition)


def _whole(part: Part) -> bytes:
    if part.size > LONGEST:
        raise StatementInvalid(f"a signature has at most {LONGEST} bytes", clause=CLAUSE)
    return b"".join(part.pieces())


def _check_one(statement: Json, signature: bytes, edition: Edition) -> None:
    pieces = signature.strip().split(b".")
    if len(pieces) != 3 or not all(pieces):
        raise StatementInvalid("the signature is not a compact JWS", clause=CLAUSE)
    header, payload = _json(pieces[0], "header"), _json(pieces[1], "payload")
    signed, value = b".".join(pieces[:2]), _bytes(pieces[2], "value")
    if not isinstance(header, dict) or str(header.get("alg")) not in ALGORITHMS:
        reason = f"a signature uses one of {', '.join(sorted(ALGORITHMS))}"
        raise StatementInvalid(reason, clause=CLAUSE)
    if "crit" in header:
        raise StatementInvalid("the header of the signature asks for extensions of JWS", clause=CLAUSE)
    if not equivalence.same(_statement(payload, edition), statement):
        raise StatementInvalid("the signature signs another statement", clause=CLAUSE)
    if "x5c" in header:
        from academy.xapi import chains  # noqa: PLC0415 -- slow import

        chains.check(header["x5c"], algorithm=str(header["alg"]), signed=signed, signature=value)


def _statement(payload: object, edition: Edition) -> Json:
    try:
        return validation.validate(payload, edition=edition)
    except StatementInvalid as fault:
        reason = f"the payload of the signature is no statement: {fault}"
        raise StatementInvalid(reason, clause=fault.clause) from fault


def _json(piece: bytes, what: str) -> object:
    try:
        return json_text.decode(_bytes(piece, what))
    except StatementInvalid as fault:
        reason = f"the {what} of the signature cannot be read: {fault}"
        raise StatementInvalid(reason, clause=CLAUSE) from fault


def _bytes(piece: bytes, what: str) -> bytes:
    """Decode base64url without padding (RFC 7515 2); other characters are not passed over."""
    try:
        if _BASE64URL.fullmatch(piece) is None:
            raise binascii.Error
        return base64.urlsafe_b64decode(piece + b"=" * (-len(piece) % 4))
    except binascii.Error as error:
        raise StatementInvalid(f"the {what} of the signature is not base64url", clause=CLAUSE) from error
