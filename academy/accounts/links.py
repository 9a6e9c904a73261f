"""Addresses in mails: made from BASE_URL, never from the host that a request names."""

from flask import current_app


def absolute(endpoint: str, **values: object) -> str:
    """Return the full address of an endpoint; works outside of a request as well."""
    path = current_app.url_map.bind("academy.invalid").build(endpoint, values)
    return f"{current_app.config['BASE_URL']}{path}"
