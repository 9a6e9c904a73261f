"""Names of entries: which characters their bytes mean, and which names are refused."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from urllib.parse import unquote

from academy.courses.packages.findings import refused
from academy.courses.packages.limits import Limits

# Of two readings alike the first is taken: a word of cp1251 letters а-п also reads as one of cp866 letters
# р-я, and hardly any Russian word is made of those alone.
CANDIDATES = ("utf-8", "cp1251", "cp866", "cp437", "cp1252", "gbk", "shift_jis")
WORD = re.compile(r"[^\W\d_]+")
DRIVE = re.compile(r"[A-Za-z]:")
DEVICE = re.compile(r"(con|prn|aux|nul|com[1-9¹²³]|lpt[1-9¹²³]|conin\$|conout\$)", re.IGNORECASE)
CYRILLIC = re.compile(r"[А-яЁёЂ-џҐ-ӿ]")
WESTERN = re.compile(r"[À-ÿŒœŠšŽž]")


def key(name: str) -> str:
    """Return the form in which two spellings of a name are the same name (Unicode NFC)."""
    return unicodedata.normalize("NFC", name)


def folded(name: str) -> str:
    """Return the form in which names that differ only in letter case are equal."""
    return key(key(name).casefold())


def clean(name: str, *, limits: Limits) -> str:
    """Return a safe relative path with slashes in NFC; refuses names that lead elsewhere.

    Backslashes become slashes, `.` and empty components vanish. A name that ends with a slash keeps it.
    """
    path = key(name.replace("\\", "/"))
    if _has_control(name):
        raise refused("name-control", file=name)
    if path.startswith("/") or DRIVE.match(path):
        raise refused("name-absolute", file=name)
    parts = [part for part in path.split("/") if part not in {"", "."}]
    if not parts:
        if path.endswith("/"):
            return ""
        raise refused("name-empty")
    if any(_climbs(part) for part in parts):
        raise refused("name-parent", file=name)
    if any(DEVICE.fullmatch(part.partition(".")[0].strip()) for part in parts):
        raise refused("name-device", file=name)
    if len(path) > limits.name_characters or len(parts) > limits.depth:
        raise refused("name-too-long", file=f"{name[:100]}…")
    return "/".join(parts) + ("/" if path.endswith("/") else "")


def is_ignored(path: str) -> bool:
    """Say whether an entry is the litter of an operating system."""
    parts = path.split("/")
    last = parts[-1]
    return (
        parts[0] == "__MACOSX"
        or last.startswith("._")
        or last.lower() in {".ds_store", "thumbs.db", "desktop.ini"}
    )


def choose_encoding(raw_names: Sequence[bytes], hrefs: Iterable[str]) -> str:
    """Choose how to read names without a mark: as `hrefs` spell most of their files and folders.

    Where the hrefs decide nothing: UTF-8 if they all are, else the reading with the most plausible letters.
    """
    wanted = {part for href in hrefs for part in _parts(_path_of(href))}
    candidates = [encoding for encoding in CANDIDATES if _decodes(raw_names, encoding)]
    return max(candidates, key=lambda encoding: _score(raw_names, encoding, wanted), default="cp437")


def _score(raw_names: Sequence[bytes], encoding: str, wanted: set[str]) -> tuple[int, bool, int]:
    names = [raw.decode(encoding) for raw in raw_names]
    resolved = sum(part in wanted for name in names for part in _parts(name))
    return resolved, encoding == "utf-8", sum(map(_plausibility, names))


def _path_of(href: str) -> str:
    return unquote(re.split("[?#]", href, maxsplit=1)[0], errors="replace")


def _parts(path: str) -> list[str]:
    """Return the file and folder names of a path that ASCII alone does not spell."""
    return [folded(part) for part in path.replace("\\", "/").split("/") if not part.isascii()]


def _plausibility(name: str) -> int:
    letters = [character for character in name if not character.isascii()]
    cyrillic = sum(bool(CYRILLIC.match(character)) for character in letters)
    western = sum(bool(WESTERN.match(character)) for character in letters)
    odd = len(letters) - cyrillic - western
    breaks = sum(bool(re.search(r"[а-яё][А-ЯЁ]", word)) for word in WORD.findall(name))
    mixed = sum(bool(CYRILLIC.search(word) and re.search("[A-Za-z]", word)) for word in WORD.findall(name))
    return 2 * cyrillic + western - 3 * odd - 2 * breaks - 4 * mixed


def _decodes(raw_names: Sequence[bytes], encoding: str) -> bool:
    try:
        for raw in raw_names:
            raw.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _has_control(name: str) -> bool:
    return any(
        ord(character) < 32 or 127 <= ord(character) < 160 or character in "\u2028\u2029"
        for character in name
    )


def _climbs(part: str) -> bool:
    return ".." in part and not part.strip(". ")
