"""Zip archives made byte by byte, so that every field can lie."""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

LOCAL = struct.Struct("<4s5H3L2H")
CENTRAL = struct.Struct("<4s6H3L5H2L")
END = struct.Struct("<4s4H2LH")
UTF8, DESCRIPTOR, ENCRYPTED = 0x800, 0x8, 0x1
FULL = 0xFFFFFFFF


def plain(files: Mapping[str, bytes | str], *, compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Zip files the ordinary way, on the same day each time: bytes may be part of a test's name."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name), content, compression)
    return buffer.getvalue()


@dataclass
class Raw:
    """An entry; whatever is None is what it honestly would be."""

    name: bytes
    content: bytes = b"content"
    method: int = 8
    flags: int = 0
    mode: int = 0o100644
    crc: int | None = None
    size: int | None = None
    packed: int | None = None
    data: bytes | None = None
    extra: bytes = b""
    offset: int | None = None
    local_name: bytes | None = None
    local_method: int | None = None
    local_flags: int | None = None
    local_size: int | None = None
    local_extra: bytes | None = None
    after: bytes = b""

    def packed_data(self) -> bytes:
        """Return the bytes between the headers."""
        if self.data is not None:
            return self.data
        if self.method != 8:
            return self.content
        deflater = zlib.compressobj(9, zlib.DEFLATED, -15)
        return deflater.compress(self.content) + deflater.flush()


def build(
    entries: Iterable[Raw],
    *,
    prefix: bytes = b"",
    gap: bytes = b"",
    after_directory: bytes = b"",
    comment: bytes = b"",
    trailing: bytes = b"",
    count: int | None = None,
) -> bytes:
    """Put entries together; `gap` lies before the directory, `after_directory` in its end."""
    body, directory, number = bytearray(prefix), bytearray(), 0
    for entry in entries:
        number += 1
        data, offset = entry.packed_data(), len(body) if entry.offset is None else entry.offset
        crc = zlib.crc32(entry.content) if entry.crc is None else entry.crc
        size = len(entry.content) if entry.size is None else entry.size
        packed = len(data) if entry.packed is None else entry.packed
        if entry.offset is None:
            body += _local(entry, crc, size, packed) + data + entry.after
        directory += _central(entry, crc, size, packed, offset) + entry.name + entry.extra
    body += gap
    directory += after_directory
    told = number if count is None else count
    end = END.pack(b"PK\5\6", 0, 0, told, told, len(directory), len(body), len(comment))
    return bytes(body + directory + end + comment + trailing)


def _local(entry: Raw, crc: int, size: int, packed: int) -> bytes:
    name = entry.name if entry.local_name is None else entry.local_name
    flags = entry.flags if entry.local_flags is None else entry.local_flags
    method = entry.method if entry.local_method is None else entry.local_method
    size = size if entry.local_size is None else entry.local_size
    extra = entry.extra if entry.local_extra is None else entry.local_extra
    if flags & DESCRIPTOR:
        crc = size = packed = 0
    header = LOCAL.pack(b"PK\3\4", 20, flags, method, 0, 33, crc, packed, size, len(name), len(extra))
    return header + name + extra


def _central(entry: Raw, crc: int, size: int, packed: int, offset: int) -> bytes:
    made_by, attributes = (3 << 8) | 20, entry.mode << 16
    lengths = (len(entry.name), len(entry.extra), 0, 0, 0)
    times = (0, 33)
    return CENTRAL.pack(
        b"PK\1\2",
        made_by,
        20,
        entry.flags,
        entry.method,
        *times,
        crc,
        packed,
        size,
        *lengths,
        attributes,
        offset,
    )


def unicode_field(raw_name: bytes, name: str) -> bytes:
    """Return the Info-ZIP extra field that tells the name in UTF-8."""
    content = struct.pack("<BL", 1, zlib.crc32(raw_name)) + name.encode()
    return struct.pack("<HH", 0x7075, len(content)) + content


def write_sparse(
    path: Path, *, size: int, name: bytes = b"film.mp4", last: bytes = b"imsmanifest.xml"
) -> None:
    """Write an archive that begins with a stored file of `size` zeros and ends with a small one, in ZIP64.

    The zeros are a hole in the file: however large, it takes no room.
    """
    wide, narrow = _zip64_field(size, size), b"<manifest/>"
    head = LOCAL.pack(b"PK\3\4", 45, 0, 0, 0, 33, 0, FULL, FULL, len(name), len(wide)) + name + wide
    crc, small = zlib.crc32(narrow), len(narrow)
    tail = LOCAL.pack(b"PK\3\4", 45, 0, 0, 0, 33, crc, small, small, len(last), 0) + last + narrow
    place = len(head) + size
    far = _zip64_field(place)
    made = (b"PK\1\2", (3 << 8) | 45, 45, 0, 0, 0, 33)
    directory = (
        CENTRAL.pack(*made, 0, FULL, FULL, len(name), len(wide), 0, 0, 0, 0o100644 << 16, 0) + name + wide
    )
    lengths = (len(last), len(far), 0, 0, 0)
    directory += CENTRAL.pack(*made, crc, small, small, *lengths, 0o100644 << 16, FULL) + last + far
    start = place + len(tail)
    record = struct.pack("<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, 2, 2, len(directory), start)
    locator = struct.pack("<4sLQL", b"PK\6\7", 0, start + len(directory), 1)
    end = END.pack(b"PK\5\6", 0, 0, 0xFFFF, 0xFFFF, FULL, FULL, 0)
    with path.open("wb") as file:
        file.write(head)
        file.seek(place)
        file.write(tail + directory + record + locator + end)


def _zip64_field(*values: int) -> bytes:
    return struct.pack(f"<HH{len(values)}Q", 1, 8 * len(values), *values)
