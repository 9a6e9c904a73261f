"""The passwords that many people use, as a Bloom filter: 400 KB for some 200 000, read at the first question.

It never misses one that it holds, and takes about one password in two thousand for one. Where it comes from
and how it is made: `tools/make_password_filter.py`.
"""

import hashlib
from functools import cache
from pathlib import Path

FILTER = Path(__file__).parent / "data" / "common-passwords.bloom"
HASHES = 11


def is_common(word: str) -> bool:
    """Say whether a word, written as `guessing.plain` writes it, is among the passwords of many."""
    bits = _bits()
    return all(bits[place >> 3] & (1 << (place & 7)) for place in places(word, 8 * len(bits)))


def places(word: str, size: int) -> list[int]:
    """Return the bits that stand for a word in a filter of so many bits."""
    digest = hashlib.blake2b(word.encode("utf-8", "replace"), digest_size=16).digest()
    first, step = int.from_bytes(digest[:8], "big"), int.from_bytes(digest[8:], "big") | 1
    return [(first + number * step) % size for number in range(HASHES)]


@cache
def _bits() -> bytes:
    return FILTER.read_bytes()
