"""What the files of a package hold, seen while they stream by: other hosts, Flash, the authoring tool."""

import re
from collections.abc import Iterable, Iterator

from academy.courses.packages.findings import Finding, finding
from academy.courses.packages.limits import Limits

TEXTS = (".html", ".htm", ".xhtml", ".js", ".mjs", ".css", ".svg")
HOST = rb"(?P<host>(?:[a-z0-9-]{1,63}\.){1,8}[a-z]{2,24})(?![a-z0-9.-])"
LOADED = (
    re.compile(
        rb"<(?:script|img|iframe|frame|embed|source|video|audio|track|input)\b[^>]{0,500}?\ssrc\s*=\s*[\"']?\s*(?:https?:)?//"
        + HOST,
        re.IGNORECASE,
    ),
    re.compile(rb"<link\b[^>]{0,500}?\shref\s*=\s*[\"']?\s*(?:https?:)?//" + HOST, re.IGNORECASE),
    re.compile(rb"<object\b[^>]{0,500}?\sdata\s*=\s*[\"']?\s*(?:https?:)?//" + HOST, re.IGNORECASE),
    re.compile(rb"(?:url\(|@import)\s*[\"']?\s*(?:https?:)?//" + HOST, re.IGNORECASE),
)
NAMED = re.compile(rb"https?://" + HOST, re.IGNORECASE)
VOCABULARIES = (
    "w3.org", "adlnet.org", "adlnet.gov", "imsglobal.org", "imsproject.org", "ieee.org", "purl.org",
    "xmlsoap.org", "openxmlformats.org", "ns.adobe.com", "schemas.microsoft.com", "inkscape.org",
    "sodipodi.sourceforge.net", "creativecommons.org", "example.com", "example.org",
)  # fmt: skip
MOST_HOSTS = 30
TOOLS = (
    ("Articulate Storyline", ("story_content/", "/story_content/")),
    ("Articulate Rise", ("scormcontent/lib/", "/scormcontent/lib/")),
    ("Adobe Captivate", ("assets/js/cpm.js", "/assets/js/cpm.js")),
    ("iSpring", ("data/browsersupport.js", "/data/browsersupport.js")),
    ("Adapt", ("adapt/js/", "/adapt/js/")),
    ("eXeLearning", ("exe_jquery.js", "common_i18n.js", "libs/exe_")),
    ("Lectora", ("trivantis.js", "/trivantis.js", "trivantis-titlemgr.js")),
)


class Scan:
    """Looks at files while they are read; bounded in bytes per file and in all."""

    def __init__(self, limits: Limits) -> None:
        """Begin with nothing seen."""
        self._limits = limits
        self._left = limits.scan_total_bytes
        self._loaded: dict[str, str] = {}
        self._named: dict[str, str] = {}
        self._flash: str | None = None

    def watched(self, path: str, pieces: Iterable[bytes]) -> Iterator[bytes]:
        """Pass the pieces of a file on, and look at the beginning of it once it was read."""
        if path.lower().endswith(".swf"):
            self._flash = self._flash or path
        room = min(self._limits.scan_file_bytes, self._left) if path.lower().endswith(TEXTS) else 0
        beginning = bytearray()
        for piece in pieces:
            if len(beginning) < room:
                beginning += piece[: room - len(beginning)]
            yield piece
        self._left -= len(beginning)
        self._look(path, bytes(beginning))

    def findings(self) -> list[Finding]:
        """Return what was seen."""
        found: list[Finding] = []
        named = {host: path for host, path in self._named.items() if host not in self._loaded}
        for code, hosts in (("outside-hosts-loaded", self._loaded), ("outside-hosts-named", named)):
            if hosts:
                several = sorted(hosts)
                listed = ", ".join(several[:MOST_HOSTS]) + (" …" if len(several) > MOST_HOSTS else "")
                found.append(finding(code, file=hosts[several[0]], hosts=listed))
        if self._flash:
            found.append(finding("flash", file=self._flash))
        return found

    def _look(self, path: str, content: bytes) -> None:
        if b"//" not in content:
            return
        for pattern in LOADED:
            self._note(self._loaded, path, pattern, content)
        self._note(self._named, path, NAMED, content)

    def _note(self, hosts: dict[str, str], path: str, pattern: re.Pattern[bytes], content: bytes) -> None:
        for match in pattern.finditer(content):
            host = match.group("host").decode("ascii").lower()
            if len(hosts) < 1000 and not any(
                host == known or host.endswith("." + known) for known in VOCABULARIES
            ):
                hosts.setdefault(host, path)


def authoring_tool(paths: Iterable[str]) -> str | None:
    """Return the tool that made a package, by the files that it leaves; None where it is not known."""
    lowered = [path.lower() for path in paths]
    for tool, marks in TOOLS:
        if any(
            path.startswith(mark) or (mark.startswith("/") and mark in path)
            for path in lowered
            for mark in marks
        ):
            return tool
    return None
