"""Addresses on both hosts: where content lies, and where the Academy itself is."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import current_app

LABEL = "{label}"


@dataclass(frozen=True)
class ContentHosts:
    """The hosts that answer for content, by the setting CONTENT_ORIGIN."""

    template: str

    @property
    def has_labels(self) -> bool:
        """Say whether each label has a host of its own."""
        return LABEL in self.template

    def origin(self, label: str) -> str:
        """Return the web origin of a label."""
        return self.template.replace(LABEL, label)

    def base(self, label: str) -> str:
        """Return the address under which all content of a label lies."""
        return self.origin(label) if self.has_labels else f"{self.template}/{label}"

    def match(self, host: str, path: str) -> tuple[str, str] | None:
        """Return label and path of a request for content, or None for a request to the Academy itself."""
        wanted = urlsplit(self.template).netloc.lower()
        host = host.lower()
        if not self.has_labels:
            if host != wanted:
                return None
            label, _, rest = path.lstrip("/").partition("/")
            return label, f"/{rest}"
        before, after = wanted.split(LABEL)
        if len(host) <= len(before) + len(after) or not (host.startswith(before) and host.endswith(after)):
            return None
        label = host[len(before) : len(host) - len(after)]
        return (label, path) if label.isalnum() else ("-", path)


def content_hosts() -> ContentHosts:
    """Return the content hosts of this instance."""
    return ContentHosts(str(current_app.config["CONTENT_ORIGIN"]))
