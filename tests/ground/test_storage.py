"""Files are stored whole or not at all, and never outside of the store."""

from collections.abc import Iterator

import pytest
from flask import Flask

from academy import storage


@pytest.mark.parametrize(
    "key", ["../x", "a/../../x", "/etc/passwd", "a//b", "", ".", "a/./b", "a\\b", "a/\0"]
)
def test_keys_outside_of_the_store_are_refused(app: Flask, key: str) -> None:
    with pytest.raises(ValueError, match="not a key"):
        storage.put(key, b"x")


def test_put_keeps_the_former_file_when_the_source_fails(app: Flask) -> None:
    def broken() -> Iterator[bytes]:
        yield b"half"
        raise OSError("the line is gone")

    storage.put("certificates/one.pdf", b"whole")
    with pytest.raises(OSError, match="line"):
        storage.put("certificates/one.pdf", broken())

    assert storage.read("certificates/one.pdf") == b"whole"
    assert [path.name for path in storage.path("certificates").iterdir()] == ["one.pdf"]


def test_deleting_twice_is_no_error(app: Flask) -> None:
    storage.put("uploads/a/b", b"x")
    storage.delete("uploads/a/b")
    storage.delete("uploads/a/b")

    assert not storage.exists("uploads/a/b")
