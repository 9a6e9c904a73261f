import hashlib
import subprocess
import sys

import pytest
from argon2 import PasswordHasher

from academy.accounts import common, guessing, passwords

pytestmark = pytest.mark.only("sqlite")  # nothing in it depends on the database

PERSONAL = ("elena.russu@example.org", "Elena Russu", "Елена Руссу", "Moldova", "Молдова")


@pytest.fixture(autouse=True)
def _language(app):
    """Sentences need an application."""


def test_hash_of_matches_only_its_password():
    kept = passwords.hash_of("three words fit")

    assert kept.startswith("$argon2id$")
    assert passwords.matches("three words fit", kept)
    assert not passwords.matches("three words Fit", kept)


def test_matches_nobody_where_there_is_no_hash():
    assert not passwords.matches("nobody's password", None)
    assert not passwords.matches("anything", "not a hash")


def test_matches_the_same_letters_in_either_composition():
    assert passwords.matches("heslo s ha\u0301c\u030cky", passwords.hash_of("heslo s háčky"))
    assert passwords.matches("three words ﬁt", passwords.hash_of("three words fit"))


def test_renewed_gives_a_hash_only_for_other_parameters():
    weak = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash("three words fit")

    stronger = passwords.renewed("three words fit", weak)

    assert stronger is not None
    assert passwords.renewed("three words fit", stronger) is None
    assert passwords.renewed("x", None) is None


@pytest.mark.parametrize(
    ("password", "beginning"),
    [
        ("short", "The password has 5 characters"),
        ("x" * 201, "The password is too long"),
        ("Password-123", "Many people use"),
        ("P@ssw0rd2024", "Many people use"),
        ("passwordpassword", "Many people use"),
        ("drowssap2024", "Many people use"),
        ("1qaz2wsx3edc", "Many people use"),
        ("asdfghjkl;'", "Many people use"),
        ("abcdefghijk", "Many people use"),
        ("йцукенгшщз", "Many people use"),
        ("Йцукен12345", "Many people use"),
        ("пароль2024", "Many people use"),  # gfhjkm on the keys
        ("ghbdtn12345", "Many people use"),  # привет on the keys
        ("Наташа1985!", "Many people use"),  # natasha in Latin letters
        ("aaaaaaaaaaaa", "Many people use"),
        ("ｐａｓｓｗｏｒｄ１２３", "Many people use"),
        ("Elena1985!", "The password must not be your name"),
        ("ЕленаРуссу85", "The password must not be your name"),
        ("Moldova2026", "The password must not be your name"),
        ("icmpd-academy-1", "The password must not be your name"),
        ("elena.russu@example.org", "The password must not be your name"),
        ("Elena.Russu", "The password must not be your name"),
        ("russu elena", "The password must not be your name"),
    ],
)
def test_fault_says_what_is_wrong(password, beginning):
    fault = passwords.fault(password, personal=PERSONAL)

    assert fault is not None
    assert fault.startswith(beginning)


@pytest.mark.parametrize(
    "password",
    [
        *("three words fit", "prague-demo-2026", "Пограничник-7", "пароль с пробелами"),
        *("четыре слова на замок", "мама мыла раму вчера", "zebra lamp 77 window", "x7!Kp2#mQz"),
        *("Kišiněv má 3 mosty", "შავი ზღვის სანაპირო", "Elena likes green tea", "ж" + "абвг дежз " * 19),
    ],
)
def test_fault_is_none_for_a_good_password(password):
    assert passwords.fault(password, personal=PERSONAL) is None


def test_few_random_passwords_are_taken_for_common_ones():
    words = [hashlib.sha256(str(number).encode()).hexdigest()[:14] for number in range(2000)]

    assert sum(guessing.is_guessed(word) for word in words) < 20


def test_the_list_of_common_passwords_is_small_and_read_late():
    assert common.FILTER.stat().st_size < 500_000
    asked = "import academy.app, academy.accounts.common as c; print(c._bits.cache_info().currsize)"

    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "0"
