from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from academy.courses.packages.findings import PackageRefused
from academy.courses.packages.limits import Limits
from academy.courses.packages.names import choose_encoding, clean, folded, is_ignored

WORDS = ("Урок", "Граница", "Введение", "Тест", "Модуль", "звук", "страница", "глава", "Ёлка", "объём")


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("a/b.html", "a/b.html"),
        ("./a//b.html", "a/b.html"),
        ("a\\b.html", "a/b.html"),
        ("a/b/", "a/b/"),
        ("./", ""),
        ("e\u0301.html", "é.html"),
        ("..a/b..c/...", None),
        ("a/...", None),
        ("..a/b..c", "..a/b..c"),
        ("a:b", None),
        ("time 12:30.html", "time 12:30.html"),
        ("console.html", "console.html"),
        ("auxiliary/com10.txt", "auxiliary/com10.txt"),
        ("aux.html", None),
        ("a/LPT1", None),
        ("con .txt", None),
        ("a/ .. /b", None),
        ("a/.../b", None),
        ("a\x85b", None),
        ("a\u2028b", None),
    ],
)
def test_name_becomes_a_safe_path_or_is_refused(name: str, path: str | None) -> None:
    if path is None:
        with pytest.raises(PackageRefused):
            clean(name, limits=Limits())
    else:
        assert clean(name, limits=Limits()) == path


def test_name_that_moves_the_cursor_is_shown_in_escapes() -> None:
    with pytest.raises(PackageRefused) as refusal:
        clean("Урок\x1b[2J.html", limits=Limits())

    assert refusal.value.findings[0].file == "Урок\\x1b[2J.html"


def test_litter_of_operating_systems_is_ignored() -> None:
    litter = ("__MACOSX/a.html", "a/.DS_Store", "a/._b.html", "THUMBS.DB", "a/desktop.ini")

    assert [is_ignored(path) for path in litter] == [True] * 5
    assert [is_ignored(path) for path in ("a.html", "a/__MACOSX.html", ".htaccess")] == [False] * 3


def test_folding_joins_case_and_composition() -> None:
    assert folded("ГРАНИЦА/Straße/E\u0301") == folded("граница/STRASSE/é")


@pytest.mark.parametrize(
    ("names", "encoding"),
    [
        (["Урок 1.html", "Граница.png"], "cp866"),
        (["Урок 1.html", "Граница.png"], "cp1251"),
        (["Prüfung.html", "Größe.png"], "cp437"),
        (["Prüfung.html"], "cp437"),
        (["Überblick.html"], "cp1252"),
        (["Урок.html"], "utf-8"),
        (["глава.html"], "cp1251"),
        (["Глава 2EN/index.html"], "cp866"),
    ],
)
def test_encoding_is_chosen_by_plausible_letters_where_no_href_helps(names: list[str], encoding: str) -> None:
    assert choose_encoding([name.encode(encoding) for name in names], []) == encoding


def test_encoding_is_chosen_by_hrefs_before_letters() -> None:
    raw = ["Урок.html".encode("cp866")]
    as_western = raw[0].decode("cp437")

    assert choose_encoding(raw, [f"folder/{as_western}"]) == "cp437"
    assert choose_encoding(["фон.png".encode("cp866")], ["img/фон.png"]) == "cp866"
    assert choose_encoding(["фон.png".encode("cp866")], []) == "utf-8"  # the bytes are that by accident


@given(
    words=st.lists(st.sampled_from(WORDS), min_size=2, max_size=8, unique=True),
    encoding=st.sampled_from(["cp866", "cp1251", "utf-8"]),
    slash=st.sampled_from("/\\"),
)
def test_russian_names_are_read_right_whatever_wrote_them(
    words: list[str], encoding: str, slash: str
) -> None:
    names = [f"{words[0]}{slash}{word}-{number}.html" for number, word in enumerate(words[1:])]

    assert choose_encoding([name.encode(encoding) for name in names], []) == encoding


@given(
    names=st.lists(
        st.text("абвгдежзийклмнопрстуфхцчшщъыьэюяЁАБ 1a", min_size=1, max_size=12), min_size=1, max_size=6
    ),
    encoding=st.sampled_from(["cp866", "cp1251", "utf-8"]),
)
def test_any_names_are_read_as_the_manifest_spells_them(names: list[str], encoding: str) -> None:
    raw = [f"{name}/page.html".encode(encoding) for name in names]
    hrefs = [f"{quote(name.swapcase())}/page.html?lesson=1#top" for name in names]

    chosen = choose_encoding(raw, hrefs)

    assert [one.decode(chosen) for one in raw] == [f"{name}/page.html" for name in names]
