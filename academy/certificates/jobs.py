"""Jobs of certificates."""


def issue_later(sender: object, *, completion: object) -> None:
    """Ask for a certificate, in the transaction that completes the course."""
