"""Other hosts that the files of a package name, and which of them content is loaded from."""

import re
from dataclasses import dataclass, field

NAME = rb"(?:[a-z0-9_\x80-\xff-]{1,63}\.){1,8}(?:xn--[a-z0-9-]{2,59}|[a-z\x80-\xff]{2,48})"
NUMBERS = rb"(?:[0-9]{1,3}\.){3}[0-9]{1,3}"
# Scripts write the slashes with a backslash, addresses within addresses in percent.
SLASHES = re.compile(rb"//|\\/\\?/|%2[fF]%2[fF]")
QUOTES = frozenset(b"\"'`(=")
BEFORE = QUOTES | frozenset(b":aA")
SCHEME = re.compile(rb"(?:https?|wss?|ftps?|rtmps?)(?::|%3a)$", re.IGNORECASE)
PERSON = re.compile(rb"[a-z0-9._~:-]{1,100}@", re.IGNORECASE)
HOST = re.compile(rb"(?:" + NUMBERS + rb"|" + NAME + rb")(?![a-z0-9_-]|\.[a-z0-9])", re.IGNORECASE)
TAG = re.compile(rb"<([a-z][a-z0-9:-]{0,40})", re.IGNORECASE)
ATTRIBUTE = re.compile(rb"([a-z][a-z0-9:_-]{0,40})\s{0,8}=\s{0,8}\\?[\"'`]?\s{0,8}$", re.IGNORECASE)
NAMESPACE = re.compile(rb"(?:^|[\s:])(?:xmlns(?::[\w.-]{1,40})?|schemalocation)\s{0,8}=", re.IGNORECASE)
REFERRING = re.compile(
    rb"\brel\s{0,8}=\s{0,8}[\"']?\s{0,8}(?:canonical|alternate|author|help|license|next|prev|shortlink)",
    re.IGNORECASE,
)
LOADING_TAGS = {
    "src": frozenset("script img iframe frame embed source video audio track input".split()),  # noqa: SIM905 -- a table
    "srcset": frozenset({"img", "source"}),
    "href": frozenset({"link", "image", "use", "feimage"}),
    "data": frozenset({"object"}),
    "poster": frozenset({"video"}),
    "background": frozenset({"body", "table", "td"}),
}
LOADING_CODE = re.compile(
    rb"(?:url\(|@import|\bfrom|\bimport\(|importscripts\(|\bfetch\(|\.src\s{0,8}=|\.open\([^,()]{0,20},)"
    rb"\s{0,8}\\?[\"'`]?\s{0,8}$",
    re.IGNORECASE,
)
VOCABULARIES = (
    "w3.org", "adlnet.org", "adlnet.gov", "imsglobal.org", "imsproject.org", "ieee.org", "purl.org",
    "xmlsoap.org", "openxmlformats.org", "ns.adobe.com", "schemas.microsoft.com", "inkscape.org",
    "sodipodi.sourceforge.net", "creativecommons.org", "example.com", "example.org",
)  # fmt: skip
ENDS = frozenset(b":/\\\"'`?#)>")
LOOK_BACK = 600
MOST_SLASHES = 2_000_000
MOST_ADDRESSES = 200_000
MOST_HOSTS = 1_000
MOST_FILES = 5


@dataclass
class Host:
    """A host outside of the package, and the files that name it.

    The place is where it is first loaded from, else where it is first named.
    """

    name: str
    loaded: bool
    file: str
    line: int
    element: str | None = None
    files: list[str] = field(default_factory=list)
    file_count: int = 0


@dataclass(frozen=True)
class Mention:
    """One address in one file."""

    host: str
    place: int
    loaded: bool
    element: str | None = None


class Hosts:
    """Gathers the hosts of a package; the work is bounded, whatever the files hold."""

    def __init__(self) -> None:
        """Begin with none."""
        self._found: dict[str, Host] = {}
        self._slashes = MOST_SLASHES
        self._addresses = MOST_ADDRESSES
        self.cut = False

    def look(self, path: str, content: bytes) -> None:
        """Note the hosts that a text file names; names of vocabularies and namespaces are no hosts."""
        for slashes in SLASHES.finditer(content):
            self._slashes -= 1
            if slashes.start() == 0 or content[slashes.start() - 1] not in BEFORE:
                continue
            self._addresses -= 1
            if self._slashes < 0 or self._addresses < 0:
                self.cut = True
                return
            mention = _mention(content, *slashes.span())
            if mention is not None:
                self._note(mention, path, content)

    def all(self) -> tuple[Host, ...]:
        """Return the hosts by name, those that are loaded from first."""
        return tuple(sorted(self._found.values(), key=lambda host: (not host.loaded, host.name)))

    def _note(self, mention: Mention, path: str, content: bytes) -> None:
        host = self._found.get(mention.host)
        if host is None and len(self._found) >= MOST_HOSTS:
            self.cut = True
            return
        if host is None or (mention.loaded and not host.loaded):
            line = content.count(b"\n", 0, mention.place) + 1
            before = host or Host(mention.host, mention.loaded, path, line)
            host = Host(
                mention.host, mention.loaded, path, line, mention.element, before.files, before.file_count
            )
            self._found[mention.host] = host
        if path not in host.files[-1:]:
            host.file_count += 1
            if len(host.files) < MOST_FILES:
                host.files.append(path)


def _mention(content: bytes, start: int, end: int) -> Mention | None:
    """Return the address that two slashes belong to; without a scheme it has to stand in quotes."""
    scheme = SCHEME.search(content[max(0, start - 9) : start])
    person = PERSON.match(content, end)
    host = HOST.match(content, person.end() if person else end)
    name = _name(host.group()) if host else None
    if host is None or name is None or _is_vocabulary(name):
        return None
    quoted = content[start - 1] in QUOTES and not set(content[host.end() : host.end() + 1]) - ENDS
    if scheme is None and not quoted:
        return None
    place = scheme.start() + max(0, start - 9) if scheme else start
    after = content[host.end() : host.end() + LOOK_BACK]
    use = _use(content[max(0, place - LOOK_BACK) : place], after)
    return Mention(name, place, *use) if use else None


def _is_vocabulary(name: str) -> bool:
    return any(name == known or name.endswith("." + known) for known in VOCABULARIES)


def _use(before: bytes, after: bytes) -> tuple[bool, str | None] | None:
    """Say whether an address is loaded, and by which element; None where it only names a vocabulary."""
    start = before.rfind(b"<")
    tag = TAG.match(before, start) if start > before.rfind(b">") else None
    attribute = ATTRIBUTE.search(before[-120:])
    if tag is None:
        return bool(LOADING_CODE.search(before[-60:])), None
    inside = before[start:]
    element = tag.group(1).decode("ascii").rpartition(":")[2]
    if NAMESPACE.search(inside) and (attribute is None or NAMESPACE.search(b" " + attribute.group())):
        return None
    name = attribute.group(1).decode("ascii").lower().rpartition(":")[2] if attribute else ""
    loads = element.lower() in LOADING_TAGS.get(name, ()) or bool(LOADING_CODE.search(before[-60:]))
    if element.lower() == "link" and REFERRING.search(inside + after.partition(b">")[0]):
        loads = False
    return loads, element


def _name(raw: bytes) -> str | None:
    """Return the name of a host in lower case; letters of other scripts end where they are no letters."""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        text = re.split(rb"[\x80-\xff]", raw, maxsplit=1)[0].decode("ascii")
    found = re.match(r"[\w.-]*", text.lower())
    name = (found.group() if found else "").strip(".")
    last = name.rpartition(".")[2]
    if name.startswith(("127.", "0.")) or "." not in name or len(last) < 2:
        return name if re.fullmatch(r"(?!127\.|0\.)(?:\d{1,3}\.){3}\d{1,3}", name) else None
    return name
