"""The special data types of the standard, as yes-or-no questions and as values (xAPI 1.0.3 Data 4)."""

import re
from datetime import UTC, datetime, timedelta

_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20\x7f<>\"{}|\\^`]+")
_MAILTO = re.compile(r"mailto:[^@\s\x00]+@[^@\s\x00]+")
_SHA1 = re.compile(r"[0-9a-fA-F]{40}")
_SHA2 = re.compile(r"[0-9a-fA-F]{56}|[0-9a-fA-F]{64}|[0-9a-fA-F]{96}|[0-9a-fA-F]{128}")
_UUID = re.compile(r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}")
_MEDIA_TYPE = re.compile(r"[\w!#$&^.+-]+/[\w!#$&^.+-]+\s*(;.*)?", re.ASCII | re.DOTALL)
_VERSION_1 = re.compile(r"1\.0(\.\d+(-[0-9A-Za-z.-]+)?)?", re.ASCII)
_VERSION_2 = re.compile(r"2\.0(\.\d+(-[0-9A-Za-z.-]+)?)?", re.ASCII)

_LANGUAGE_TAG = re.compile(
    r"""
    (?:[a-z]{2,3}(?:-[a-z]{3}){0,3}|[a-z]{4}|[a-z]{5,8})    # language, extended language
    (?:-[a-z]{4})?                                          # script
    (?:-(?:[a-z]{2}|\d{3}))?                                # region
    (?:-(?:[a-z0-9]{5,8}|\d[a-z0-9]{3}))*                   # variants
    (?:-[0-9a-wy-z](?:-[a-z0-9]{2,8})+)*                    # extensions
    (?:-x(?:-[a-z0-9]{1,8})+)?                              # private use
    |x(?:-[a-z0-9]{1,8})+
    |i-(?:ami|bnn|default|enochian|hak|klingon|lux|mingo|navajo|pwn|tao|tay|tsu)
    |en-gb-oed|sgn-be-fr|sgn-be-nl|sgn-ch-de|art-lojban|cel-gaulish
    |no-bok|no-nyn|zh-guoyu|zh-hakka|zh-min|zh-min-nan|zh-xiang
    """,
    re.VERBOSE | re.IGNORECASE | re.ASCII,
)

_TIMESTAMP = re.compile(
    r"(?P<date>\d{4}-\d{2}-\d{2})[Tt ](?P<hour>\d{2}):(?P<minute>\d{2})"
    r"(?::(?P<second>\d{2})(?:[.,](?P<fraction>\d+))?)?"
    r"(?P<zone>[Zz]|[+-]\d{2}(?::?\d{2})?)?",
    re.ASCII,
)
_RFC_3339 = re.compile(r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})", re.ASCII)
_UNKNOWN_ZONES = frozenset({"-00", "-0000", "-00:00"})

_NUMBER = r"\d+(?:[.,]\d+)?"
_DURATION = re.compile(
    rf"P(?:{_NUMBER}W"
    rf"|(?=[\dT])(?:{_NUMBER}Y)?(?:{_NUMBER}M)?(?:{_NUMBER}D)?"
    rf"(?:T(?=\d)(?:{_NUMBER}H)?(?:{_NUMBER}M)?(?:{_NUMBER}S)?)?)",
    re.ASCII,
)
_FRACTION_BEFORE_THE_END = re.compile(r"[.,]\d+[A-Z](?!$)")
_BEYOND_HUNDREDTHS = re.compile(r"([.,]\d\d)\d+(?=S$)")


def is_iri(text: str) -> bool:
    """Say whether a text is an absolute IRI (Data 4.3), by a best effort."""
    return _IRI.fullmatch(text) is not None


def is_mailto(text: str) -> bool:
    """Say whether a text is `mailto:` with one e-mail address (Data 2.4.2.3)."""
    return _MAILTO.fullmatch(text) is not None


def is_sha1(text: str) -> bool:
    """Say whether a text is a SHA-1 in hexadecimal (Data 2.4.2.3)."""
    return _SHA1.fullmatch(text) is not None


def is_sha2(text: str) -> bool:
    """Say whether a text is one of the SHA-2 hashes in hexadecimal (Data 2.4.11)."""
    return _SHA2.fullmatch(text) is not None


def is_uuid(text: str) -> bool:
    """Say whether a text is a UUID in its standard form, of any version (Data 4.4)."""
    return _UUID.fullmatch(text) is not None


def is_media_type(text: str) -> bool:
    """Say whether a text is an Internet media type (RFC 2046)."""
    return _MEDIA_TYPE.fullmatch(text) is not None


def is_language_tag(text: str) -> bool:
    """Say whether the parts of a language tag have the lengths of RFC 5646 (Data 4.2)."""
    return _LANGUAGE_TAG.fullmatch(text) is not None


def is_version(text: str, *, second_edition: bool) -> bool:
    """Say whether a statement may carry this version (Data 2.4.10)."""
    return bool(_VERSION_1.fullmatch(text) or (second_edition and _VERSION_2.fullmatch(text)))


def is_duration(text: str) -> bool:
    """Say whether a text is an ISO 8601 duration with designators (Data 4.6)."""
    return _DURATION.fullmatch(text) is not None and not _FRACTION_BEFORE_THE_END.search(text)


def truncated_duration(text: str) -> str:
    """Return a duration without what lies beyond hundredths of a second (Data 4.6)."""
    return _BEYOND_HUNDREDTHS.sub(r"\1", text)


def is_timestamp(text: str) -> bool:
    """Say whether a text is a moment as in Data 4.5; the zones -00, -0000 and -00:00 are none."""
    try:
        moment(text)
    except ValueError:
        return False
    return True


def is_zoned_timestamp(text: str) -> bool:
    """Say whether a text is a timestamp as RFC 3339 writes it, with seconds and zone (xAPI 2.0 4.2.7)."""
    return _RFC_3339.fullmatch(text) is not None and is_timestamp(text)


def moment(text: str) -> datetime:
    """Return the moment of a timestamp in UTC, to the microsecond; without a zone it is taken as UTC.

    Raises ValueError where the text is no timestamp.
    """
    found = _TIMESTAMP.fullmatch(text)
    if found is None or found["zone"] in _UNKNOWN_ZONES:
        raise ValueError(f"not a timestamp: {text!r}")
    second = found["second"] or "00"
    leap = second == "60"
    fraction = (found["fraction"] or "")[:6].ljust(6, "0")
    zone = _zone(found["zone"])
    plain = f"{found['date']}T{found['hour']}:{found['minute']}:{'59' if leap else second}.{fraction}{zone}"
    try:
        value = datetime.fromisoformat(plain).astimezone(UTC)
        return value + timedelta(seconds=1) if leap else value
    except OverflowError as error:
        raise ValueError(f"not a timestamp: {text!r}") from error


def in_utc(text: str) -> str:
    """Return a timestamp in UTC, written as RFC 3339, with no digit of its fraction lost."""
    found = _TIMESTAMP.fullmatch(text)
    if found is None:
        raise ValueError(f"not a timestamp: {text!r}")
    whole = moment(text).strftime("%Y-%m-%dT%H:%M:%S").rjust(19, "0")
    fraction = (found["fraction"] or "").ljust(3, "0")
    return f"{whole}.{fraction}Z"


def _zone(text: str | None) -> str:
    if text is None or text in {"Z", "z"}:
        return "+00:00"
    digits = text[1:].replace(":", "").ljust(4, "0")
    return f"{text[0]}{digits[:2]}:{digits[2:]}"
