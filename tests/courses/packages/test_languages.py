import pytest
from hypothesis import given
from hypothesis import strategies as st

from academy.courses.packages.languages import Languages, decoded, of_text

TEXTS = {
    "en": "Officers who meet a person at the border record the name and the nationality of that person.",
    "ru": "Сотрудник, который встречает людей на границе, пишет имя для дела, если оно есть.",
    "uk": "Працівник записує ім’я та громадянство особи, якщо це можливо, або передає справу, що є.",
    "kk": "Бұл курс шекара қызметкерлері үшін және көші-қон туралы.",
    "ky": "Бул курс чек ара кызматкерлери үчүн жана миграция боюнча.",
    "ro": "Cursul este pentru ofițeri și explică drepturile care sunt date cu această ocazie.",
    "tr": "Bu kurs sınır görevlileri için ve göç ile ilgilidir.",
    "de": "Der Kurs ist für Beamte und erklärt das Recht, das nicht alle kennen.",
    "fr": "Le cours est pour les agents et explique des droits dans une langue que tous lisent avec plaisir.",
    "pl": "Kurs jest dla funkcjonariuszy oraz nie wymaga logowania się przez sieć.",
    "hy": "Դասընթացը սահմանապահների համար է",
    "ka": "კურსი მესაზღვრეებისთვის არის განკუთვნილი",
}


def guessed(*pages: bytes, kind: str = "page") -> tuple[str, ...]:
    languages = Languages()
    for page in pages:
        languages.look(page, kind=kind)
    return languages.guess()


@pytest.mark.parametrize("language", TEXTS)
def test_language_of_a_page_is_guessed_by_its_words(language: str) -> None:
    page = f"<html><script>var the = 'the of and to'</script><p>{TEXTS[language]}</p></html>"

    assert guessed(page.encode()) == (language,)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "cp1251", "koi8-r"])
def test_language_is_guessed_in_old_encodings(encoding: str) -> None:
    head = f"<meta content='text/html; charset={encoding}'>" if encoding == "koi8-r" else ""

    assert guessed((head + TEXTS["ru"]).encode(encoding)) == ("ru",)


def test_several_languages_are_told_the_likeliest_first() -> None:
    pages = [(TEXTS["ru"] * 3).encode(), TEXTS["en"].encode()]

    assert guessed(*pages) == ("ru", "en")
    assert guessed(*[TEXTS["ru"].encode()] * 40, TEXTS["en"].encode()) == ("ru",)


def test_scripts_tell_russian_and_latin_only_where_pages_are_silent() -> None:
    escaped = "".join(f"\\u{ord(letter):04x}" if letter > "~" else letter for letter in TEXTS["ru"])
    licence = b"/* the licence of the library and its use, the whole of it */"
    languages = Languages()

    languages.look(TEXTS["ru"].encode(), kind="page")
    languages.look(licence, kind="script")

    assert languages.guess() == ("ru",)
    assert guessed(licence, kind="script") == ("en",)
    assert guessed(f'var text = "{escaped}";'.encode(), kind="script") == ("ru",)


def test_declaration_of_a_page_counts_where_words_tell_nothing() -> None:
    assert guessed(b'<html class="x" lang="ru-RU"><img src="a.png">') == ("ru",)
    assert guessed(b"<html><p>2024</p>") == ()


def test_short_texts_are_told_by_words_then_by_letters() -> None:
    texts = ("Право и граница", "Граница", "Border", "Recht und Gesetz", "2024", "")

    assert [of_text(text) for text in texts] == ["ru", "ru", "en", "de", None, None]


@given(st.binary(max_size=200), st.sampled_from(["page", "data", "script"]))
def test_any_bytes_have_some_languages_or_none(content: bytes, kind: str) -> None:
    assert isinstance(decoded(content), str)
    assert all(len(language) in {2, 3} for language in guessed(content, kind=kind))
