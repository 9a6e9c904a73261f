import io
import stat
import struct
import time
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from academy.courses.packages.archive import open_archive
from academy.courses.packages.findings import PackageRefused
from academy.courses.packages.limits import CHUNK, Limits
from tests.packages import zips
from tests.packages.zips import Raw

Save = Callable[..., Path]


ZHE = zips.unicode_field(b"\x86", "Ж")


def read_all(path: Path, limits: Limits | None = None) -> dict[str, bytes]:
    with open_archive(path, limits or Limits()) as archive:
        return {name: b"".join(archive.stream(name)) for name in archive.entries}


def code_of(path: Path, limits: Limits | None = None) -> str:
    with pytest.raises(PackageRefused) as refusal:
        read_all(path, limits)
    return refusal.value.findings[0].code


def test_ordinary_archive_gives_its_files(save: Save) -> None:
    files = {"a.txt": b"a", "folder/b.bin": bytes(range(256)) * 5000, "empty": b""}

    deflated = read_all(save(zips.plain(files)))
    stored = read_all(save(zips.plain(files, compression=zipfile.ZIP_STORED)))

    assert deflated == files
    assert stored == files


def test_names_with_dots_backslashes_and_litter_are_cleaned(save: Save) -> None:
    content = zips.build(
        [
            Raw(b"./imsmanifest.xml"),
            Raw(b"media\\film.mp4"),
            Raw(b"media//sound.mp3"),
            Raw(b"__MACOSX/._film.mp4"),
            Raw(b"media/.DS_Store"),
            Raw(b"media/Thumbs.db"),
            Raw(b"media/", content=b"", method=0, mode=stat.S_IFDIR | 0o755),
        ]
    )

    assert sorted(read_all(save(content))) == ["imsmanifest.xml", "media/film.mp4", "media/sound.mp3"]


def test_what_real_tools_write_is_accepted(save: Save) -> None:
    content = b"streamed" * 100
    data = Raw(b"x", content).packed_data()
    told = struct.pack("<LLL", zlib.crc32(content), len(data), len(content))
    wide = struct.pack("<LQQ", zlib.crc32(content), len(data), len(content))

    for after in (told, b"PK\7\10" + told, wide, b"PK\7\10" + wide):
        streamed = zips.build([Raw(b"x", content, flags=zips.DESCRIPTOR, after=after), Raw(b"y")])
        assert read_all(save(streamed)) == {"x": content, "y": b"content"}
    assert list(read_all(save(zips.build([Raw(b"x")], comment=b"made by a tool")))) == ["x"]
    assert list(read_all(save(zips.build([Raw(b"x")], prefix=b"PK00")))) == ["x"]


def test_zip64_archive_of_the_standard_library_is_accepted(save: Save) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive, archive.open("x", "w", force_zip64=True) as file:
        file.write(b"wide")

    assert read_all(save(buffer.getvalue())) == {"x": b"wide"}


def test_file_beyond_four_gigabytes_is_refused_unread_where_limits_hold_and_read_around_where_not(
    tmp_path: Path,
) -> None:
    path = tmp_path / "large.zip"
    zips.write_sparse(path, size=5 * 2**30)
    started = time.perf_counter()

    code = code_of(path)
    with open_archive(path, Limits(file_bytes=2**40, total_bytes=2**40)) as archive:
        content = archive.read("imsmanifest.xml", 100)

    assert (code, content) == ("zip-file-too-large", b"<manifest/>")
    assert time.perf_counter() - started < 1


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "not-a-zip"),
        (b"<html>not a zip</html>", "not-a-zip"),
        (zips.plain({"a": b"b" * 10_000})[:60], "zip-cut-off"),
        (zips.build([Raw(b"a")], comment=b"comment")[:-3], "zip-cut-off"),
        (zips.build([Raw(b"a")], trailing=b"more"), "zip-hidden-data"),
        (zips.build([Raw(b"a")], prefix=b"MZ executable"), "zip-hidden-data"),
        (zips.build([Raw(b"a")], gap=b"hidden"), "zip-hidden-data"),
        (zips.build([Raw(b"a", after=b"hidden"), Raw(b"b")]), "zip-hidden-data"),
        (zips.build([Raw(b"a"), Raw(b"b")], count=1), "zip-hidden-data"),
        (zips.build([Raw(b"a")], count=2), "zip-broken"),
        (zips.build([Raw(b"a")], after_directory=b"hidden"), "zip-hidden-data"),
        (zips.build([], prefix=b"hidden"), "zip-hidden-data"),
        (zips.build([Raw(b"a")], comment=b"PK\5\6" + b"\0" * 18), "zip-ambiguous"),
        (zips.build([Raw(b"a"), Raw(b"b", offset=0)]), "zip-overlap"),
        (zips.build([Raw(b"a"), Raw(b"a", offset=0)]), "zip-overlap"),
        (zips.build([Raw(b"a", local_name=b"b")]), "zip-ambiguous"),
        (zips.build([Raw(b"a", local_method=0)]), "zip-ambiguous"),
        (zips.build([Raw(b"a", local_size=6)]), "zip-ambiguous"),
        (zips.build([Raw(b"\xd0\x96", flags=zips.UTF8, local_flags=0)]), "zip-ambiguous"),
        (zips.build([Raw(b"a", flags=zips.ENCRYPTED)]), "zip-encrypted"),
        (zips.build([Raw(b"a", method=99)]), "zip-encrypted"),
        (zips.build([Raw(b"a", method=12)]), "zip-method"),
        (zips.build([Raw(b"a", mode=stat.S_IFLNK | 0o777)]), "zip-special-file"),
        (zips.build([Raw(b"a", mode=stat.S_IFIFO | 0o600)]), "zip-special-file"),
        (zips.build([Raw(b"a", mode=stat.S_IFBLK | 0o600)]), "zip-special-file"),
        (zips.build([Raw(b"folder/", content=b"data in a folder")]), "zip-hidden-data"),
        (zips.build([Raw(b"../escape.html")]), "name-parent"),
        (zips.build([Raw(b"a/../../escape.html")]), "name-parent"),
        (zips.build([Raw(b"a\\..\\..\\escape.html")]), "name-parent"),
        (zips.build([Raw(b"/etc/passwd")]), "name-absolute"),
        (zips.build([Raw(b"\\\\server\\share")]), "name-absolute"),
        (zips.build([Raw(b"C:\\windows\\a")]), "name-absolute"),
        (zips.build([Raw(b"a\0.html")]), "name-control"),
        (zips.build([Raw(b"a\n.html")]), "name-control"),
        (zips.build([Raw(b"folder/NUL.txt")]), "name-device"),
        (zips.build([Raw(b"com1")]), "name-device"),
        (zips.build([Raw(b"")]), "name-empty"),
        (zips.build([Raw(b"x" * 600)]), "name-too-long"),
        (zips.build([Raw(b"x/" * 40 + b"x")]), "name-too-long"),
        (zips.build([Raw(b"a"), Raw(b"./a")]), "name-twice"),
        (zips.build([Raw(b"\xc3\xa9", flags=zips.UTF8), Raw(b"e\xcc\x81", flags=zips.UTF8)]), "name-twice"),
        (zips.build([Raw(b"a", extra=b"\x75\x70\x09\x00\x01")]), "zip-broken"),
        (zips.build([Raw(b"a", extra=zips.unicode_field(b"a", "b"))]), "zip-ambiguous"),
        (zips.build([Raw(b"\x86", local_extra=zips.unicode_field(b"\x86", "Ж"))]), "zip-ambiguous"),
        (
            zips.build([Raw(b"\x86", extra=ZHE, local_extra=zips.unicode_field(b"\x86", "Щ"))]),
            "zip-ambiguous",
        ),
        (
            zips.build([Raw(b"\xd0\x96", flags=zips.UTF8, extra=zips.unicode_field(b"\xd0\x96", "Щ"))]),
            "zip-ambiguous",
        ),
        (zips.build([Raw(b"folder/", b"", data=b"\3\0hidden")]), "zip-hidden-data"),
        (zips.build([Raw(b"folder/", b"", data=b"hidden")]), "zip-checksum"),
        (zips.build([Raw(b"a", crc=1)]), "zip-checksum"),
        (zips.build([Raw(b"a", content=b"x" * 50, size=10)]), "zip-size-wrong"),
        (zips.build([Raw(b"a", content=b"x" * 50, size=60)]), "zip-size-wrong"),
        (zips.build([Raw(b"a", data=b"\xff\xff\xff\xff")]), "zip-checksum"),
        (zips.build([Raw(b"a", data=Raw(b"a").packed_data() + b"hidden")]), "zip-hidden-data"),
        (zips.build([Raw(b"a", data=Raw(b"a", b"x" * 9999).packed_data()[:-2])]), "zip-size-wrong"),
    ],
)
def test_hostile_archive_is_refused(save: Save, content: bytes, code: str) -> None:
    assert code_of(save(content)) == code


def test_names_that_differ_only_in_case_are_told(save: Save) -> None:
    with open_archive(save(zips.build([Raw(b"Page.html"), Raw(b"page.html"), Raw(b"other")]))) as archive:
        notes = [(note.severity, note.code, note.file, note.facts) for note in archive.notes]

    assert notes == [("warning", "name-case-twins", "page.html", {"other": "Page.html"})]


@pytest.mark.parametrize("encoding", ["cp866", "cp1251", "utf-8", "cp437"])
def test_names_without_mark_are_read_by_the_hrefs_of_the_manifest(save: Save, encoding: str) -> None:
    name = "Übung/Größe.html" if encoding == "cp437" else "Модуль/Граница.html"
    manifest = f'<manifest><resource href="{name}"/></manifest>'.encode()
    content = zips.build([Raw(b"imsmanifest.xml", manifest), Raw(name.encode(encoding))])

    with open_archive(save(content)) as archive:
        assert list(archive.entries) == ["imsmanifest.xml", name]
        assert [(note.code, note.facts) for note in archive.notes] == [
            ("names-recoded", {"encoding": encoding})
        ]


def test_unicode_field_gives_the_name(save: Save) -> None:
    raw = "Урок".encode("cp866")

    assert list(read_all(save(zips.build([Raw(raw, extra=zips.unicode_field(raw, "Урок"))])))) == ["Урок"]
    assert list(read_all(save(zips.build([Raw(b"\x86", extra=ZHE, local_extra=b"")])))) == ["Ж"]


def test_folder_may_be_packed_into_the_few_bytes_of_nothing(save: Save) -> None:
    folders = [Raw(b"jar/", b""), Raw(b"perl/", b"", data=b"\1\0\0\xff\xff"), Raw(b"zip/", b"", method=0)]

    assert read_all(save(zips.build([*folders, Raw(b"a", b"x")]))) == {"a": b"x"}


def test_bomb_in_one_file_is_refused_without_inflating_it(save: Save) -> None:
    bomb = zips.build(
        [Raw(b"bomb", data=Raw(b"x", b"\0" * 40_000_000).packed_data(), size=40_000_000, crc=0)]
    )

    assert len(bomb) < 100_000
    assert code_of(save(bomb)) == "zip-ratio"


def test_bomb_of_many_small_files_is_refused(save: Save) -> None:
    data = Raw(b"x", b"\0" * 1_000_000).packed_data()
    entries = (Raw(b"f%d" % number, data=data, size=1_000_000, crc=0) for number in range(40))

    assert code_of(save(zips.build(entries))) == "zip-ratio"


def test_bomb_that_lies_about_its_size_stops_at_the_size_it_states(save: Save) -> None:
    data = Raw(b"x", b"\0" * 100_000_000).packed_data()
    path = save(zips.build([Raw(b"bomb", data=data, size=1_000, crc=0)]))
    tracemalloc.start()

    code = code_of(path)

    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert code == "zip-size-wrong"
    assert peak < 6 * CHUNK


def test_small_text_may_compress_well(save: Save) -> None:
    assert read_all(save(zips.plain({"a.txt": b" " * 5_000_000}))) == {"a.txt": b" " * 5_000_000}


def test_package_in_a_package_is_just_a_file(save: Save) -> None:
    inner = zips.plain({"bomb": b"\0" * 3_000_000})

    assert read_all(save(zips.plain({"inner.zip": inner}))) == {"inner.zip": inner}


@pytest.mark.parametrize(
    ("limits", "code"),
    [
        (Limits(total_bytes=1_500), "zip-too-large"),
        (Limits(file_bytes=900), "zip-file-too-large"),
        (Limits(files=1), "zip-too-many-files"),
        (Limits(), None),
    ],
)
def test_limits_hold(save: Save, limits: Limits, code: str | None) -> None:
    path = save(zips.plain({"a": b"a" * 1_000, "b": b"b" * 1_000}))

    if code is None:
        assert len(read_all(path, limits)) == 2
    else:
        assert code_of(path, limits) == code


def test_hundred_thousand_entries_are_refused_at_once(save: Save) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for number in range(100_000):
            archive.writestr(zipfile.ZipInfo(f"f{number}"), b"")
    path = save(buffer.getvalue())
    started = time.perf_counter()

    code = code_of(path)

    assert code == "zip-too-many-files"
    assert time.perf_counter() - started < 1


def test_twenty_thousand_entries_open_quickly(save: Save) -> None:
    path = save(zips.build(Raw(b"folder/file-%d.html" % number, b"x", method=0) for number in range(20_000)))
    started = time.perf_counter()

    with open_archive(path) as archive:
        assert len(archive.entries) == 20_000

    assert time.perf_counter() - started < 5


def test_streams_may_be_interleaved(save: Save) -> None:
    files = {"a": bytes(range(256)) * 4000, "b": bytes(reversed(range(256))) * 4000}
    with open_archive(save(zips.plain(files))) as archive:
        streams: dict[str, Iterator[bytes]] = {name: archive.stream(name) for name in files}
        read = dict.fromkeys(files, b"")
        for _ in range(20):
            for name, stream in streams.items():
                read[name] += next(stream, b"")

    assert read == files


def test_read_refuses_more_than_was_asked_for(save: Save) -> None:
    with open_archive(save(zips.plain({"a": b"12345"}))) as archive:
        assert archive.read("a", 5) == b"12345"
        with pytest.raises(PackageRefused):
            archive.read("a", 4)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(name=st.text(min_size=1, max_size=40), content=st.binary(max_size=200))
def test_any_name_is_safe_or_refused(save: Save, name: str, content: bytes) -> None:
    try:
        raw = name.encode()
    except UnicodeEncodeError:
        raw = name.encode("utf-8", "surrogatepass")
    path = save(zips.build([Raw(raw, content, flags=zips.UTF8)]))

    try:
        found = read_all(path)
    except PackageRefused:
        return

    for one, kept in found.items():
        parts = one.split("/")
        assert kept == content
        assert not one.startswith("/")
        assert not {"", ".", ".."} & set(parts)
        assert "\\" not in one


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(place=st.integers(0, 400), value=st.integers(0, 255))
def test_any_changed_byte_is_refused_or_harmless(save: Save, place: int, value: int) -> None:
    files = {"imsmanifest.xml": b"<manifest/>" * 10, "page.html": b"text " * 20}
    content = bytearray(zips.plain(files))
    content[place % len(content)] = value

    try:
        found = read_all(save(bytes(content)))
    except PackageRefused:
        return

    assert all(kept in files.values() for kept in found.values())
