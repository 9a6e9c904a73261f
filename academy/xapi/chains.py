"""The X.509 certificates in the header of a signature (RFC 7515 4.1.6, xAPI 1.0.3 Data 2.6).

This finds mistakes, not impostors: the signature must fit the first certificate, and each certificate be
signed by the next one. Nobody asks who issued the last, whether one has expired (a statement may be older
than its certificate's end) or was revoked.
"""

import base64
import binascii
from itertools import pairwise

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA1, SHA256, SHA384, SHA512

from academy.xapi.errors import StatementInvalid

CLAUSE = "xAPI 1.0.3 Data 2.6"
LONGEST = 10
HASHES: dict[str, type[SHA256 | SHA384 | SHA512]] = {"RS256": SHA256, "RS384": SHA384, "RS512": SHA512}


def check(chain: object, *, algorithm: str, signed: bytes, signature: bytes) -> None:
    """Raise StatementInvalid unless the signature fits the first certificate and the chain holds together."""
    if not isinstance(chain, list) or not 0 < len(chain) <= LONGEST:
        raise StatementInvalid(f"x5c is an array of 1 to {LONGEST} certificates", clause=CLAUSE)
    certificates = [_certificate(text, place) for place, text in enumerate(chain)]
    for place, (one, issuer) in enumerate(pairwise(certificates)):
        _check_issued(one, issuer, place)
    key = _key(certificates[0], 0)
    if not isinstance(key, RSAPublicKey):
        raise StatementInvalid("the first certificate of x5c is not for an RSA key", clause=CLAUSE)
    try:
        key.verify(signature, signed, PKCS1v15(), HASHES[algorithm]())
    except InvalidSignature as error:
        raise StatementInvalid(
            "the signature does not fit the first certificate of x5c", clause=CLAUSE
        ) from error


def _certificate(text: object, place: int) -> x509.Certificate:
    try:
        if not isinstance(text, str):
            raise TypeError
        return x509.load_der_x509_certificate(base64.b64decode(text, validate=True))
    except (TypeError, ValueError, binascii.Error) as error:
        reason = f"x5c[{place}] is not a certificate in base64"
        raise StatementInvalid(reason, clause=CLAUSE) from error


def _check_issued(one: x509.Certificate, issuer: x509.Certificate, place: int) -> None:
    key = _key(issuer, place + 1)
    try:
        if isinstance(key, RSAPublicKey) and isinstance(one.signature_hash_algorithm, SHA1):
            _check_issued_by_sha1(one, issuer, key)
        else:
            one.verify_directly_issued_by(issuer)
    except (InvalidSignature, UnsupportedAlgorithm, ValueError, TypeError) as error:
        reason = f"x5c[{place}] is not signed by x5c[{place + 1}]"
        raise StatementInvalid(reason, clause=CLAUSE) from error


def _check_issued_by_sha1(one: x509.Certificate, issuer: x509.Certificate, key: RSAPublicKey) -> None:
    """Do for an old certificate, such as those of the standard's example, what the library no longer does."""
    if one.issuer != issuer.subject:
        raise ValueError("another issuer")
    key.verify(one.signature, one.tbs_certificate_bytes, PKCS1v15(), SHA1())  # noqa: S303 -- see above


def _key(certificate: x509.Certificate, place: int) -> object:
    try:
        return certificate.public_key()
    except (UnsupportedAlgorithm, ValueError) as error:
        raise StatementInvalid(f"the key of x5c[{place}] cannot be read", clause=CLAUSE) from error
