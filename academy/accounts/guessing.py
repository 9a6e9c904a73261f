"""How passwords are guessed: known ones with digits behind, in the other keyboard layout, walks on the keys.

Only what is guessed first is refused. There are no rules on digits, capitals or signs; any words will do,
in any script.
"""

import unicodedata
from collections.abc import Iterable, Iterator
from itertools import pairwise

from academy.accounts import common

LONGEST_TAIL = 8
SHORTEST_WORD = 5
LONGEST_BASE = 9  # longer words are refused as they are, not with what is put behind them
WALK = 0.75

LATIN_KEYS = "`qwertyuiop[]asdfghjkl;'zxcvbnm,."
CYRILLIC_KEYS = "ёйцукенгшщзхъфывапролджэячсмитьбю"
TO_LATIN_KEYS = str.maketrans(CYRILLIC_KEYS, LATIN_KEYS)
TO_CYRILLIC_KEYS = str.maketrans(LATIN_KEYS, CYRILLIC_KEYS)
IN_LATIN_LETTERS = str.maketrans(
    dict(zip("абвгдеёзийклмнопрстуфыэ", "abvgdeezijklmnoprstufye", strict=True))
    | {
        "ж": "zh",
        "х": "h",
        "ц": "c",
        "ч": "ch",
        "ш": "sh",
        "щ": "sch",
        "ъ": "",
        "ь": "",
        "ю": "yu",
        "я": "ya",
    }
    | {"і": "i", "ї": "i", "є": "e", "ґ": "g"}
)
LOOK_ALIKES = str.maketrans("@4301$57!|", "aaeoisstil")
KEY_ROWS = ("1234567890-=", "qwertyuiop[]", "asdfghjkl;'", "zxcvbnm,./")
KEY_PLACES = {key: (row, column) for row, keys in enumerate(KEY_ROWS) for column, key in enumerate(keys)}

#: What this house is called; guessed first by whoever attacks it.
HOUSE = ("academy", "trainingacademy", "pragueprocess", "icmpd", "академия", "пражскийпроцесс")


def plain(text: str) -> str:
    """Write a text as passwords are compared: one form of each letter, lower case, letters and digits."""
    return "".join(letter for letter in _folded(text) if letter.isalnum())


def is_guessed(password: str) -> bool:
    """Say whether a password is among the first that are tried."""
    if len(set(plain(password))) < 4 or _is_walk(_folded(password)):
        return True
    return any(_is_known(form) for form in _forms(password))


def is_personal(password: str, facts: Iterable[str | None]) -> bool:
    """Say whether a password is made of what is known about the person, and little else."""
    rest = plain(password)
    words = {word for fact in (*facts, *HOUSE) if fact for word in _words(fact)}
    for word in sorted(words, key=len, reverse=True):
        rest = rest.replace(word, "", 1)
    return rest != plain(password) and len(rest.strip("0123456789")) < 4 and len(rest) <= LONGEST_TAIL


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _forms(password: str) -> Iterator[str]:
    """Yield the words that a password may stand for."""
    folded = _folded(password)
    for text in (folded, folded.translate(TO_LATIN_KEYS)):
        yield plain(text)
        yield plain(text.translate(LOOK_ALIKES))
        yield plain(text)[::-1]
    yield plain(folded.translate(IN_LATIN_LETTERS))


def _is_known(word: str) -> bool:
    base = word.strip("0123456789")
    has_tail = len(word) - len(base) <= LONGEST_TAIL and len(base) <= LONGEST_BASE
    tried = {
        word,
        _once(word),
        *({base} if has_tail else ()),
        *({_once(base)} if _once(base) != base else ()),
    }
    return any(len(one) >= SHORTEST_WORD and common.is_common(one) for one in tried)


def _once(word: str) -> str:
    """Return the part that a word repeats, as `abc` of `abcabcabc`, else the word."""
    length = (word + word).find(word, 1)
    return word[:length] if length > 0 else word


def _is_walk(text: str) -> bool:
    """Say whether most steps of a text go to a neighbouring key, or to the next letter or digit."""
    keys = text.translate(TO_LATIN_KEYS)
    steps = [_is_step(one, other) for one, other in pairwise(keys)]
    return len(steps) > 2 and sum(steps) / len(steps) >= WALK


def _is_step(one: str, other: str) -> bool:
    if abs(ord(one) - ord(other)) <= 1:
        return True
    if one not in KEY_PLACES or other not in KEY_PLACES:
        return False
    (row, column), (next_row, next_column) = KEY_PLACES[one], KEY_PLACES[other]
    return abs(row - next_row) <= 1 and abs(column - next_column) <= 1


def _words(fact: str) -> set[str]:
    """Return the words of a name or address, together and one by one, in either alphabet."""
    local, _, domain = fact.partition("@")
    parts = "".join(letter if letter.isalnum() else " " for letter in _folded(local)).split()
    words = {plain(fact), plain(local), *parts, plain(domain.rpartition(".")[0])}
    words |= {plain(word.translate(IN_LATIN_LETTERS)) for word in words}
    return {word for word in words if len(word) >= 3}
