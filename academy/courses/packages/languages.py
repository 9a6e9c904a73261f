"""Languages of a package, guessed from the words of its pages and scripts.

Languages of one script are told apart by short words that every text of the one has, and the others lack.
"""

import html
import re
from collections import Counter
from collections.abc import Iterator

_WORDS = {
    "en": "the and of to that you are your with this from which",
    "ru": "и не что это как или для вы вас при их если также в с на по от из но он они который которые",
    "uk": "і та що це як або ви при якщо також є від в з на до у",
    "be": "і што гэта або пры ў калі таксама ад з на у",
    "kk": "және мен үшін бұл немесе бойынша туралы",
    "ky": "жана менен үчүн бул же боюнча жөнүндө",
    "tg": "ва дар барои ки ин аз бо ҳам",
    "uz": "va uchun bilan yoki ushbu haqida bo'yicha ва учун билан ёки",
    "az": "və üçün ilə bu haqqında",
    "tr": "ve bu için ile veya olarak bir çok",
    "tk": "bu üçin bilen ýa-da boýunça",
    "ro": "și este pentru din sau cu că sunt",
    "sq": "dhe për një është ose nga që",
    "sr": "је су који или се није и као у на од из",
    "pl": "się nie jest oraz lub dla przez że",
    "cs": "pro nebo která že jsou při",
    "de": "und der die das nicht mit für oder ist",
    "fr": "et les des une pour dans que est avec",
    "es": "los las una para con que está por",
    "it": "gli della che per una con sono",
    "pt": "os uma para com não que são",
}
MARKS: dict[str, tuple[str, ...]] = {}
for _language, _words in _WORDS.items():
    for _word in dict.fromkeys(_words.split()):
        MARKS[_word] = (*MARKS.get(_word, ()), _language)
SCRIPTS = {
    "hy": re.compile("[\u0531-\u0587]+"),
    "ka": re.compile("[\u10a0-\u10ff]+"),
    "el": re.compile("[\u0370-\u03ff]+"),
    "ar": re.compile("[\u0620-\u06ff]+"),
}
WORD = re.compile(r"[^\W\d_]+(?:['-][^\W\d_]+)*")
CYRILLIC = re.compile(r"[\u0400-\u04ff]")
DECLARED = re.compile(rb"<html\b[^>]{0,300}?\blang\s{0,4}=\s{0,4}[\"']?([a-z]{2,3})\b", re.IGNORECASE)
CHARSET = re.compile(rb"charset\s{0,4}=\s{0,4}[\"']?([a-z0-9_-]{2,40})", re.IGNORECASE)
ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")
SILENT = ("script", "style")
MOST_OF_A_FILE = 200_000
MOST_OF_ALL = 8_000_000
FEWEST_WORDS = 3
SMALLEST_SHARE = 0.1


class Languages:
    """Counts the words of each language while files are read; bounded in bytes per file and in all."""

    def __init__(self) -> None:
        """Begin with no word."""
        self._texts: Counter[str] = Counter()
        self._scripts: Counter[str] = Counter()
        self._declared: Counter[str] = Counter()
        self._left = MOST_OF_ALL

    def look(self, content: bytes, *, kind: str) -> None:
        """Count the words of a page, of data, or of a script."""
        beginning = content[: min(MOST_OF_A_FILE, max(self._left, 0))]
        self._left -= len(beginning)
        text = decoded(beginning)
        if kind == "page":
            self._declared.update(
                match.decode("ascii").lower() for match in DECLARED.findall(beginning[:2_000])
            )
            self._texts.update(_counted(html.unescape(" ".join(_spoken(text)))))
        elif kind == "data":
            self._texts.update(_counted(_unescaped(text)))
        else:
            self._scripts.update(_counted(_unescaped(text)))

    def guess(self) -> tuple[str, ...]:
        """Return the languages, the most frequent first.

        Scripts speak English about themselves, so their Latin words count only where pages hold hardly any.
        """
        words = Counter(self._texts)
        few = sum(self._texts.values()) < FEWEST_WORDS
        for language, count in self._scripts.items():
            if few or language in {"ru", "uk", "be", "kk", "ky", "tg", "hy", "ka"}:
                words[language] += count
        least = max(FEWEST_WORDS, SMALLEST_SHARE * max(words.values(), default=0))
        found = tuple(language for language, count in words.most_common() if count >= least)
        return found or tuple(language for language, _ in self._declared.most_common())


def of_text(text: str) -> str | None:
    """Return the language of a short text, by its words, else by its letters; None where it has none."""
    counted = _counted(text)
    if counted:
        return counted.most_common(1)[0][0]
    letters = [letter for letter in text if letter.isalpha()]
    cyrillic = sum(bool(CYRILLIC.match(letter)) for letter in letters)
    if not letters:
        return None
    return "ru" if 2 * cyrillic > len(letters) else "en"


def decoded(content: bytes) -> str:
    """Decode a page: UTF-8, else as it declares, else as Windows writes Cyrillic."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start >= len(content) - 4:  # cut within a letter
            return content.decode("utf-8", "ignore")
    declared = CHARSET.search(content[:2_000])
    try:
        return content.decode(declared.group(1).decode("ascii") if declared else "cp1251", "replace")
    except LookupError:
        return content.decode("cp1251", "replace")


def _counted(text: str) -> Counter[str]:
    """Count the marks of each language; a word of several languages counts where one of them leads anyway."""
    own: Counter[str] = Counter()
    shared: Counter[tuple[str, ...]] = Counter()
    for match in WORD.finditer(text.lower()):
        languages = MARKS.get(match.group())
        if languages is None:
            continue
        if len(languages) == 1:
            own[languages[0]] += 1
        else:
            shared[languages] += 1
    for languages, count in shared.items():
        own[max(languages, key=lambda language: own[language])] += count
    for language, script in SCRIPTS.items():
        if words := sum(len(word) > 1 for word in script.findall(text)):
            own[language] += words
    return own


def _spoken(text: str) -> Iterator[str]:
    """Yield what a page says: its text without tags, scripts and styles."""
    first, *parts = text.split("<")
    yield first
    silent: str | None = None
    for part in parts:
        tag, _, said = part.partition(">")
        name = tag[:12].lower()
        if silent is not None:
            silent = None if name.startswith(f"/{silent}") else silent
        else:
            silent = next((one for one in SILENT if name.startswith(one)), None)
        if silent is None:
            yield said


def _unescaped(text: str) -> str:
    return ESCAPED.sub(lambda match: chr(int(match.group(1), 16)), text)
