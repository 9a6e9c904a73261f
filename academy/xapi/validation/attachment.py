"""Attachment objects (xAPI 1.0.3 Data 2.4.11)."""

from academy.xapi import formats
from academy.xapi.errors import StatementInvalid
from academy.xapi.validation import shapes

ATTACHMENT = "xAPI 1.0.3 Data 2.4.11"


def attachment(value: object) -> None:
    """Demand an attachment object with all that describes its data."""
    required = ("usageType", "display", "contentType", "length", "sha2")
    shapes.properties(value, _RULES, ATTACHMENT, required=required)


def _length(value: object) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise StatementInvalid("must be a whole number of bytes", clause=ATTACHMENT)


_RULES: dict[str, shapes.Rule] = {
    "usageType": shapes.iri,
    "display": shapes.language_map,
    "description": shapes.language_map,
    "contentType": shapes.formatted(formats.is_media_type, "a media type", ATTACHMENT),
    "length": _length,
    "sha2": shapes.formatted(formats.is_sha2, "a SHA-2 in hexadecimal", ATTACHMENT),
    "fileUrl": shapes.iri,
}

attachments = shapes.array_of(attachment, ATTACHMENT)
