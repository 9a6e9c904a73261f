"""Signed tokens of the run-time: for the API page, for commits, for opening a launch with no sign-in."""

from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

from flask import current_app
from itsdangerous import BadSignature, URLSafeTimedSerializer

from academy import clock

PAGE_SECONDS = 300
COMMIT_SECONDS = 2 * 3600
TICKET_SECONDS = 600
VISIT_SECONDS = 24 * 3600


class TokenRefused(Exception):
    """The token is not ours, belongs elsewhere, or is too old; `code` says which to programs."""

    def __init__(self, code: str) -> None:
        """Take `token-expired` or `token-foreign`."""
        self.code = code
        super().__init__(code)


@dataclass(frozen=True)
class Bearer:
    """Which launch a token is for, and on which content host it counts."""

    launch: UUID
    label: str


def page_token(bearer: Bearer) -> str:
    """Make the token in the address of the API page; good for five minutes."""
    return _dump("page", bearer)


def commit_token(bearer: Bearer) -> str:
    """Make the token that saves; good for two hours, renewed while the player is open."""
    return _dump("commit", bearer)


def read_page_token(token: str, *, label: str) -> Bearer:
    """Read the token of an API page; raises TokenRefused."""
    return _load("page", token, label=label, seconds=PAGE_SECONDS)


def read_commit_token(token: str, *, label: str) -> Bearer:
    """Read the token of a commit; raises TokenRefused."""
    return _load("commit", token, label=label, seconds=COMMIT_SECONDS)


def ticket(launch: UUID) -> str:
    """Make the ticket of an address that opens a launch without signing in; good for ten minutes."""
    return str(_signer("ticket").dumps(str(launch)))


def opens(token: str, *, launch: UUID) -> bool:
    """Say whether a ticket opens this launch now."""
    return _matches("ticket", token, launch, TICKET_SECONDS)


def visit(launch: UUID) -> str:
    """Make the cookie that a ticket is exchanged for; it counts for this one launch, for a day."""
    return str(_signer("visit").dumps(str(launch)))


def is_visitor(cookie: str | None, *, launch: UUID) -> bool:
    """Say whether a cookie admits to this launch."""
    return cookie is not None and _matches("visit", cookie, launch, VISIT_SECONDS)


def _signer(purpose: str) -> URLSafeTimedSerializer:
    return _signer_of(str(current_app.config["SECRET_KEY"]), purpose)


@lru_cache(maxsize=8)
def _signer_of(secret: str, purpose: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(secret, salt=f"academy.runtime.{purpose}")


def _dump(purpose: str, bearer: Bearer) -> str:
    return str(_signer(purpose).dumps([str(bearer.launch), bearer.label]))


def _load(purpose: str, token: str, *, label: str, seconds: int) -> Bearer:
    try:
        bearer, signed = _signed(_signer(purpose), token)
    except (BadSignature, ValueError) as error:
        raise TokenRefused("token-foreign") from error
    if not 0 <= int(clock.now().timestamp()) - signed <= seconds:
        raise TokenRefused("token-expired")
    if bearer.label != label:
        raise TokenRefused("token-foreign")
    return bearer


@lru_cache(maxsize=2000)
def _signed(signer: URLSafeTimedSerializer, token: str) -> tuple[Bearer, int]:
    """Return bearer and time of a token that was signed by us; content saves many times with the same one."""
    (launch, label), signed = signer.loads(token, return_timestamp=True)
    return Bearer(UUID(launch), label), int(signed.timestamp())


def _matches(purpose: str, token: str, launch: UUID, seconds: int) -> bool:
    try:
        return bool(_signer(purpose).loads(token, max_age=seconds) == str(launch))
    except BadSignature:
        return False
