"""Files are stored whole or not at all, and never outside of the store: in a folder and in a bucket alike."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from academy import storage
from academy.storage import StorageFull, StorageGone, folder
from tests.stores import forget_connections, kept
from tools.object_store import ObjectStore

pytestmark = pytest.mark.only("sqlite")  # nothing in it depends on the database

LARGE = [bytes([number]) * 1_000_003 for number in range(20)]  # more than a part of an upload holds


def root(app: Flask) -> Path:
    return Path(str(app.config["STORAGE_URL"]).removeprefix("file:"))


def drafts(app: Flask) -> list[Path]:
    return [path for path in root(app).rglob("*") if path.is_file()]


def half_then_broken() -> Iterator[bytes]:
    yield b"half"
    raise OSError("the line is gone")


def large_then_broken() -> Iterator[bytes]:
    yield from LARGE
    raise OSError("the line is gone")


@pytest.mark.parametrize(
    "key", ["../x", "a/../../x", "/etc/passwd", "a//b", "", ".", "a/./b", "a\\b", "a/\0", ".drafts/x", "a/"]
)
def test_keys_outside_of_the_store_are_refused(app: Flask, key: str) -> None:
    for act in (storage.read, storage.exists, storage.delete, storage.pieces, storage.size):
        with pytest.raises(ValueError, match="not a key"):
            act(key)
    with pytest.raises(ValueError, match="not a key"):
        storage.put(key, b"x")


@pytest.mark.parametrize("content", [b"", b"small", b"".join(LARGE)], ids=["empty", "small", "large"])
def test_what_is_put_is_read(any_store: str, content: bytes) -> None:
    assert storage.put("packages/ab/ключ 1", content) == len(content)

    assert storage.exists("packages/ab/ключ 1")
    assert storage.size("packages/ab/ключ 1") == len(content)
    assert storage.read("packages/ab/ключ 1") == content
    pieces = storage.pieces("packages/ab/ключ 1")
    assert b"".join(pieces) == content
    assert list(pieces) == []


def test_an_iterator_is_stored_as_a_whole(any_store: str) -> None:
    assert storage.put("packages/x", iter(LARGE)) == 20_000_060

    assert storage.read("packages/x") == b"".join(LARGE)


@pytest.mark.parametrize(
    ("start", "end"), [(0, 1), (5, 5), (999_999, 3_000_001), (19_000_000, None), (0, 20_000_060)]
)
def test_ranges_are_the_bytes_asked_for(any_store: str, start: int, end: int | None) -> None:
    storage.put("packages/x", iter(LARGE))

    assert b"".join(storage.pieces("packages/x", start=start, end=end)) == b"".join(LARGE)[start:end]


@pytest.mark.parametrize("source", [half_then_broken, large_then_broken])
def test_put_keeps_the_former_file_when_the_source_fails(any_store: str, app: Flask, source: object) -> None:
    storage.put("certificates/one.pdf", b"whole")
    with pytest.raises(OSError, match="line") as failure:
        storage.put("certificates/one.pdf", source())  # type: ignore[operator]

    assert not isinstance(failure.value, StorageGone)
    assert storage.read("certificates/one.pdf") == b"whole"
    assert kept() == ["certificates/one.pdf"]
    if any_store == "file":
        assert drafts(app) == [root(app) / "certificates" / "one.pdf"]


@pytest.mark.parametrize("act", [storage.read, storage.size, storage.pieces])
def test_a_missing_file_is_named_at_once(any_store: str, act: object) -> None:
    storage.put("packages/there", b"x")

    with pytest.raises(FileNotFoundError, match="packages/gone"):
        act("packages/gone")  # type: ignore[operator]


def test_missing_names_what_is_not_there(any_store: str) -> None:
    for number in range(0, 30, 3):
        storage.put(f"packages/{number}", b"x")

    asked = {f"packages/{number}" for number in range(30)}
    assert storage.missing(asked) == {f"packages/{number}" for number in range(30) if number % 3}


def test_delete_removes_what_is_there_and_nothing_else(any_store: str) -> None:
    for name in ("a", "b", "b2", "c"):
        storage.put(f"packages/{name}", b"x")

    storage.delete("packages/a", "packages/b", "packages/never")
    storage.delete("packages/a")

    assert kept() == ["packages/b2", "packages/c"]


def test_listed_tells_size_and_age_of_one_folder_only(any_store: str) -> None:
    storage.put("uploads/one", b"123")
    storage.put("uploads/two/deep", b"1")
    storage.put("uploads-not/three", b"x")

    found = {one.key: one for one in storage.listed("uploads")}

    assert {key: one.size for key, one in found.items()} == {"uploads/one": 3, "uploads/two/deep": 1}
    assert all(one.modified.tzinfo for one in found.values())
    assert list(storage.listed("nothing")) == []


def test_pieces_make_a_file_on_this_machine(any_store: str) -> None:
    whole = b"".join(LARGE)
    for start in (0, 7_000_000, 14_000_000):
        storage.put_piece("uploads/x", start, whole[start : start + 7_000_000])

    with storage.on_disk("uploads/x", size=len(whole)) as path:
        assert path.read_bytes() == whole
        assert path.read_bytes() == whole  # each time from its beginning


def test_a_piece_may_come_again_longer_or_shorter(any_store: str) -> None:
    storage.put_piece("uploads/x", 0, b"0123")
    storage.put_piece("uploads/x", 0, b"012345")
    storage.put_piece("uploads/x", 4, b"456789")

    with storage.on_disk("uploads/x", size=10) as path:
        assert path.read_bytes() == b"0123456789"


@pytest.mark.parametrize("start", [0, 6])
def test_a_file_with_a_piece_missing_is_not_lent(any_store: str, start: int) -> None:
    storage.put_piece("uploads/x", start, b"0123")

    with pytest.raises(FileNotFoundError), storage.on_disk("uploads/x", size=11):
        pass


def test_a_gap_is_seen_even_where_the_end_is_there(bucket: ObjectStore) -> None:
    storage.put_piece("uploads/x", 0, b"0123")
    storage.put_piece("uploads/x", 6, b"6789")

    with pytest.raises(FileNotFoundError), storage.on_disk("uploads/x", size=10):
        pass


def test_a_file_put_whole_is_lent_too_and_leaves_nothing(any_store: str, app: Flask) -> None:
    storage.put("uploads/x", iter(LARGE))

    with storage.on_disk("uploads/x", size=20_000_060) as path:
        assert path.stat().st_size == 20_000_060
        path_name = str(path)

    assert any_store == "file" or not Path(path_name).exists()
    assert not list(Path(str(app.config["INSTANCE_PATH"])).glob(".lent-*"))


def test_delete_with_pieces_leaves_neighbours(any_store: str) -> None:
    storage.put_piece("uploads/x", 0, b"0")
    storage.put_piece("uploads/x", 1, b"1")
    storage.put_piece("uploads/xx", 0, b"0")
    storage.put("uploads/whole", b"w")

    storage.delete_with_pieces("uploads/x")
    storage.delete_with_pieces("uploads/whole")

    assert len(kept("uploads")) == 1
    assert kept("uploads")[0].startswith("uploads/xx")


def test_check_finds_nothing_wrong_and_leaves_nothing(any_store: str) -> None:
    assert storage.check() is None
    assert kept() == []


def test_a_root_that_is_gone_is_no_empty_store(app: Flask) -> None:
    storage.put("packages/x", b"x")
    root(app).rename(root(app).with_name("elsewhere"))
    try:
        for act in (
            lambda: storage.put("packages/y", b"y"),
            lambda: storage.put_piece("uploads/y", 0, b"y"),
            lambda: storage.exists("packages/x"),
            lambda: list(storage.listed("packages")),
        ):
            with pytest.raises(StorageGone):
                act()
        assert "is not there" in str(storage.check())
        assert not root(app).exists()
    finally:
        root(app).with_name("elsewhere").rename(root(app))

    assert storage.read("packages/x") == b"x"
    assert storage.check() is None


def test_a_full_disk_says_so_and_leaves_nothing_half(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    storage.put("packages/x", b"former")
    monkeypatch.setattr(folder.os, "fsync", full)
    with pytest.raises(StorageFull):
        storage.put("packages/x", b"newer")

    assert storage.read("packages/x") == b"former"
    assert drafts(app) == [root(app) / "packages" / "x"]
    assert "No space left" in str(storage.check())


def test_tidy_removes_old_drafts_of_killed_processes_only(app: Flask) -> None:
    storage.put("packages/x", b"x")
    place = root(app) / folder.DRAFTS
    for name in ("old", "new"):
        (place / name).write_bytes(b"half")
    os.utime(place / "old", (1000, 1000))

    storage.tidy(2000)

    assert [path.name for path in place.iterdir()] == ["new"]
    assert kept() == ["packages/x"]


def test_a_service_that_does_not_answer_is_gone_and_comes_back(bucket: ObjectStore) -> None:
    storage.put("packages/x", b"x")
    bucket.halt()
    try:
        for act in (
            lambda: storage.put("packages/y", b"y"),
            lambda: storage.put("packages/z", iter(LARGE)),
            lambda: storage.read("packages/x"),
            lambda: storage.exists("packages/x"),
            lambda: storage.delete("packages/x"),
            lambda: list(storage.listed("packages")),
        ):
            with pytest.raises(StorageGone):
                act()
        assert "error sending request" in str(storage.check())
    finally:
        bucket.resume()

    assert storage.read("packages/x") == b"x"
    assert kept() == ["packages/x"]


def test_a_service_that_goes_away_while_a_file_is_read_breaks_it_off(bucket: ObjectStore) -> None:
    storage.put("packages/x", iter(LARGE))
    reading = storage.pieces("packages/x")
    next(reading)
    bucket.halt()
    try:
        with pytest.raises(StorageGone):
            list(reading)
    finally:
        bucket.resume()


@pytest.mark.parametrize(
    ("setting", "value", "told"),
    [
        ("STORAGE_SECRET_KEY", "wrong", "SignatureDoesNotMatch"),
        ("STORAGE_ACCESS_KEY", "no:body", ": SignatureDoesNotMatch: "),
        ("STORAGE_URL", "s3://no-such-bucket/x", "NoSuchBucket"),
    ],
)
def test_a_service_that_refuses_is_gone_and_check_says_why(
    bucket: ObjectStore, app: Flask, monkeypatch: pytest.MonkeyPatch, setting: str, value: str, told: str
) -> None:
    monkeypatch.setitem(app.config, setting, value)
    forget_connections()

    with pytest.raises(StorageGone):
        storage.put("packages/x", b"x")
    with pytest.raises((StorageGone, FileNotFoundError)):
        storage.read("packages/x")
    assert told in str(storage.check())
    forget_connections()
