"""Checks of the settings."""

import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

from academy.doctor.findings import FAULT, WARNING, Finding, is_public, setting
from academy.templating import demo_mode

SHORTEST_KEY = 32


def secret_key() -> Iterator[Finding]:
    """Check that the key of sessions cannot be guessed."""
    if len(setting("SECRET_KEY")) < SHORTEST_KEY:
        yield Finding(
            "secret key",
            FAULT,
            f"ACADEMY_SECRET_KEY has fewer than {SHORTEST_KEY} characters and can be guessed",
            "Leave it empty, so that one is made, or take a long random text; everybody signs in again.",
        )


def base_url() -> Iterator[Finding]:
    """Check that people reach the Academy by https."""
    if not is_public():
        yield Finding(
            "base url",
            WARNING,
            f"ACADEMY_BASE_URL is {setting('BASE_URL')}: only this computer can use the Academy",
            "Set ACADEMY_BASE_URL to the address that people use, with https.",
        )
    elif not setting("BASE_URL").startswith("https:"):
        yield Finding(
            "base url",
            FAULT,
            f"ACADEMY_BASE_URL is {setting('BASE_URL')}: passwords would travel unprotected",
            "Put a proxy with TLS in front, and set ACADEMY_BASE_URL to https://….",
        )


def proxies() -> Iterator[Finding]:
    """Check that addresses of people are known behind a proxy."""
    if setting("BASE_URL").startswith("https:") and not int(setting("TRUSTED_PROXIES")):
        yield Finding(
            "proxies",
            WARNING,
            "ACADEMY_TRUSTED_PROXIES is 0 behind https: everybody seems to come from the proxy",
            "Set it to the number of proxies in front, usually 1.",
        )


def content_origin() -> Iterator[Finding]:
    """Check that packages are kept from each other, and that their hosts lead here."""
    origin = setting("CONTENT_ORIGIN")
    if "{label}" not in origin:
        yield Finding(
            "content origin",
            WARNING,
            f"packages share the one origin {origin} and could read each other's storage",
            "Get a wildcard name and certificate, and set ACADEMY_CONTENT_ORIGIN to https://{label}.<host>.",
        )
    if is_public():
        host = urlsplit(origin.replace("{label}", "doctor")).hostname or ""
        try:
            socket.getaddrinfo(host, None)
        except OSError:
            yield Finding(
                "content origin",
                FAULT,
                f"{host} has no address: no package can be played",
                "Add the (wildcard) name of ACADEMY_CONTENT_ORIGIN to the DNS.",
            )


def figures() -> Iterator[Finding]:
    """Check that not everybody may read the figures of the Academy."""
    if is_public() and not setting("METRICS_ALLOW") and not setting("METRICS_TOKEN"):
        yield Finding(
            "figures",
            WARNING,
            "everybody may read /metrics",
            "Set ACADEMY_METRICS_ALLOW to the address of your Prometheus, or ACADEMY_METRICS_TOKEN.",
        )


def demonstration() -> Iterator[Finding]:
    """Check that accounts with a published password are not open to the world."""
    if demo_mode() and is_public():
        yield Finding(
            "demonstration",
            FAULT if setting("ALLOW_DEMO") == "True" else WARNING,
            "demonstration accounts, whose password is published, exist on a public host",
            "Begin with an instance folder of its own, without `academy demo load`.",
        )
