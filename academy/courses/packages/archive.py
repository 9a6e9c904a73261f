"""Open a zip that strangers made and read its files one by one, in bounded memory, never onto the disk."""

import os
import stat
import zlib
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Self

from academy.courses.packages import names
from academy.courses.packages.findings import Finding, finding, refused
from academy.courses.packages.limits import CHUNK, DEFAULT, Limits
from academy.courses.packages.manifest_xml import hrefs_of
from academy.courses.packages.zip_layout import DEFLATED, Placed, place_entries
from academy.courses.packages.zip_structure import UTF8, RawEntry, read_directory

MANIFESTS = frozenset({"imsmanifest.xml", "cmi5.xml", "tincan.xml"})


@dataclass(frozen=True)
class Entry:
    """A file of the package: its path with slashes in NFC, and its size unpacked."""

    name: str
    size: int
    packed: int
    place: Placed


class Archive:
    """An open package; close it, or use it in a `with` statement."""

    def __init__(self, descriptor: int, entries: list[Entry], notes: list[Finding], length: int) -> None:
        """Take over an open file; `open_archive` makes archives."""
        self._descriptor = descriptor
        self.entries: Mapping[str, Entry] = MappingProxyType({entry.name: entry for entry in entries})
        self.notes = tuple(notes)
        self.length = length

    def __enter__(self) -> Self:
        """Give back the archive itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the file."""
        self.close()

    def close(self) -> None:
        """Close the file; twice is no error."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    @property
    def size(self) -> int:
        """Return the size of all files unpacked."""
        return sum(entry.size for entry in self.entries.values())

    def read(self, name: str, limit: int) -> bytes:
        """Return a whole file; refuses one larger than `limit`."""
        if self.entries[name].size > limit:
            raise refused("zip-file-too-large", file=name, limit=limit // 1_000_000)
        return b"".join(self.stream(name))

    def stream(self, name: str) -> Iterator[bytes]:
        """Yield a file in pieces; refuses it as soon as it is not what the archive states."""
        entry = self.entries[name]
        return inflated(self._descriptor, entry.place, name)


def open_archive(path: Path, limits: Limits = DEFAULT) -> Archive:
    """Open a package and check its whole structure; raises PackageRefused. No file content is read yet."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        length = os.fstat(descriptor).st_size
        directory, raws = read_directory(descriptor, length, limits=limits)
        _check_sizes(raws, length, limits)
        placed = place_entries(descriptor, raws, end=directory.offset)
        entries, notes = _named(descriptor, placed, limits)
        return Archive(descriptor, entries, notes, length)
    except BaseException:
        os.close(descriptor)
        raise


def inflated(descriptor: int, place: Placed, name: str) -> Iterator[bytes]:
    """Yield the unpacked bytes of an entry, at most as many as it declares."""
    checksum = size = 0
    for piece in _pieces(descriptor, place, name):
        size += len(piece)
        if size > place.raw.size:
            raise refused("zip-size-wrong", file=name)
        checksum = zlib.crc32(piece, checksum)
        yield piece
    if size != place.raw.size:
        raise refused("zip-size-wrong", file=name)
    if checksum != place.raw.crc:
        raise refused("zip-checksum", file=name)


def _pieces(descriptor: int, place: Placed, name: str) -> Iterator[bytes]:
    packed = _packed_pieces(descriptor, place, name)
    if place.raw.method != DEFLATED:
        yield from packed
        return
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        for piece in packed:
            if inflater.eof:
                raise refused("zip-hidden-data", file=name)
            yield from _inflated_piece(inflater, piece)
        yield from _inflated_piece(inflater, b"")
    except zlib.error:
        raise refused("zip-checksum", file=name) from None
    if not inflater.eof:
        raise refused("zip-checksum", file=name)
    if inflater.unused_data:
        raise refused("zip-hidden-data", file=name)


def _inflated_piece(inflater: "zlib._Decompress", piece: bytes) -> Iterator[bytes]:
    """Yield all that a packed piece gives, never more than a chunk at once."""
    while True:
        content = inflater.decompress(piece, CHUNK)
        if content:
            yield content
        piece = inflater.unconsumed_tail
        if inflater.eof or (not piece and len(content) < CHUNK):
            return


def _packed_pieces(descriptor: int, place: Placed, name: str) -> Iterator[bytes]:
    position, end = place.start, place.start + place.raw.packed
    while position < end:
        piece = os.pread(descriptor, min(CHUNK, end - position), position)
        if not piece:
            raise refused("zip-cut-off", file=name)
        position += len(piece)
        yield piece


def _check_sizes(raws: list[RawEntry], length: int, limits: Limits) -> None:
    """Refuse what declares too much; what inflates to more than it declares is refused while reading."""
    total = 0
    for raw in raws:
        total += raw.size
        if raw.size > limits.file_bytes:
            raise refused("zip-file-too-large", file=raw.shown_name, limit=limits.file_bytes // 1_000_000)
        if raw.size > limits.ratio_floor and raw.size > raw.packed * limits.ratio:
            raise refused("zip-ratio", file=raw.shown_name, limit=limits.ratio)
    if total > limits.total_bytes:
        raise refused("zip-too-large", limit=limits.total_bytes // 1_000_000)
    if total > limits.ratio_floor and total > length * limits.ratio:
        raise refused("zip-ratio", limit=limits.ratio)


def _named(descriptor: int, placed: list[Placed], limits: Limits) -> tuple[list[Entry], list[Finding]]:
    encoding, notes = _encoding(descriptor, placed, limits)
    entries: dict[str, Entry] = {}
    twins: dict[str, str] = {}
    for place in placed:
        raw = place.raw
        path = names.clean(raw.unicode_name or _decoded(raw, encoding), limits=limits)
        _check_kind(raw, path)
        if not path or path.endswith("/"):
            _check_folder(descriptor, place, path)
            continue
        if names.is_ignored(path):
            continue
        if path in entries:
            raise refused("name-twice", file=path)
        other = twins.setdefault(names.folded(path), path)
        if other != path:
            notes.append(finding("name-case-twins", file=path, other=other))
        entries[path] = Entry(path, raw.size, raw.packed, place)
    return list(entries.values()), notes


def _check_kind(raw: RawEntry, path: str) -> None:
    kind = stat.S_IFMT(raw.mode)
    if kind not in {0, stat.S_IFREG, stat.S_IFDIR}:
        raise refused("zip-special-file", file=path)


def _check_folder(descriptor: int, place: Placed, path: str) -> None:
    """Refuse a folder that holds bytes; some tools pack its nothing into a few."""
    if place.raw.size:
        raise refused("zip-hidden-data", file=path)
    deque(inflated(descriptor, place, path), maxlen=0)


def _decoded(raw: RawEntry, encoding: str) -> str:
    try:
        return raw.raw_name.decode("utf-8" if raw.flags & UTF8 else encoding)
    except UnicodeDecodeError:
        return raw.raw_name.decode("cp437")


def _encoding(descriptor: int, placed: list[Placed], limits: Limits) -> tuple[str, list[Finding]]:
    unmarked = [
        place.raw.raw_name
        for place in placed
        if not place.raw.flags & UTF8 and place.raw.unicode_name is None and not place.raw.raw_name.isascii()
    ]
    if not unmarked:
        return "cp437", []
    encoding = names.choose_encoding(unmarked, _hrefs(descriptor, placed, limits))
    return encoding, [finding("names-recoded", encoding=encoding)]


def _hrefs(descriptor: int, placed: list[Placed], limits: Limits) -> list[str]:
    for place in sorted(placed, key=lambda one: one.raw.raw_name.count(b"/")):
        name = place.raw.raw_name.replace(b"\\", b"/").rpartition(b"/")[2].decode("ascii", "replace")
        if name.lower() in MANIFESTS and place.raw.size <= limits.manifest_bytes:
            return hrefs_of(b"".join(inflated(descriptor, place, name)))
    return []
