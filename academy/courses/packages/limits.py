"""How large a package may be, and what it may unpack to."""

from dataclasses import dataclass

MEGABYTE = 1_000_000
CHUNK = 262_144


@dataclass(frozen=True)
class Limits:
    """Limits of an archive; sizes are those unpacked, counted while inflating."""

    total_bytes: int = 4_000 * MEGABYTE
    file_bytes: int = 2_000 * MEGABYTE
    files: int = 20_000
    ratio: int = 200
    ratio_floor: int = 32 * MEGABYTE
    directory_bytes: int = 16 * MEGABYTE
    name_characters: int = 500
    depth: int = 32
    manifest_bytes: int = 16 * MEGABYTE
    scan_file_bytes: int = 8 * MEGABYTE
    scan_total_bytes: int = 150 * MEGABYTE


DEFAULT = Limits()
