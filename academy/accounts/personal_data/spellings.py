"""The ways in which a person's names and address are written, to find them in texts and take them out (pure).

A word counts as a name of the person where both sound alike: case, marks, the script and the usual
transliterations make no difference, nor do the endings of Russian cases.
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from hashlib import sha1

REMOVED = "[erased]"
SHORTEST = 3

WORD = re.compile(r"[^\W\d_]+")

#: Each letter by its sound.
CYRILLIC = {
    **dict(
        zip(
            "абвгдеёзийклмнопрстуфыэіїґқғұүөәңһўҳҷӯӣђјљњћ",
            "abvgdeeziiklmnoprstufyeiigkguuoanhuhjuidjlnc",
            strict=True,
        )
    ),
    "ж": "zh",
    "х": "kh",
    "ц": "ts",
    "ч": "ch",
    "ш": "sh",
    "щ": "shch",
    "ю": "iu",
    "я": "ia",
    "є": "ie",
    "џ": "dz",
}
LATIN = str.maketrans(
    {**CYRILLIC, "ъ": "", "ь": "", "ł": "l", "ø": "o", "đ": "d", "ð": "d", "ı": "i", "ə": "a", "ß": "ss"}
)
MARKED = re.compile("[\u0300-\u036f]")

#: Spellings of one sound, brought to one letter; applied until nothing changes.
SOUNDS = (
    *(("shch", "s"), ("sch", "s"), ("sh", "s"), ("tch", "c"), ("ch", "c"), ("zh", "z"), ("kh", "h")),
    *(("ph", "f"), ("ts", "c"), ("tz", "c"), ("ck", "k"), ("x", "ks"), ("w", "v"), ("q", "k")),
    *(("yu", "u"), ("iu", "u"), ("ju", "u"), ("ya", "a"), ("ia", "a"), ("ja", "a"), ("yo", "e"), ("io", "e")),
    *(("jo", "e"), ("ye", "e"), ("ie", "e"), ("je", "e"), ("y", "i"), ("j", "i")),
)
TWICE = re.compile(r"(.)\1+")
VOWELS = "aeiou"

#: What stands after a name in other cases, as `sound` writes it.
ENDINGS = frozenset(
    ("", "a", "e", "i", "o", "u", "oi", "ei", "om", "em", "im", "am", "ami", "ah", "ogo", "ego", "omu", "emu")
    + ("ih", "imi", "ou", "eu", "ov", "ova")
)


class Spellings:
    """All spellings of one person; knows them in texts and takes them out."""

    def __init__(self, email: str, names: Iterable[str | None]) -> None:
        """Take the address and the full names, in whatever script."""
        mailbox = f"mailto:{email}".encode()
        self.plain = (email, sha1(mailbox, usedforsecurity=False).hexdigest())
        words = [word for name in names if name for word in WORD.findall(name)]
        local = email.partition("@")[0]
        self.short = frozenset(word for word in words if len(word) < SHORTEST)
        self.sounds = frozenset(sound(word) for word in words if len(word) >= SHORTEST)
        self.local = local.casefold() if len(local) > SHORTEST and local.isalpha() else None
        self._stems = tuple((one, one.rstrip(VOWELS)) for one in sorted(self.sounds))
        self._address = re.compile("|".join(re.escape(text) for text in self.plain), re.IGNORECASE)

    def have_address(self, text: str) -> bool:
        """Say whether the address stands in a text, or the digest by which statements may name it."""
        return self._address.search(text) is not None

    def have_name(self, text: str) -> bool:
        """Say whether the full name stands in a text: two words of it, or its only one."""
        found = {name for word in WORD.findall(text) if (name := self._name(word))}
        return len(found) >= min(2, max(1, len(self.sounds)))

    def without(self, text: str) -> str:
        """Return a text in which each word of the name, and the address, is replaced."""
        if not text:
            return text
        clean = self._address.sub(REMOVED, text)
        return WORD.sub(lambda found: REMOVED if self._is_own(found[0]) else found[0], clean)

    def without_any(self, value: object) -> object:
        """Return a JSON value whose texts, keys apart, have neither name nor address."""
        if isinstance(value, str):
            return self.without(value)
        if isinstance(value, dict):
            return {key: self.without_any(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [self.without_any(inner) for inner in value]
        return value

    def _is_own(self, word: str) -> bool:
        if word in self.short or word.casefold() == self.local:
            return True
        return self._name(word) is not None

    def _name(self, word: str) -> str | None:
        """Return the part of the name that a word is."""
        if len(word) < SHORTEST:
            return None
        heard = sound(word)
        if heard in self.sounds:
            return heard
        for name, stem in self._stems:
            if len(stem) >= SHORTEST and heard.startswith(stem) and heard[len(stem) :] in ENDINGS:
                return name
        return None


@lru_cache(maxsize=4096)
def sound(word: str) -> str:
    """Write a word by its sound, in plain Latin letters."""
    folded = unicodedata.normalize("NFC", word).casefold().translate(LATIN)
    heard = MARKED.sub("", unicodedata.normalize("NFKD", folded)).translate(LATIN)
    before = None
    while heard != before:
        before = heard
        for spelling, letter in SOUNDS:
            heard = heard.replace(spelling, letter)
        heard = TWICE.sub(r"\1", heard)
    return heard
