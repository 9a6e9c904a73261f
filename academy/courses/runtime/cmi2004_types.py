"""The types of values in the data model of SCORM 2004. (RTE 4.1.1)"""

import re

LONGEST_IDENTIFIER = 4000
_SECONDS = {"D": 86_400, "H": 3600, "M": 60, "S": 1}
#: How long a year and a month are taken to be; content that counts in them does not mean it to the second.
_YEAR, _MONTH = 365, 30

_REAL = re.compile(r"[+-]?\d{1,20}(\.\d{0,20})?|[+-]?\.\d{1,20}", re.ASCII)
_DURATION = re.compile(
    r"P(?=.)(?:(?P<years>\d+)Y)?(?:(?P<months>\d+)M)?(?:(?P<days>\d+)D)?"
    r"(?:T(?=.)(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+(?:\.\d{1,2})?)S)?)?",
    re.ASCII,
)
_TIMESTAMP = re.compile(
    r"(?P<year>\d{4})(?:-(?P<month>\d\d)(?:-(?P<day>\d\d)"
    r"(?:T(?P<hour>\d\d)(?::(?P<minute>\d\d)(?::(?P<second>\d\d)(?:\.\d{1,2}"
    r"(?:Z|[+-](?P<zone_hour>\d\d)(?::(?P<zone_minute>\d\d))?)?)?)?)?)?)?)?",
    re.ASCII,
)
_LANGUAGE = re.compile(r"([A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*)?", re.ASCII)
_LOCALIZED = re.compile(r"\{lang=(?P<tag>[^}]*)\}")
_BLANK = re.compile(r"\s")


def is_real(text: str) -> bool:
    """Say whether a text is a real number."""
    return _REAL.fullmatch(text) is not None


def is_between(text: str, lowest: float | None = None, highest: float | None = None) -> bool:
    """Say whether a text is a real number within bounds."""
    if not is_real(text):
        return False
    found = float(text)
    return (lowest is None or found >= lowest) and (highest is None or found <= highest)


def is_duration(text: str) -> bool:
    """Say whether a text is a duration (ISO 8601, no weeks, seconds with at most two decimals)."""
    return _DURATION.fullmatch(text) is not None


def milliseconds(text: str) -> int:
    """Return how long a duration lasts; raises ValueError where it is none."""
    found = _DURATION.fullmatch(text)
    if found is None:
        raise ValueError(f"not a duration: {text!r}")
    whole = {name: int(value) for name, value in found.groupdict("0").items() if name != "seconds"}
    days = whole["years"] * _YEAR + whole["months"] * _MONTH + whole["days"]
    minutes = (days * 24 + whole["hours"]) * 60 + whole["minutes"]
    return minutes * 60_000 + round(float(found["seconds"] or 0) * 1000)


def duration(length: int) -> str:
    """Write milliseconds as a duration in hours, minutes and seconds, cut to hundredths."""
    hundredths = length // 10
    seconds, rest = divmod(hundredths, 100)
    decimals = f".{rest:02d}" if rest else ""
    return f"PT{seconds // 3600}H{seconds // 60 % 60}M{seconds % 60}{decimals}S"


def is_timestamp(text: str) -> bool:
    """Say whether a text is a moment from 1970 to 2038, as exact as content cares to be.

    A zone may follow hundredths of a second only, as ADL's suite has it.
    """
    found = _TIMESTAMP.fullmatch(text)
    if found is None or not 1970 <= int(found["year"]) <= 2038:
        return False
    bounds = {
        "month": (1, 12),
        "day": (1, 31),
        "hour": (0, 23),
        "minute": (0, 59),
        "second": (0, 59),
        "zone_hour": (0, 23),
        "zone_minute": (0, 59),
    }
    return all(found[name] is None or low <= int(found[name]) <= high for name, (low, high) in bounds.items())


def is_language(text: str) -> bool:
    """Say whether a text is a language tag, or empty."""
    return _LANGUAGE.fullmatch(text) is not None


def is_localized(text: str) -> bool:
    """Say whether a text is one in a language, which may stand before it as `{lang=…}`."""
    found = _LOCALIZED.match(text)
    return found is None or (found["tag"] != "" and is_language(found["tag"]))


def is_identifier(text: str) -> bool:
    """Say whether a text can be an identifier: not empty, without white space, a URN whole."""
    if not text or len(text) > LONGEST_IDENTIFIER or _BLANK.search(text):
        return False
    return (
        not text.lower().startswith("urn:") or re.fullmatch(r"(?i)urn:[a-z0-9-]{2,32}:.+", text) is not None
    )
