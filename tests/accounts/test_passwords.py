import pytest
from argon2 import PasswordHasher

from academy.accounts import passwords


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
        ("йцукенгшщз", "Many people use"),
        ("aaaaaaaaaaaa", "Many people use"),
        ("elena.russu@example.org", "The password must not be your name"),
        ("Elena.Russu", "The password must not be your name"),
        ("russu elena", "The password must not be your name"),
    ],
)
def test_fault_says_what_is_wrong(password, beginning):
    fault = passwords.fault(password, personal=("elena.russu@example.org", "Elena Russu", None))

    assert fault is not None
    assert fault.startswith(beginning)


@pytest.mark.parametrize(
    "password", ["three words fit", "prague-demo-2026", "Пограничник-7", "пароль с пробелами"]
)
def test_fault_is_none_for_a_good_password(password):
    assert passwords.fault(password, personal=("elena@example.org", "Elena Russu", "")) is None
