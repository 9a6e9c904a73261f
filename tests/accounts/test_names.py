import pytest

from academy.accounts import names

LATIN = [
    "Munira Qodirova",
    "Ștefan Țurcanu",
    "Łukasz Wiśniewski-Żółć",
    "Đorđe Đurić",
    "Şükrü Çağlayan İnönü ışık",
    "Ðóra Þorsteinsdóttir",
    "Oʻtkir Gʻaniyev",
    "Seán O'Connor",
    "José María Núñez",
    "Žofie Šťastná",
    "Mārtiņš Bērziņš",
    "Ərtoğrul Əliyev",
    "Győző Erdős",
]
CYRILLIC = [
    "Мунира Қодирова",
    "Нұрсұлтан Әбішев",
    "Їжак Ґедз-Є",
    "Өмүрбек Ңгөй",
    "Ҳусейн Ӯлҷаев",
    "Љубица Ђурић",
    "Ѓорѓи Ќосев",
    "Анна-Мария О’Нил",
]
HOSTILE = [
    "=cmd|' /C calc'!A0",
    "+1",
    "@SUM(A1)",
    "Elena\u202egnp.exe",
    "Elena\u200b",
    "<b>Elena</b>",
    "Elena\x00",
    "E" + "\u0301" * 40,
    "Elena 😀",
    "Elena; DROP",
]


@pytest.mark.parametrize("name", LATIN)
def test_latin_takes_every_letter_of_the_states(name):
    assert names.latin(f"  {name}  ") == name


@pytest.mark.parametrize("name", CYRILLIC)
def test_cyrillic_takes_every_letter_of_the_states(name):
    assert names.cyrillic(name) == name


@pytest.mark.parametrize("name", HOSTILE)
def test_names_refuse_what_no_passport_prints(name):
    with pytest.raises(names.BadName):
        names.latin(name)
    with pytest.raises(names.BadName):
        names.cyrillic(name)


def test_latin_composes_letters_and_spaces():
    assert names.latin("Jose\u0301   Nu\u0301n\u0303ez") == "José Núñez"


def test_latin_refuses_cyrillic_and_the_other_way_round():
    with pytest.raises(names.NotLatin):
        names.latin("Мунира")
    with pytest.raises(names.NotCyrillic):
        names.cyrillic("Munira")


@pytest.mark.parametrize("name", ["", "   ", "- '"])
def test_latin_refuses_a_name_without_letters(name):
    with pytest.raises(names.NameMissing):
        names.latin(name)


def test_cyrillic_may_be_missing():
    assert names.cyrillic(None) is None
    assert names.cyrillic("  ") is None


def test_latin_refuses_ten_thousand_letters(app):
    with pytest.raises(names.NameTooLong):
        names.latin("A" * 10_000)
    assert names.latin("A" * names.LONGEST) == "A" * names.LONGEST
