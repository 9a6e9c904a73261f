"""The directory at the end of a zip archive, read so that it has one meaning only (APPNOTE 4.3.12 to 4.3.16).

Whatever two readers could understand differently is refused: a directory that does not end where the end
record begins, several end records, trailing bytes, extra fields that overrun or contradict.
"""

import os
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from academy.courses.packages.findings import refused
from academy.courses.packages.limits import Limits

END = struct.Struct("<4s4H2LH")
END_SIGNATURE = b"PK\x05\x06"
LOCATOR = struct.Struct("<4sLQL")
LOCATOR_SIGNATURE = b"PK\x06\x07"
END64 = struct.Struct("<4sQ2H2L4Q")
END64_SIGNATURE = b"PK\x06\x06"
CENTRAL = struct.Struct("<4s6H3L5H2L")
CENTRAL_SIGNATURE = b"PK\x01\x02"
UTF8 = 0x0800
LONGEST_COMMENT = 0xFFFF
FULL_16, FULL_32 = 0xFFFF, 0xFFFFFFFF
ZIP64_FIELD, UNICODE_NAME_FIELD = 0x0001, 0x7075


@dataclass(frozen=True)
class RawEntry:
    """One record of the central directory, with the sizes that hold after ZIP64."""

    raw_name: bytes
    unicode_name: str | None
    flags: int
    method: int
    crc: int
    packed: int
    size: int
    offset: int
    mode: int

    @property
    def shown_name(self) -> str:
        """Return the name as well as it can be shown in a refusal."""
        return self.raw_name.decode("utf-8", "replace")


@dataclass(frozen=True)
class Directory:
    """Where the central directory lies and how many records it has."""

    offset: int
    size: int
    count: int


def read_exactly(descriptor: int, size: int, offset: int) -> bytes:
    """Read `size` bytes at an offset; refuses the archive where they are not there."""
    content = os.pread(descriptor, size, offset) if offset >= 0 else b""
    if len(content) != size:
        raise refused("zip-broken")
    return content


def read_directory(descriptor: int, length: int, *, limits: Limits) -> tuple[Directory, list[RawEntry]]:
    """Read the central directory of the archive that is open as `descriptor`."""
    directory = _find_directory(descriptor, length)
    if directory.count > limits.files:
        raise refused("zip-too-many-files", count=directory.count, limit=limits.files)
    if directory.size > limits.directory_bytes or directory.count * CENTRAL.size > directory.size:
        raise refused("zip-broken")
    content = read_exactly(descriptor, directory.size, directory.offset)
    return directory, list(_records(content, directory.count))


def _find_directory(descriptor: int, length: int) -> Directory:
    position, record = _end_record(descriptor, length)
    _, disk, start_disk, here, count, size, offset, _ = record
    if LOCATOR.size <= position:
        locator = read_exactly(descriptor, LOCATOR.size, position - LOCATOR.size)
        if locator.startswith(LOCATOR_SIGNATURE):
            return _directory64(descriptor, position - LOCATOR.size, LOCATOR.unpack(locator), record)
    if disk or start_disk or here != count:
        raise refused("zip-several-parts")
    if offset + size != position:
        raise refused("zip-hidden-data" if offset + size < position else "zip-broken")
    return Directory(offset, size, count)


def _end_record(descriptor: int, length: int) -> tuple[int, tuple[Any, ...]]:
    start = max(0, length - END.size - LONGEST_COMMENT)
    tail = os.pread(descriptor, length - start, start)
    first = tail.find(END_SIGNATURE)
    found = [place for place in _places(tail) if place + END.size + _comment_length(tail, place) == len(tail)]
    if not found:
        raise _without_end(descriptor, tail, first)
    if len(found) > 1 or tail.find(END_SIGNATURE, found[0] + 1) >= 0:
        raise refused("zip-ambiguous")
    return start + found[0], END.unpack_from(tail, found[0])


def _places(tail: bytes) -> Iterator[int]:
    place = tail.find(END_SIGNATURE)
    while place >= 0:
        if place + END.size <= len(tail):
            yield place
        place = tail.find(END_SIGNATURE, place + 1)


def _comment_length(tail: bytes, place: int) -> int:
    return int.from_bytes(tail[place + END.size - 2 : place + END.size], "little")


def _without_end(descriptor: int, tail: bytes, place: int) -> Exception:
    if place < 0:
        starts_as_zip = os.pread(descriptor, 4, 0) in {b"PK\x03\x04", b"PK00"}
        return refused("zip-cut-off" if starts_as_zip else "not-a-zip")
    cut = place + END.size > len(tail) or place + END.size + _comment_length(tail, place) > len(tail)
    return refused("zip-cut-off" if cut else "zip-hidden-data")


def _directory64(
    descriptor: int,
    position: int,
    locator: tuple[Any, ...],
    record: tuple[Any, ...],
) -> Directory:
    _, disk, place, disks = locator
    if disk or disks > 1 or record[1] not in {0, FULL_16} or record[2] not in {0, FULL_16}:
        raise refused("zip-several-parts")
    if place + END64.size != position:  # the extensible data sector has no lawful use in packages
        raise refused("zip-ambiguous")
    values = END64.unpack(read_exactly(descriptor, END64.size, place))
    signature, rest, _, _, disk, start_disk, here, count, size, offset = values
    if signature != END64_SIGNATURE or rest != END64.size - 12 or offset + size != place:
        raise refused("zip-ambiguous")
    if disk or start_disk or here != count:
        raise refused("zip-several-parts")
    _, _, _, here16, count16, size32, offset32, _ = record
    told = (
        (here16, here, FULL_16),
        (count16, count, FULL_16),
        (size32, size, FULL_32),
        (offset32, offset, FULL_32),
    )
    if any(short not in {value, full} for short, value, full in told):
        raise refused("zip-ambiguous")
    return Directory(offset, size, count)


def _records(content: bytes, count: int) -> Iterator[RawEntry]:
    place = 0
    for _ in range(count):
        if content[place : place + 4] != CENTRAL_SIGNATURE or place + CENTRAL.size > len(content):
            raise refused("zip-broken")
        record = CENTRAL.unpack_from(content, place)
        name_end = place + CENTRAL.size + record[10]
        extra_end = name_end + record[11]
        end = extra_end + record[12]
        if end > len(content):
            raise refused("zip-broken")
        yield _entry(record, content[place + CENTRAL.size : name_end], content[name_end:extra_end])
        place = end
    if place != len(content):
        raise refused("zip-hidden-data")


def _entry(record: tuple[Any, ...], raw_name: bytes, extra: bytes) -> RawEntry:
    _, _, _, flags, method, _, _, crc, packed, size, _, _, _, disk, _, attributes, offset = record
    shown = raw_name.decode("utf-8", "replace")
    fields = extra_fields(extra, shown)
    size, packed, offset = zip64_values(fields, (size, packed, offset), shown)
    if disk not in {0, FULL_16}:
        raise refused("zip-several-parts")
    unicode_name = unicode_name_in(fields, raw_name, flags, name=shown)
    return RawEntry(raw_name, unicode_name, flags, method, crc, packed, size, offset, attributes >> 16)


def extra_fields(extra: bytes, name: str) -> list[tuple[int, bytes]]:
    """Take an extra field apart; up to three zero bytes at the end are padding that aligners write."""
    fields: list[tuple[int, bytes]] = []
    place = 0
    while len(extra) - place >= 4:
        kind, size = struct.unpack_from("<2H", extra, place)
        if place + 4 + size > len(extra):
            raise refused("zip-broken", file=name)
        fields.append((kind, extra[place + 4 : place + 4 + size]))
        place += 4 + size
    if extra[place:].strip(b"\0"):
        raise refused("zip-broken", file=name)
    return fields


def zip64_values(
    fields: list[tuple[int, bytes]], values: tuple[int, int, int], name: str
) -> tuple[int, int, int]:
    """Put the 64-bit values in the place of full 32-bit ones (size, packed size, offset).

    Values repeated although the 32-bit field holds them must say the same.
    """
    found = [content for kind, content in fields if kind == ZIP64_FIELD]
    if len(found) > 1:
        raise refused("zip-ambiguous", file=name)
    if not found:
        return values
    content = found[0]
    wide = [
        int.from_bytes(content[place : place + 8], "little") for place in range(0, len(content) // 8 * 8, 8)
    ]
    needed = [index for index, value in enumerate(values) if value == FULL_32]
    if len(wide) < len(needed) or len(content) % 8 not in {0, 4}:
        raise refused("zip-ambiguous", file=name)
    whole = list(values)
    for index, value in zip(needed, wide, strict=False):
        whole[index] = value
    if len(wide) > len(needed) and wide != whole[: len(wide)]:
        raise refused("zip-ambiguous", file=name)
    return whole[0], whole[1], whole[2]


def unicode_name_in(fields: list[tuple[int, bytes]], raw_name: bytes, flags: int, *, name: str) -> str | None:
    """Return the name that an extra field tells; it must not contradict a name that is clear without it."""
    found = [content for kind, content in fields if kind == UNICODE_NAME_FIELD]
    if not found:
        return None
    if len(found) > 1 or len(found[0]) < 5:
        raise refused("zip-ambiguous", file=name)
    version, checksum = struct.unpack_from("<BL", found[0])
    if version != 1 or checksum != zlib.crc32(raw_name):
        return None  # the field belongs to a name that was changed since: it has to be ignored
    told = found[0][5:]
    if told != raw_name and (raw_name.isascii() or flags & UTF8):
        raise refused("zip-ambiguous", file=name)
    try:
        return told.decode("utf-8")
    except UnicodeDecodeError:
        raise refused("zip-ambiguous", file=name) from None
