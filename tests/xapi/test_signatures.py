"""Signatures of statements, alone and with the certificates of who signed (Data 2.6)."""

import base64
import hashlib
import io
from datetime import UTC, datetime, timedelta
from functools import cache

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA1, SHA256, SHA384, SHA512
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from academy.xapi import json_text, signatures
from academy.xapi.attachments import kept
from academy.xapi.editions import Edition
from academy.xapi.errors import StatementInvalid
from academy.xapi.vocabulary import SIGNATURE
from tests.factories import xapi

HASHES = {"RS256": SHA256, "RS384": SHA384, "RS512": SHA512}
LONG_AGO = datetime(2013, 4, 4, tzinfo=UTC)


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=")


def signed(payload=None, *, header=None, value=b"signature", content_type="application/octet-stream"):
    """Return a statement and the part with a signature of `payload`; a key as `value` signs truly."""
    header = {"alg": "RS256", **(header or {})}
    payload = xapi.statement() if payload is None else payload
    first = b".".join(base64url(json_text.encode(one)) for one in (header, payload))
    if not isinstance(value, bytes):
        value = value.sign(first, PKCS1v15(), HASHES[header["alg"]]())
    return part_of(b".".join((first, base64url(value))), content_type)


def part_of(data, content_type="application/octet-stream"):
    sha2 = hashlib.sha256(data).hexdigest()
    attachment = {
        "usageType": SIGNATURE,
        "display": {"en": "Signature"},
        "contentType": content_type,
        "length": len(data),
        "sha2": sha2,
    }
    return xapi.statement(attachments=[attachment]), kept(sha2, [data], io.BytesIO())


def check(statement, part):
    signatures.check(statement, [part], edition=Edition.FIRST)


@cache
def key(name):
    return (
        ec.generate_private_key(ec.SECP256R1()) if name == "curve" else rsa.generate_private_key(65537, 2048)
    )


@cache
def certificate(subject, issuer):
    """Return a certificate as x5c has it; all of them have expired."""
    names = [x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]) for name in (subject, issuer)]
    made = (
        x509.CertificateBuilder(*reversed(names))
        .public_key(key(subject).public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(LONG_AGO)
        .not_valid_after(LONG_AGO + timedelta(days=1))
        .sign(key(issuer), SHA256())
    )
    return base64.b64encode(made.public_bytes(Encoding.DER)).decode()


def chain():
    return [certificate("leaf", "issuer"), certificate("issuer", "root"), certificate("root", "root")]


@pytest.mark.parametrize("algorithm", ["RS256", "RS384", "RS512"])
def test_signature_that_fits_the_chain_passes(algorithm):
    check(*signed(header={"alg": algorithm, "x5c": chain()}, value=key("leaf")))


@pytest.mark.parametrize("algorithm", ["RS256", "RS384", "RS512"])
def test_check_signature_of_the_same_statement_passes(algorithm):
    check(*signed(header={"alg": algorithm}))


def test_certificate_alone_is_a_chain():
    check(*signed(header={"x5c": chain()[:1]}, value=key("leaf")))


def test_certificate_of_a_key_on_a_curve_may_have_issued_the_first():
    issued = [
        certificate("leaf", "curve"),
        certificate("curve", "curve"),
    ]

    check(*signed(header={"x5c": issued}, value=key("leaf")))


def altered(text):
    """Return a certificate with another signature of its issuer."""
    data = base64.b64decode(text)
    return base64.b64encode(data[:-1] + bytes([data[-1] ^ 1])).decode()


@pytest.mark.parametrize(
    ("x5c", "signer", "reason"),
    [
        (chain(), "issuer", "does not fit the first certificate"),
        ([*chain()[:2], chain()[0]], "leaf", r"x5c\[1\] is not signed by x5c\[2\]"),
        (chain()[::2], "leaf", r"x5c\[0\] is not signed by x5c\[1\]"),
        ([altered(chain()[0]), *chain()[1:]], "leaf", r"x5c\[0\] is not signed by x5c\[1\]"),
        (chain()[:1] * 11, "leaf", "1 to 10"),
        ([], "leaf", "1 to 10"),
        (chain()[0], "leaf", "array"),
        ([{}], "leaf", r"x5c\[0\] is not a certificate"),
        (["not base64!"], "leaf", r"x5c\[0\] is not a certificate"),
        (["AAAA"], "leaf", r"x5c\[0\] is not a certificate"),
        ([chain()[0], "AAAA"], "leaf", r"x5c\[1\] is not a certificate"),
        ([certificate("curve", "curve")], "leaf", "not for an RSA key"),
    ],
)
def test_certificates_that_do_not_hold_are_refused(x5c, signer, reason):
    with pytest.raises(StatementInvalid, match=reason):
        check(*signed(header={"x5c": x5c}, value=key(signer)))


def test_signature_made_by_another_algorithm_than_it_says_is_refused():
    _, part = signed(header={"alg": "RS256", "x5c": chain()}, value=key("leaf"))
    pieces = b"".join(part.pieces()).split(b".")
    pieces[0] = base64url(json_text.encode({"alg": "RS512", "x5c": chain()}))

    with pytest.raises(StatementInvalid, match="does not fit"):
        check(*part_of(b".".join(pieces)))


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"header": {"alg": "HS256"}}, "RS256, RS384, RS512"),
        ({"header": {"alg": "none"}}, "RS256, RS384, RS512"),
        ({"header": {"alg": ["RS256"]}}, "RS256, RS384, RS512"),
        ({"header": {"crit": ["exp"]}}, "extensions"),
        ({"content_type": "text/plain"}, "octet-stream"),
        ({"payload": xapi.statement(verb=xapi.verb("passed"))}, "another statement"),
        ({"payload": {"actor": xapi.agent()}}, "payload of the signature is no statement.*verb"),
        ({"payload": [1]}, "payload of the signature is no statement"),
    ],
)
def test_check_wrong_signature_is_refused(options, reason):
    with pytest.raises(StatementInvalid, match=reason):
        check(*signed(**options))


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "compact"),
        (b"a.b", "compact"),
        (b"..", "compact"),
        (b"e30.e30.", "compact"),
        (b'{"payload": "e30"}', "compact"),
        (b"a.e30.e30", "header of the signature is not base64url"),
        (b"e30=.e30.e30", "header of the signature is not base64url"),
        (b"\xff.\xff.\xff", "header of the signature is not base64url"),
        (b"e30.e+/0.e30", "payload of the signature is not base64url"),
        (b"e30.e3.e30", "payload of the signature cannot be read: not JSON"),
        (b"_w.e30.e30", "header of the signature cannot be read: not valid UTF-8"),
        (b"e30.e30.e", "value of the signature is not base64url"),
    ],
)
def test_check_what_is_no_jws_is_refused(data, reason):
    with pytest.raises(StatementInvalid, match=reason):
        check(*part_of(data))


def by_sha1(text, issuer):
    """Return a certificate as if SHA-1 had been used: both names of the algorithm, and the signature."""
    data = base64.b64decode(text).replace(
        bytes.fromhex("2a864886f70d01010b"), bytes.fromhex("2a864886f70d010105")
    )
    told = x509.load_der_x509_certificate(data).tbs_certificate_bytes
    return base64.b64encode(data[:-256] + key(issuer).sign(told, PKCS1v15(), SHA1())).decode()


@pytest.mark.parametrize(("signer", "fits"), [("issuer", True), ("root", False)])
def test_certificate_signed_by_sha1_is_judged_like_others(signer, fits):
    old = [by_sha1(chain()[0], signer), *chain()[1:]]
    sent = signed(header={"x5c": old}, value=key("leaf"))

    if fits:
        check(*sent)
    else:
        with pytest.raises(StatementInvalid, match=r"x5c\[0\] is not signed by x5c\[1\]"):
            check(*sent)


def test_check_other_attachments_are_left_alone():
    statement, part = signed()
    statement["attachments"][0]["usageType"] = "x:other"

    check(statement, kept(part.sha2, [b"no signature"], io.BytesIO()))
