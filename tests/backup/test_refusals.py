"""What is not a whole, unchanged and honest backup leaves an empty instance empty."""

import gzip
import io
import json
import shutil
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from academy import storage
from academy.backup import creating, restoring
from academy.backup.errors import BadArchive, NotEmpty, NotUpgraded
from academy.db import db
from academy.operation import downgrade, upgrade
from academy.storage import StorageGone
from tests import stores
from tests.backup.instances import fill, instance, members, written
from tests.factories import accounts

Parts = list[tuple[Any, bytes]]


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a backup of an Academy with something in it."""
    folder = tmp_path_factory.mktemp("source")
    with instance(folder):
        upgrade()
        fill(folder)
        creating.create(folder / "good.tar")
    return folder / "good.tar"


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Flask]:
    """Return an empty instance, and see that it is one afterwards."""
    with instance(tmp_path / "empty") as app:
        secret = (tmp_path / "empty" / "secret-key").read_text()
        yield app
        assert sa.inspect(db.engine).get_table_names() == []
        assert list(storage.listed()) == []
        assert (tmp_path / "empty" / "secret-key").read_text() == secret
        left = {path.name for path in (tmp_path / "empty").iterdir()}
        assert {name for name in left if not name.startswith("academy.sqlite")} == {"secret-key", "storage"}


def test_a_whole_backup_is_whole(good: Path, empty: Flask) -> None:
    found = restoring.check(good)

    assert found.manifest["files"] == 8
    assert sum(found.manifest["tables"].values()) > 100


@pytest.mark.parametrize("share", [0.0, 0.01, 0.3, 0.6, 0.9, 0.999])
def test_a_backup_that_is_cut_off_is_refused(good: Path, empty: Flask, tmp_path: Path, share: float) -> None:
    content = good.read_bytes().rstrip(b"\0")
    (tmp_path / "cut.tar").write_bytes(content[: int(len(content) * share)])

    with pytest.raises(BadArchive):
        restoring.restore(tmp_path / "cut.tar")
    with pytest.raises(BadArchive):
        restoring.check(tmp_path / "cut.tar")


@pytest.mark.parametrize("share", [0.005, 0.1, 0.35, 0.5, 0.77, 0.95])
def test_a_backup_with_one_changed_byte_is_refused(
    good: Path, empty: Flask, tmp_path: Path, share: float
) -> None:
    content = bytearray(good.read_bytes().rstrip(b"\0"))
    place = next(at for at in range(int(len(content) * share), len(content)) if content[at])
    content[place] ^= 0x10
    (tmp_path / "changed.tar").write_bytes(content + bytes(20_000))

    with pytest.raises(BadArchive):
        restoring.restore(tmp_path / "changed.tar")


@pytest.mark.parametrize("content", [b"", b"PK\3\4 a zip", b"\0" * 20_000, bytes(range(256)) * 99])
def test_something_else_is_refused(empty: Flask, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "other").write_bytes(content)

    with pytest.raises(BadArchive, match="not a backup"):
        restoring.restore(tmp_path / "other")


HOSTILE = (
    *("files/../../evil", "files/a/../../evil", "/etc/evil", "../evil", "files//evil", "files/.drafts/evil"),
    *("files/a\\evil", "files/packages/\nevil", "keys/../evil", "keys/.ssh", "keys/a/b", "keys/"),
    *("tables/person/1.jsonl.gz", "tables/Person/00001.jsonl.gz", "tables/../person/00009.jsonl.gz"),
    *("evil", "files", "academy-backup.json/x"),
)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_that_no_backup_has_is_refused(good: Path, empty: Flask, tmp_path: Path, name: str) -> None:
    parts: Parts = members(good)
    section = name.partition("/")[0]
    last = max((at for at, (about, _) in enumerate(parts) if about.name.startswith(section)), default=5)
    parts.insert(last + 1, (name, b"evil"))

    with pytest.raises(BadArchive):
        restoring.restore(written(tmp_path / "hostile.tar", parts))
    assert not list(tmp_path.rglob("*evil*"))


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.DIRTYPE, tarfile.FIFOTYPE, b"S"])
def test_a_member_that_is_no_file_is_refused(good: Path, empty: Flask, tmp_path: Path, kind: bytes) -> None:
    link = tarfile.TarInfo("files/packages/zz")
    link.type, link.linkname = kind, "../../secret-key"
    with tarfile.open(tmp_path / "linked.tar", "w") as tar:
        for about, content in members(good):
            if about.name.startswith("keys/"):
                tar.addfile(link)
            tar.addfile(about, io.BytesIO(content))

    with pytest.raises(BadArchive):
        restoring.restore(tmp_path / "linked.tar")


def without_sums(parts: Parts) -> Parts:
    return [part for part in parts if part[0].name != "SHA256SUMS"]


def without_manifest(parts: Parts) -> Parts:
    return parts[:-1]


def twice(parts: Parts) -> Parts:
    at = next(at for at, (about, _) in enumerate(parts) if about.name.startswith("files/"))
    return [*parts[: at + 1], parts[at], *parts[at + 1 :]]


def without_one(parts: Parts) -> Parts:
    return [part for part in parts if part[0].name != "tables/enrolment/00001.jsonl.gz"]


def out_of_order(parts: Parts) -> Parts:
    return [parts[0], *parts[1:-2][::-1], *parts[-2:]]


def later(parts: Parts) -> Parts:
    return _with_head(parts, revision="9999")


def another_form(parts: Parts) -> Parts:
    return _with_head(parts, format=2)


def odd_tables(parts: Parts) -> Parts:
    head = json.loads(parts[0][1])
    return _with_head(parts, tables=[*head["tables"], {"name": "sqlite_master", "columns": {"x": "text"}}])


def odd_kind(parts: Parts) -> Parts:
    return _with_head(parts, tables=[{"name": "state", "columns": {"code": "pickle"}}])


def no_tables(parts: Parts) -> Parts:
    return _with_head(parts, tables=None)


def a_row_to_nothing(parts: Parts) -> Parts:
    return _with_rows(parts, "enrolment", lambda row: {**row, "person_id": 987654})


def a_row_of_wrong_kind(parts: Parts) -> Parts:
    return _with_rows(parts, "enrolment", lambda row: {**row, "registration": "nobody"})


def a_row_of_another_form(parts: Parts) -> Parts:
    return _with_rows(parts, "enrolment", lambda row: {**row, "password": "x"})


def the_same_row_twice(parts: Parts) -> Parts:
    return _with_rows(parts, "enrolment", lambda row: {**row, "id": 1})


def no_rows(parts: Parts) -> Parts:
    return [
        (about, b"{") if about.name == "tables/state/00001.jsonl.gz" else (about, content)
        for about, content in parts
    ]


def _with_head(parts: Parts, **changes: Any) -> Parts:
    head = json.dumps({**json.loads(parts[0][1]), **changes}).encode()
    return [(parts[0][0], head), *parts[1:]]


def _with_rows(parts: Parts, table: str, change: Callable[[dict[str, Any]], dict[str, Any]]) -> Parts:
    name = f"tables/{table}/00001.jsonl.gz"
    changed: Parts = []
    for about, content in parts:
        if about.name == name:
            lines = [json.dumps(change(json.loads(line))) for line in gzip.decompress(content).splitlines()]
            content = gzip.compress("\n".join(lines).encode() + b"\n")
        changed.append((about, content))
    return changed


DISHONEST = [
    *(without_sums, without_manifest, twice, without_one, out_of_order, later, another_form, odd_tables),
    *(odd_kind, no_tables, a_row_to_nothing, a_row_of_wrong_kind, a_row_of_another_form, the_same_row_twice),
    no_rows,
]


@pytest.mark.parametrize("change", DISHONEST)
def test_a_backup_whose_digests_fit_is_still_read_with_care(
    good: Path, empty: Flask, tmp_path: Path, change: Callable[[Parts], Parts]
) -> None:
    with pytest.raises(BadArchive):
        restoring.restore(written(tmp_path / "dishonest.tar", change(members(good))))


def test_an_instance_with_tables_is_refused_and_stays_as_it_is(good: Path, tmp_path: Path) -> None:
    with instance(tmp_path / "full"):
        upgrade()
        kept = accounts.person()
        db.session.commit()
        with pytest.raises(NotEmpty, match="holds tables already"):
            restoring.restore(good)
        db.session.refresh(kept)
        assert stores.kept() == []


def test_a_store_with_other_files_is_refused_and_stays_as_it_is(good: Path, tmp_path: Path) -> None:
    with instance(tmp_path / "full"):
        storage.put("packages/aa/other", b"x")
        with pytest.raises(NotEmpty, match="packages/aa/other"):
            restoring.restore(good)
        assert stores.kept() == ["packages/aa/other"]
        assert sa.inspect(db.engine).get_table_names() == []


def test_a_restore_that_was_killed_may_be_tried_again(good: Path, tmp_path: Path) -> None:
    with instance(tmp_path / "again"):
        for about, content in members(good)[:60]:
            if about.name.startswith("files/"):
                storage.put(about.name.removeprefix("files/"), content[:7])

        restoring.restore(good)

        for about, content in members(good):
            if about.name.startswith("files/"):
                assert storage.read(about.name.removeprefix("files/")) == content


def test_a_store_that_goes_away_leaves_the_database_empty(
    good: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = stores.object_store()
    with instance(tmp_path / "away", store="s3"):
        server.halt()
        try:
            with pytest.raises(StorageGone):
                restoring.restore(good)
        finally:
            server.resume()
        assert sa.inspect(db.engine).get_table_names() == []
        restoring.restore(good)


def test_a_database_in_an_older_form_is_not_backed_up(tmp_path: Path) -> None:
    with instance(tmp_path / "old"):
        upgrade()
        downgrade("0007")
        with pytest.raises(NotUpgraded):
            creating.create(tmp_path / "old.tar")
    assert not list(tmp_path.glob("*.tar*"))
    assert not list(tmp_path.glob(".old*"))


def test_a_backup_that_cannot_be_finished_leaves_the_former_one(
    good: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copy(good, tmp_path / "one.tar")
    with instance(tmp_path / "a"):
        upgrade()
        fill(tmp_path / "a")
        monkeypatch.setattr(creating.files, "own_keys", lambda: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            creating.create(tmp_path / "one.tar")

    assert (tmp_path / "one.tar").read_bytes() == good.read_bytes()
    assert {path.name for path in tmp_path.iterdir()} == {"a", "one.tar"}


def test_a_backup_of_an_older_version_is_brought_to_this_one(good: Path, tmp_path: Path) -> None:
    head = {**json.loads(members(good)[0][1]), "revision": "0007"}
    act = {
        "actor": "text",
        "act": "text",
        "target": "text",
        "at": "moment",
        "id": "integer",
        "address": "text",
    }
    columns = {
        "installation": {"name": "text", "value": "text"},
        "audit_entry": {**act, "before": "json", "after": "json"},
    }
    head["tables"] = [{"name": name, "columns": found} for name, found in columns.items()]
    base = {"name": "iri_base", "value": "https://old.example.org"}
    entry = {"id": 7, "at": "2026-01-02T03:04:05.000006Z", "actor": "command line", "act": "state.save"}
    entry |= {"target": "MD", "before": {"status": "active"}, "after": {"status": "former"}}
    parts: Parts = [("academy-backup.json", json.dumps(head).encode())]
    for name, row in (("audit_entry", entry), ("installation", base)):
        parts.append((f"tables/{name}/00001.jsonl.gz", gzip.compress(json.dumps(row).encode())))
    manifest = {"tables": {"installation": 1, "audit_entry": 1}, "files": 0, "missing": []}
    parts += [("SHA256SUMS", b""), ("manifest.json", json.dumps(manifest).encode())]
    archive = written(tmp_path / "old.tar", parts)

    with instance(tmp_path / "new"):
        assert restoring.restore(archive).revision == "0007"
        assert db.session.execute(sa.text("SELECT id, kind, door, target FROM audit_entry")).all() == [
            (7, "state", "command", "MD")
        ]
        creating.create(tmp_path / "new.tar")
