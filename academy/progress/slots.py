"""What progress adds to pages of other rooms."""


def card(**context: object) -> str:
    """Fill the place."""
    return ""


def action(**context: object) -> str:
    """Fill the place."""
    return ""
