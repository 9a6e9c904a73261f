"""What the store refuses; messages are in English because programs are their readers."""

from academy.errors import Conflict, DomainError, Invalid, NotAllowed


class XapiInvalid(Invalid):
    """A request that breaks a rule of the standard."""


class StatementInvalid(XapiInvalid):
    """A statement that breaks a rule: where (`statements[2].actor.mbox`), why, and the clause."""

    def __init__(self, reason: str, *, clause: str, path: tuple[str | int, ...] = ()) -> None:
        """Take the reason, the clause of the standard, and the place inside the value at hand."""
        self.reason = reason
        self.clause = clause
        self.path = path
        super().__init__(reason, clause=clause)

    def within(self, name: str | int) -> "StatementInvalid":
        """Return the same fault as seen from the value that holds this one under `name`."""
        return StatementInvalid(self.reason, clause=self.clause, path=(name, *self.path))

    @property
    def place(self) -> str:
        """Return the place as a dotted path, empty for the value as a whole."""
        text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in self.path)
        return text.removeprefix(".")

    def __str__(self) -> str:
        """Return place and reason as one sentence."""
        return f"{self.place}: {self.reason}" if self.path else self.reason


class EncodingUnknown(DomainError):
    """The body is compressed in a way that is not read here."""


class StatementConflict(Conflict):
    """Another statement is already stored under this id."""


class DocumentConflict(Conflict):
    """A document would be overwritten by a client that has not said which version it knows."""


class PreconditionFailed(Conflict):
    """If-Match or If-None-Match does not hold."""


class NotAuthenticated(DomainError):
    """No credentials, or credentials that are unknown, wrong, revoked or expired."""


class NotPermitted(NotAllowed):
    """The scopes of the credentials do not cover the request."""


class TooManyRequests(DomainError):
    """The credential has sent more than it may; the error knows after how many seconds it may go on."""

    def __init__(self, reason: str, *, seconds: int) -> None:
        """Take the reason and the wait."""
        self.seconds = seconds
        super().__init__(reason, wait=seconds)
