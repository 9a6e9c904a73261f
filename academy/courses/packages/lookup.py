"""Which file of a package an address means: exactly, else by the faults of Windows and of old tools."""

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from academy.courses.packages.names import folded, key

Found = TypeVar("Found")
OLD_ENCODINGS = ("cp1251", "cp866", "latin-1")
BINARY = "application/octet-stream"

_TYPES = {
    "text/html": "html htm shtml",
    "application/xhtml+xml": "xhtml xht",
    "text/css": "css",
    "text/javascript": "js mjs cjs jsx",
    "application/json": "json map jsonld webmanifest",
    "application/xml": "xml xsd xsl xslt dtd rdf",
    "text/plain": "txt text md log ini properties srt lrc",
    "text/csv": "csv",
    "text/tab-separated-values": "tsv",
    "text/vtt": "vtt",
    "text/calendar": "ics",
    "application/wasm": "wasm",
    "image/png": "png",
    "image/apng": "apng",
    "image/jpeg": "jpg jpeg jpe jfif pjpeg",
    "image/gif": "gif",
    "image/webp": "webp",
    "image/avif": "avif",
    "image/svg+xml": "svg",
    "image/bmp": "bmp",
    "image/tiff": "tif tiff",
    "image/x-icon": "ico cur",
    "image/heic": "heic",
    "audio/mpeg": "mp3 mpga",
    "audio/mp4": "m4a m4b",
    "audio/aac": "aac",
    "audio/ogg": "ogg oga opus",
    "audio/wav": "wav",
    "audio/flac": "flac",
    "audio/webm": "weba",
    "audio/midi": "mid midi",
    "audio/x-ms-wma": "wma",
    "video/mp4": "mp4 m4v",
    "video/webm": "webm",
    "video/ogg": "ogv",
    "video/quicktime": "mov qt",
    "video/mpeg": "mpg mpeg",
    "video/x-msvideo": "avi",
    "video/x-ms-wmv": "wmv",
    "video/x-flv": "flv f4v",
    "video/3gpp": "3gp",
    "video/mp2t": "ts",
    "application/vnd.apple.mpegurl": "m3u8",
    "application/dash+xml": "mpd",
    "font/woff": "woff",
    "font/woff2": "woff2",
    "font/ttf": "ttf",
    "font/otf": "otf",
    "font/collection": "ttc",
    "application/vnd.ms-fontobject": "eot",
    "application/pdf": "pdf",
    "application/rtf": "rtf",
    "application/epub+zip": "epub",
    "application/zip": "zip",
    "application/x-shockwave-flash": "swf",
    "model/gltf+json": "gltf",
    "model/gltf-binary": "glb",
    "application/msword": "doc",
    "application/vnd.ms-excel": "xls",
    "application/vnd.ms-powerpoint": "ppt pps",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": "pptx",
    "application/vnd.openxmlformats-officedocument.presentationml.slideshow": "ppsx",
    "application/vnd.oasis.opendocument.text": "odt",
    "application/vnd.oasis.opendocument.spreadsheet": "ods",
    "application/vnd.oasis.opendocument.presentation": "odp",
}
CONTENT_TYPES = {ending: kind for kind, endings in _TYPES.items() for ending in endings.split()}


def content_type(path: str) -> str:
    """Return the media type by the ending of a name, without charset: pages declare their own."""
    name = path.rpartition("/")[2]
    return CONTENT_TYPES.get(name.rpartition(".")[2].lower(), BINARY) if "." in name else BINARY


def spellings(path: bytes) -> tuple[str, ...]:
    """Return the paths that percent-decoded bytes of an address may mean, the likeliest first.

    Nothing is returned for a path that climbs out of the package, nor for one with a NUL, which no file has.
    """
    if b"\0" in path:
        return ()
    readings = [
        text for encoding in ("utf-8", *OLD_ENCODINGS) if (text := _decoded(path, encoding)) is not None
    ]
    if path.isascii():
        readings = readings[:1]
    found: list[str] = []
    for text in readings:
        for spelling in (key(text), key(_collapsed(text))):
            if spelling not in found and ".." not in spelling.replace("\\", "/").split("/"):
                found.append(spelling)
    return tuple(found)


def find(
    path: bytes, *, exact: Callable[[str], Found | None], by_folded: Callable[[str], Sequence[Found]]
) -> Found | None:
    """Find what an address means: a spelling exactly, else the only file that differs in letter case."""
    possible = spellings(path)
    for spelling in possible:
        if (found := exact(spelling)) is not None:
            return found
    for spelling in possible:
        several = by_folded(folded(spelling))
        if len(several) == 1:
            return several[0]
    return None


class Names:
    """The names of a package's files, for looking up in memory by the same rules."""

    def __init__(self, paths: Iterable[str]) -> None:
        """Take the paths as they are kept."""
        self._paths = set(paths)
        self._folded: dict[str, list[str]] = {}
        for path in self._paths:
            self._folded.setdefault(folded(path), []).append(path)

    def __contains__(self, path: object) -> bool:
        """Say whether a file has exactly this path."""
        return path in self._paths

    def has_exactly(self, path: bytes) -> bool:
        """Say whether some spelling of an address is a path as it stands."""
        return any(spelling in self._paths for spelling in spellings(path))

    def find(self, path: bytes) -> str | None:
        """Return the path of the file that an address means, or None."""
        return find(
            path,
            exact=lambda spelling: spelling if spelling in self._paths else None,
            by_folded=lambda name: self._folded.get(name, []),
        )


def _decoded(path: bytes, encoding: str) -> str | None:
    try:
        return path.decode(encoding)
    except UnicodeDecodeError:
        return None


def _collapsed(path: str) -> str:
    return "/".join(part for part in path.replace("\\", "/").split("/") if part not in {"", "."})
