import base64
import hashlib

import pytest

from academy.xapi import json_text, signatures
from academy.xapi.attachments import Part
from academy.xapi.editions import Edition
from academy.xapi.errors import StatementInvalid
from academy.xapi.vocabulary import SIGNATURE
from tests.factories import xapi


def encoded(value):
    return base64.urlsafe_b64encode(json_text.encode(value)).rstrip(b"=")


def signed(payload, *, algorithm="RS256", content_type="application/octet-stream"):
    """Return a statement and the part with a signature of `payload`."""
    data = b".".join((encoded({"alg": algorithm}), encoded(payload), b"c2lnbmF0dXJl"))
    sha2 = hashlib.sha256(data).hexdigest()
    attachment = {
        "usageType": SIGNATURE,
        "display": {"en": "Signature"},
        "contentType": content_type,
        "length": len(data),
        "sha2": sha2,
    }
    return xapi.statement(attachments=[attachment]), Part(sha2, data)


def check(statement, part):
    signatures.check(statement, [part], edition=Edition.FIRST)


@pytest.mark.parametrize("algorithm", ["RS256", "RS384", "RS512"])
def test_check_signature_of_the_same_statement_passes(algorithm):
    check(*signed(xapi.statement(), algorithm=algorithm))


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"payload": xapi.statement(), "algorithm": "HS256"}, "RS256"),
        ({"payload": xapi.statement(), "content_type": "text/plain"}, "octet-stream"),
        ({"payload": xapi.statement(verb=xapi.verb("passed"))}, "another statement"),
        ({"payload": {"actor": xapi.agent()}}, "verb"),
    ],
)
def test_check_wrong_signature_is_refused(options, reason):
    with pytest.raises(StatementInvalid, match=reason):
        check(*signed(**options))


@pytest.mark.parametrize("data", [b"", b"a.b", b"..", b"a.b.c", b"\xff.\xff.\xff", b"e30.e30."])
def test_check_what_is_no_jws_is_refused(data):
    statement, part = signed(xapi.statement())

    with pytest.raises(StatementInvalid):
        check(statement, Part(part.sha2, data))


def test_check_other_attachments_are_left_alone():
    statement, part = signed(xapi.statement())
    statement["attachments"][0]["usageType"] = "x:other"

    check(statement, Part(part.sha2, b"no signature"))
