"""What the files of a package hold, seen while they stream by: other hosts, scripts, languages, the tool."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from academy.courses.packages.authoring import Signatures, by_files
from academy.courses.packages.findings import Finding, finding
from academy.courses.packages.hosts import Host, Hosts
from academy.courses.packages.languages import Languages
from academy.courses.packages.limits import Limits

KINDS = {
    **dict.fromkeys(("html", "htm", "xhtml", "xht", "shtml"), "page"),
    **dict.fromkeys(("js", "mjs", "cjs", "jsx"), "script"),
    **dict.fromkeys(("json", "xml", "vtt", "srt"), "data"),
    **dict.fromkeys(("css", "svg", "webmanifest", "m3u8", "mpd", "txt"), "other"),
}
MANIFEST = "imsmanifest.xml"
SCRIPT = re.compile(rb"<script\b", re.IGNORECASE)
ATTRIBUTES = 400
SOURCE = re.compile(rb"\ssrc\s{0,4}=", re.IGNORECASE)
TYPE = re.compile(rb"\stype\s{0,4}=\s{0,4}[\"']?([^\s\"'>]{1,80})", re.IGNORECASE)
MOST_SCRIPTS_OF_A_PAGE = 2_000
MOST_NAMED = 30


@dataclass(frozen=True)
class Contents:
    """What was seen in the files; `languages` are guessed, the likeliest first."""

    script_files: int = 0
    inline_scripts: int = 0
    hosts: tuple[Host, ...] = ()
    languages: tuple[str, ...] = ()
    tool: str | None = None


class Scan:
    """Looks at files while they are read; bounded in bytes per file and in all."""

    def __init__(self, limits: Limits) -> None:
        """Begin with nothing seen."""
        self._limits = limits
        self._left = limits.scan_total_bytes
        self._hosts = Hosts()
        self._languages = Languages()
        self._signatures = Signatures()
        self._paths: list[str] = []
        self._script_files = 0
        self._inline_scripts = 0
        self._flash: str | None = None
        self._cut: str | None = None

    def watched(self, path: str, pieces: Iterable[bytes]) -> Iterator[bytes]:
        """Pass the pieces of a file on, and look at the beginning of it once it was read."""
        self._paths.append(path)
        if path.lower().endswith(".swf"):
            self._flash = self._flash or path
        kind = kind_of(path)
        self._script_files += kind == "script"
        room = min(self._limits.scan_file_bytes, self._left) if kind else 0
        beginning, size = bytearray(), 0
        for piece in pieces:
            size += len(piece)
            if len(beginning) < room:
                beginning += piece[: room - len(beginning)]
            yield piece
        if kind:
            self._left -= len(beginning)
            self._cut = self._cut or (path if size > len(beginning) else None)
            self._look(path, kind, bytes(beginning))

    def contents(self) -> Contents:
        """Return what was seen."""
        return Contents(
            self._script_files,
            self._inline_scripts,
            self._hosts.all(),
            self._languages.guess(),
            by_files(self._paths) or self._signatures.tool,
        )

    def findings(self) -> list[Finding]:
        """Return what people should know each host that is loaded from with its place, then the rest."""
        hosts = self._hosts.all()
        found = [
            finding(
                "outside-hosts-loaded", file=host.file, line=host.line, element=host.element, hosts=host.name
            )
            for host in hosts
            if host.loaded
        ]
        named = [host for host in hosts if not host.loaded]
        if named:
            listed = ", ".join(host.name for host in named[:MOST_NAMED]) + (
                " …" if named[MOST_NAMED:] else ""
            )
            found.append(finding("outside-hosts-named", file=named[0].file, line=named[0].line, hosts=listed))
        if self._cut or self._hosts.cut:
            found.append(finding("looked-at-in-part", file=self._cut))
        if self._flash:
            found.append(finding("flash", file=self._flash))
        return found

    def _look(self, path: str, kind: str, content: bytes) -> None:
        if content.startswith((b"\xff\xfe", b"\xfe\xff")):
            content = content.decode("utf-16", "replace").encode("utf-8")
        if kind == "page":
            self._inline_scripts += _inline_scripts(content)
        if kind == "page" or path.lower().endswith((".xml", ".txt")):
            self._signatures.look(path, content)
        if path.lower() == MANIFEST:
            return
        if kind in {"page", "script", "data"}:
            self._languages.look(content, kind=kind)
        self._hosts.look(path, content)


def kind_of(path: str) -> str | None:
    """Return what a text file is to the one who looks at it, or None for what is not looked at."""
    return KINDS.get(path.lower().rpartition(".")[2])


def _inline_scripts(content: bytes) -> int:
    tags = (
        b" " + content[match.end() : match.end() + ATTRIBUTES].partition(b">")[0]
        for match in islice(SCRIPT.finditer(content), MOST_SCRIPTS_OF_A_PAGE)
    )
    return sum(not SOURCE.search(tag) and _is_code(tag) for tag in tags)


def _is_code(tag: bytes) -> bool:
    kind = TYPE.search(tag)
    return kind is None or kind.group(1).lower() == b"module" or b"script" in kind.group(1).lower()
