"""The bytes before the directory: each entry where the directory says, nothing between, nothing twice."""

import os
import struct
from dataclasses import dataclass

from academy.courses.packages.findings import refused
from academy.courses.packages.zip_structure import (
    FULL_32,
    UTF8,
    RawEntry,
    extra_fields,
    read_exactly,
    unicode_name_in,
    zip64_values,
)

LOCAL = struct.Struct("<4s5H3L2H")
LOCAL_SIGNATURE = b"PK\x03\x04"
DESCRIPTOR_SIGNATURE = b"PK\x07\x08"
SPLIT_MARK = b"PK00"
ENCRYPTED, DESCRIPTOR, MASKED = 0x0001, 0x0008, 0x2000
STRONG_ENCRYPTION = 0x0040
STORED, DEFLATED = 0, 8
AES = 99
HEAD_GUESS = 512


@dataclass(frozen=True)
class Placed:
    """An entry and the span of its packed bytes."""

    raw: RawEntry
    start: int


def place_entries(descriptor: int, entries: list[RawEntry], *, end: int) -> list[Placed]:
    """Compare every local header with the directory; the entries must fill the file up to `end` exactly."""
    ordered = sorted(entries, key=lambda entry: entry.offset)
    followings = [*(entry.offset for entry in ordered), end]
    if followings[0] != _beginning(descriptor, ordered):
        raise refused("zip-hidden-data")
    placed: dict[int, Placed] = {}
    for entry, following in zip(ordered, followings[1:], strict=True):
        placed[id(entry)] = Placed(entry, _check_header(descriptor, entry, following))
    return [placed[id(entry)] for entry in entries]


def _beginning(descriptor: int, ordered: list[RawEntry]) -> int:
    marked = ordered and ordered[0].offset == 4 and os.pread(descriptor, 4, 0) == SPLIT_MARK
    return 4 if marked else 0


def _check_header(descriptor: int, entry: RawEntry, following: int) -> int:
    """Return where the packed bytes start; between their end and `following` only a descriptor may lie."""
    name = entry.shown_name
    check_method(entry)
    head = os.pread(descriptor, HEAD_GUESS, entry.offset)
    if len(head) < LOCAL.size or not head.startswith(LOCAL_SIGNATURE):
        raise refused("zip-broken", file=name)
    _, _, flags, method, _, _, crc, packed, size, name_length, extra_length = LOCAL.unpack_from(head)
    start = entry.offset + LOCAL.size + name_length + extra_length
    if len(head) < LOCAL.size + name_length + extra_length:
        head = read_exactly(descriptor, LOCAL.size + name_length + extra_length, entry.offset)
    raw_name = head[LOCAL.size : LOCAL.size + name_length]
    extra = head[LOCAL.size + name_length : LOCAL.size + name_length + extra_length]
    fields = extra_fields(extra, name)
    same = method == entry.method and _same_flags(flags, entry) and _same_name(raw_name, fields, entry)
    if not same:
        raise refused("zip-ambiguous", file=name)
    size, packed, _ = zip64_values(fields, (size, packed, 0), name)
    rest = following - start - entry.packed
    if rest < 0:
        raise refused("zip-overlap", file=name)
    if flags & DESCRIPTOR:
        _check_streamed(descriptor, entry, (crc, size, packed), place=start + entry.packed, length=rest)
    elif (crc, size, packed) != (entry.crc, entry.size, entry.packed):
        raise refused("zip-ambiguous", file=name)
    elif rest:
        raise refused("zip-hidden-data", file=name)
    return start


def check_method(entry: RawEntry) -> None:
    """Refuse what is encrypted or packed by a method other than stored and deflated."""
    if entry.flags & (ENCRYPTED | STRONG_ENCRYPTION | MASKED) or entry.method == AES:
        raise refused("zip-encrypted", file=entry.shown_name)
    if entry.method not in {STORED, DEFLATED}:
        raise refused("zip-method", file=entry.shown_name, method=entry.method)
    if entry.method == STORED and entry.size != entry.packed:
        raise refused("zip-ambiguous", file=entry.shown_name)


def _same_name(raw_name: bytes, fields: list[tuple[int, bytes]], entry: RawEntry) -> bool:
    told = unicode_name_in(fields, raw_name, entry.flags, name=entry.shown_name)
    return raw_name == entry.raw_name and told in {None, entry.unicode_name}


def _same_flags(flags: int, entry: RawEntry) -> bool:
    if (flags ^ entry.flags) & (ENCRYPTED | STRONG_ENCRYPTION | MASKED):
        return False
    return entry.raw_name.isascii() or not (flags ^ entry.flags) & UTF8


def _check_streamed(
    descriptor: int, entry: RawEntry, told: tuple[int, int, int], *, place: int, length: int
) -> None:
    """Check an entry whose sizes follow its data: header and descriptor must not contradict the directory."""
    known = (entry.crc, entry.size, entry.packed)
    header_agrees = all(value in {0, true, FULL_32} for value, true in zip(told, known, strict=True))
    if not header_agrees or not _is_descriptor(os.pread(descriptor, min(length, 25), place), entry):
        raise refused("zip-ambiguous", file=entry.shown_name)


def _is_descriptor(content: bytes, entry: RawEntry) -> bool:
    forms = [struct.pack("<LQQ", entry.crc, entry.packed, entry.size)]
    if entry.packed <= FULL_32 and entry.size <= FULL_32:
        forms.append(struct.pack("<LLL", entry.crc, entry.packed, entry.size))
    return content in forms or content.removeprefix(DESCRIPTOR_SIGNATURE) in forms
