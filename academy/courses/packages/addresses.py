"""Addresses in manifests: bases joined, parameters appended, files found. (SCORM 1.2 CAM 2.3.5, XML Base)"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from urllib.parse import quote, unquote_to_bytes, urljoin

from academy.courses.packages.lookup import Names

SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:")
LONGEST = 8_000
SAFE_IN_QUERY = "%/?#&=:;,+!*()@$~-._[]|"


@dataclass(frozen=True)
class Target:
    """What an address leads to: a file, or why not."""

    href: str
    path: str | None = None
    suffix: str = ""
    external: bool = False
    outside: bool = False
    other_case: bool = False


def resolve(href: str, bases: Sequence[str], names: Names) -> Target:
    """Find the file that an address in a manifest means, below its chain of bases.

    Many tools write a base without its last slash although they mean a folder: both readings are tried.
    No name is as long as an address above the limit, which would cost much to take apart.
    """
    if len(href) + sum(map(len, bases)) > LONGEST:
        return Target(href[:LONGEST])
    href = href.strip().replace("\\", "/") if not _is_absolute(href.strip()) else href.strip()
    strict = reduce(join, [*bases, href], "")
    loose = reduce(join, [*(base.rstrip("/") + "/" for base in bases if base), href], "")
    if _is_absolute(strict):
        return Target(strict, external=True)
    outside = False
    for whole in dict.fromkeys((strict, loose)):
        for path, suffix in dict.fromkeys((split(whole), (whole, ""))):
            normal = normalised(path)
            outside = outside or normal is None
            found = _find(normal, names) if normal else None
            if found is not None:
                return Target(
                    whole, found, _encoded(suffix), other_case=not _written_alike(normal or "", found)
                )
    return Target(strict, outside=outside)


def join(base: str, reference: str) -> str:
    """Join a reference to a base; an absolute URL starts anew, a leading slash is the top of the package."""
    reference = reference.strip()
    if _is_absolute(reference):
        return reference
    if _is_absolute(base):
        return urljoin(base, reference)
    if reference.startswith("/"):
        return reference.lstrip("/")
    return base.rpartition("/")[0] + "/" + reference if "/" in base else reference


def split(address: str) -> tuple[str, str]:
    """Split an address into its path and what begins with `?` or `#`."""
    place = min((address.find(sign) for sign in "?#" if sign in address), default=len(address))
    return address[:place], address[place:]


def normalised(path: str) -> str | None:
    """Resolve `.`, `..` and doubled slashes; None where the path climbs out of the package."""
    parts: list[str] = []
    for part in path.split("/"):
        if part == "..":
            if not parts:
                return None
            parts.pop()
        elif part not in {"", "."}:
            parts.append(part)
    return "/".join(parts)


def with_parameters(suffix: str, parameters: str | None) -> str:
    """Append the parameters of an item to the query and fragment of its address.

    Leading `?` and `&` fall away; an existing fragment stays last, a second one is ignored.
    """
    added = (parameters or "").strip().lstrip("?&")
    if not added:
        return suffix
    query, sign, fragment = suffix.partition("#")
    if added.startswith("#"):
        return suffix if sign else suffix + _encoded(added)
    if sign:
        added = added.partition("#")[0]
    joiner = "&" if "?" in query else "?"
    return query + joiner + _encoded(added) + sign + fragment


def _is_absolute(address: str) -> bool:
    return address.startswith("//") or bool(SCHEME.match(address))


def _find(path: str, names: Names) -> str | None:
    return names.find(unquote_to_bytes(path)) or names.find(path.encode("utf-8"))


def _written_alike(path: str, found: str) -> bool:
    return Names([found]).has_exactly(unquote_to_bytes(path)) or found == path


def _encoded(text: str) -> str:
    return quote(text, safe=SAFE_IN_QUERY)
