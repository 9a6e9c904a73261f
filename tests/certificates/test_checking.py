"""What can be said of a number, of a file, and of a name."""

import pytest

from academy import storage
from academy.certificates import checking, services
from academy.certificates.checking import Check
from tests.factories import certificates


@pytest.mark.usefixtures("app")
def test_number_of_valid_revoked_superseded_and_unknown_certificates() -> None:
    valid, revoked, superseded = (certificates.certificate() for _ in range(3))
    services.revoke(revoked.serial, reason="Error")
    superseded.status = "superseded"

    found = [checking.number(one.serial).status for one in (valid, revoked, superseded)]

    assert found == ["valid", "revoked", "superseded"]
    assert checking.number("PPTA-2020-000001-00") == Check("unknown", None, None)
    assert checking.number("nonsense") == Check("unknown", None, None)


@pytest.mark.usefixtures("app")
def test_file_is_valid_to_the_byte_else_altered_else_unknown() -> None:
    made, other = certificates.certificate(), certificates.certificate()
    pdf = storage.read(services.storage_key(made.serial))

    assert checking.file(pdf) == Check("valid", made.serial, made)
    assert checking.file(pdf + b" ") == Check("altered", made.serial, made)
    assert checking.file(pdf[: len(pdf) - 40]) == Check("altered", made.serial, made)
    assert checking.file(b"%PDF-1.7 something else") == Check("unknown", None, None)
    services.revoke(made.serial, reason="Error")
    assert checking.file(pdf) == Check("revoked", made.serial, made)
    assert checking.file(storage.read(services.storage_key(other.serial))).status == "valid"


def test_serials_in_a_bomb_unpacks_little() -> None:
    import zlib

    bomb = b"stream\n" + zlib.compress(b"0" * 50_000_000) + b"endstream"

    assert checking.serials_in(bomb * 3) == []
    assert sum(len(part) for part in checking._unpacked(bomb * 3)) == 3 * checking.LARGEST_STREAM


def test_masked_shows_first_letters_only() -> None:
    assert checking.masked("Elena Russu") == "E•••• R••••"
    assert checking.masked("Құрманғазы") == "Қ•••••••••"


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("Ru", True),
        (" ru ", True),
        ("russu", True),
        ("El", True),
        ("Ру", True),
        ("СЁ", True),
        ("се", True),
        ("R", False),
        ("", False),
        ("ss", False),
        ("Ruzz", False),
    ],
)
def test_knows_name_by_two_letters_that_begin_a_word(typed: str, expected: bool) -> None:
    assert checking.knows_name(["Elena Russu", "Елена Руссу-Сёмина", None], typed) is expected


@pytest.mark.parametrize(
    ("typed", "expected"),
    [("Tu", True), ("ȚU", True), ("st", True), ("ка", True), ("га", True), ("lu", True), ("ru", False)],
)
def test_knows_name_typed_on_a_keyboard_without_its_letters(typed: str, expected: bool) -> None:
    names = ["Ștefan Țurcanu-Łukasz", "Штефан Қаҳҳоров-Ғафуров"]

    assert checking.knows_name(names, typed) is expected
