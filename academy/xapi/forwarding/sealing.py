"""Secrets of other stores, which have to be sent and so cannot be digests: sealed with SECRET_KEY."""

import base64

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import current_app

from academy.errors import Invalid


def sealed(secret: str) -> bytes:
    """Return what may be kept in the database."""
    return _box().encrypt(secret.encode())


def opened(kept: bytes) -> str:
    """Return the secret; raises Invalid where SECRET_KEY is another one by now."""
    try:
        return _box().decrypt(kept).decode()
    except InvalidToken as error:
        raise Invalid(
            "the secret was sealed with another SECRET_KEY: remove the target and add it again"
        ) from error


def _box() -> Fernet:
    material = str(current_app.config["SECRET_KEY"]).encode()
    key = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"academy.xapi.forwarding").derive(material)
    return Fernet(base64.urlsafe_b64encode(key))
