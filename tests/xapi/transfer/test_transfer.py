"""Statements move out of one store and into another without loss, at once or after having been cut."""

import hashlib
import io
import json
import shutil

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from academy import storage
from academy.audit import AuditEntry
from academy.db import db, installation
from academy.xapi import attachments, memory, queries
from academy.xapi.models import Statement
from academy.xapi.transfer import beside, exporting, importing
from tests.factories import xapi
from tests.xapi.test_properties import statements

TABLES = (
    "statement_reference",
    "statement_agent",
    "statement_activity",
    "statement",
    "agent",
    "verb",
    "activity",
)


@pytest.fixture
def run(app):
    def command(*arguments, **more):
        db.session.commit()
        return app.test_cli_runner().invoke(args=["xapi", *map(str, arguments)], **more)

    return command


@pytest.fixture
def small(monkeypatch):
    monkeypatch.setattr(importing, "SIZE", 2)
    monkeypatch.setattr(exporting, "BATCH", 2)


def attached(data, **more):
    attachment = {
        "usageType": "https://example.org/usage",
        "display": {"en": "A file"},
        "contentType": "text/plain",
        "length": len(data),
        "sha2": hashlib.sha256(data).hexdigest(),
        **more,
    }
    return {"attachments": [attachment]}


def place(data):
    return attachments.place(hashlib.sha256(data).hexdigest())


def lines():
    db.session.rollback()
    return [row.text for row in queries.all_rows(db.session.connection())]


def empty():
    """Make the store as it was before the first statement."""
    db.session.rollback()
    for table in TABLES:
        db.session.execute(sa.text(f"DELETE FROM xapi_{table}"))
    memory._known.clear()  # another store is another process
    db.session.commit()
    storage.delete(*(file.key for file in storage.listed(attachments.FOLDER)))


def stored_with_data(*datas):
    for data in datas:
        storage.put(place(data), data)
    ids = xapi.stored(*(xapi.statement(**attached(data)) for data in datas))
    db.session.commit()
    return ids


def ask(client, credential):
    """Return what a client is told of all statements, with their attachments."""
    answer = client.get("/xapi/statements?attachments=true&limit=0", headers=credential)
    boundary = answer.headers["Content-Type"].partition("boundary=")[2]
    return answer.status_code, answer.data.replace(boundary.encode(), b"")


batches = st.lists(
    st.tuples(statements, st.none() | st.binary(max_size=40)),
    min_size=1,
    max_size=4,
    unique_by=lambda pair: pair[0].get("id", id(pair)),
)


@settings(
    max_examples=8,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(batches, st.booleans())
def test_an_export_in_an_empty_store_answers_alike(run, client, tmp_path, pairs, voids):
    empty()
    shutil.rmtree(tmp_path)
    tmp_path.mkdir()
    whole = [{**one, **(attached(data) if data is not None else {})} for one, data in pairs]
    for _, data in pairs:
        if data is not None:
            storage.put(place(data), data)
    ids = xapi.stored(*whole)
    if voids:
        xapi.stored(xapi.voiding(ids[0]))
    credential = xapi.headers("all")
    db.session.commit()
    before, file = ask(client, credential), tmp_path / "all.jsonl"

    assert run("export", "-o", file).exit_code == 0
    empty()
    assert run("import", file).exit_code == 0
    assert ask(client, credential) == before
    again = json.loads(run("import", file, "--json").stdout)
    assert (again["stored"], again["known"]) == (0, len(ids) + voids)
    assert ask(client, credential) == before


def test_attachments_stand_beside_under_their_hash(run, app, tmp_path):
    stored_with_data(b"one", b"two", b"one")
    file = tmp_path / "all.jsonl"

    done = run("export", "-o", file)

    found = sorted(path.read_bytes() for path in beside.folder_of(file).rglob("*") if path.is_file())
    assert (done.output, found) == ("", [b"one", b"two"])
    assert not exporting.begun(file).exists()
    empty()
    assert json.loads(run("import", file, "--json").stdout)["attachments"] == 2
    assert storage.read(place(b"two")) == b"two"


def test_export_to_the_screen_says_whose_data_it_leaves_out(run, app):
    stored_with_data(b"one")

    done = run("export")

    assert done.stdout_bytes.splitlines() == lines()
    assert done.stderr == "The data of 1 attachments is not beside the statements.\n"


def test_import_from_a_pipe(run, app):
    text = json.dumps(xapi.statement(id=str(xapi.statement_id())))

    done = run("import", "-", input=f"{text}\n\n")

    assert done.stdout == "1 statements stored, 0 were here already.\n"


@pytest.mark.parametrize(("spoil", "word"), [("altered", "does not have the hash"), ("gone", "is missing")])
def test_data_that_is_missing_or_altered_is_a_fault_of_its_line(run, app, tmp_path, spoil, word):
    stored_with_data(b"fine", b"spoilt")
    file = tmp_path / "all.jsonl"
    run("export", "-o", file)
    sha2 = hashlib.sha256(b"spoilt").hexdigest()
    path = beside.folder_of(file) / sha2[:2] / sha2
    path.write_bytes(b"other") if spoil == "altered" else path.unlink()
    empty()

    done = run("import", file)

    assert done.exit_code == 1
    assert done.stderr.startswith("line 2: ")
    assert word in done.stderr
    assert (lines(), list(storage.listed(attachments.FOLDER))) == ([], [])


def test_data_elsewhere_by_url_need_not_be_beside(run, app, tmp_path):
    file = tmp_path / "all.jsonl"
    elsewhere = attached(b"far away", fileUrl="https://example.org/file")
    file.write_text(json.dumps(xapi.statement(**elsewhere)))

    assert run("import", file).exit_code == 0


def test_all_faulty_lines_are_named_and_nothing_is_stored(run, app, tmp_path, small):
    [known] = xapi.stored(xapi.statement())
    file = tmp_path / "all.jsonl"
    other = json.dumps(xapi.statement(id=str(known), verb=xapi.verb("failed")))
    good = json.dumps(xapi.statement())
    file.write_text(f'{good}\n{{"actor": 1}}\n\n{good}\nno JSON\n{other}\n')
    before = len(lines()) + 1
    db.session.rollback()
    [known] = xapi.stored(xapi.statement(id=str(known)))
    db.session.commit()

    done = run("import", file)

    assert done.exit_code == 1
    numbers = [line.partition(":")[0] for line in done.stderr.splitlines()]
    assert sorted(numbers) == ["line 2", "line 5", "line 6"]
    assert len(lines()) == before


def test_only_the_first_faults_are_named(run, app, tmp_path, small):
    file = tmp_path / "all.jsonl"
    file.write_text("no JSON\n" * 50)

    done = run("import", file)

    assert len(done.stderr.splitlines()) == importing.SHOWN_FAULTS + 1


def test_lines_without_ids_are_known_when_they_come_again(run, app, tmp_path):
    file = tmp_path / "all.jsonl"
    one, two = json.dumps(xapi.statement()), json.dumps(xapi.statement(verb=xapi.verb("passed")))
    file.write_text(f"{one}\n{two}\n")

    run("import", file)
    again = run("import", file)

    assert again.stdout == "0 statements stored, 2 were here already.\n"


def test_an_id_that_comes_twice_in_a_file_is_stored_once(run, app, tmp_path):
    file = tmp_path / "all.jsonl"
    line = json.dumps(xapi.statement(id=str(xapi.statement_id())))
    file.write_text(f"{line}\n{line}\n")

    assert run("import", file).stdout == "1 statements stored, 1 were here already.\n"


def test_an_id_that_comes_again_with_another_claim_stops_at_its_line(run, app, tmp_path):
    identifier, file = str(xapi.statement_id()), tmp_path / "all.jsonl"
    other = xapi.statement(id=identifier, verb=xapi.verb("failed"))
    file.write_text(f"{json.dumps(xapi.statement(id=identifier))}\n{json.dumps(other)}\n")

    done = run("import", file)

    assert done.exit_code == 1
    assert done.stderr.startswith(f"line 2: another statement is stored under the id {identifier}")


def exported(run, tmp_path, count):
    """Return a file with statements, and their lines, from a store that is empty afterwards."""
    ids = stored_with_data(*(f"data {number}".encode() for number in range(count - 1)))
    xapi.stored(xapi.voiding(ids[0]))
    db.session.commit()
    file = tmp_path / "all.jsonl"
    run("export", "-o", file)
    found = lines()
    empty()
    return file, found


class Cut(Exception):
    """Stands for the end of a process."""


def cut_after(calls):
    """Return what is told how far the work is, and fails at one of the calls."""
    left = iter(range(calls))

    def tell(_):
        if next(left, None) is None:
            raise Cut

    return tell


@pytest.mark.parametrize("batches_before", [0, 1, 2])
def test_a_cut_import_goes_on_with_the_original_moments(run, app, tmp_path, small, batches_before):
    file, text = exported(run, tmp_path, 7)
    with file.open("rb") as source:
        done = importing.begin(source)
        with pytest.raises(Cut):
            importing.take_in(source, beside.folder_of(file), done=done, tell=cut_after(batches_before))
    db.session.rollback()
    assert lines() == text[: 2 * (batches_before + 1)]

    told = json.loads(run("import", file, "--json").stdout)

    assert told == {
        "stored": 7,
        "known": 0,
        "attachments": 6,
        "resumed_after_line": 2 * (batches_before + 1),
        "original_stored": True,
    }
    assert lines() == text
    assert (
        db.session.scalar(sa.select(installation.c.value).where(installation.c.name == importing.MARK))
        is None
    )


def test_a_cut_import_beside_other_writers_gives_out_moments_of_now(run, app, tmp_path, small):
    file, text = exported(run, tmp_path, 5)
    with file.open("rb") as source, pytest.raises(Cut):
        importing.take_in(source, beside.folder_of(file), done=importing.begin(source), tell=cut_after(0))
    xapi.stored(xapi.statement())
    db.session.commit()
    newest = queries.page(db.session.connection(), queries.StatementFilter(), limit=1).rows[0].seq

    told = json.loads(run("import", file, "--json").stdout)

    assert (told["stored"], told["original_stored"]) == (5, False)
    assert lines()[:2] == text[:2]
    seqs = db.session.scalars(sa.select(Statement.seq).order_by(Statement.seq)).all()
    assert [seq > newest for seq in seqs] == [False] * 3 + [True] * 3


def test_a_cut_import_of_another_file_is_not_continued(run, app, tmp_path, small):
    file, _ = exported(run, tmp_path, 5)
    with file.open("rb") as source, pytest.raises(Cut):
        importing.take_in(source, beside.folder_of(file), done=importing.begin(source), tell=cut_after(0))
    file.write_bytes(file.read_bytes() + b"\n")

    told = json.loads(run("import", file, "--json").stdout)

    assert (told["resumed_after_line"], told["stored"], told["known"]) == (0, 3, 2)


@pytest.mark.parametrize("torn", [b"", b'{"actor": {"mbox'])
def test_a_cut_export_goes_on(run, app, tmp_path, small, torn):
    stored_with_data(b"a", b"b", b"c", b"d", b"e")
    file = tmp_path / "all.jsonl"
    with exporting.begun(file).open("wb") as part, pytest.raises(Cut):
        exporting.write(part, exporting.all_after(0), folder=beside.folder_of(file), tell=cut_after(1))
    with exporting.begun(file).open("ab") as part:
        part.write(torn)

    done = run("export", "-o", file)

    assert file.read_bytes().splitlines() == lines()
    assert done.stderr == "Went on after the 4 statements that a cut export had written.\n"


@pytest.mark.parametrize("left", [b"", b"torn"])
def test_an_export_that_was_cut_before_its_first_line_begins_anew(run, app, tmp_path, left):
    stored_with_data(b"a")
    file = tmp_path / "all.jsonl"
    exporting.begun(file).write_bytes(left)

    assert run("export", "-o", file).exit_code == 0
    assert file.read_bytes().splitlines() == lines()


@pytest.mark.parametrize("line", [b"no JSON\n", b'{"stored": "2026-01-01T00:00:00Z"}\n'])
def test_an_export_of_another_store_is_not_continued(run, app, tmp_path, line):
    stored_with_data(b"a")
    file = tmp_path / "all.jsonl"
    exporting.begun(file).write_bytes(line)

    done = run("export", "-o", file)

    assert (done.exit_code, file.exists()) == (1, False)
    assert "was not begun from this store" in done.stderr


def test_export_leaves_out_what_comes_while_it_runs(app):
    xapi.stored(xapi.statement())
    db.session.commit()
    wanted = exporting.all_after(0)
    xapi.stored(xapi.statement(verb=xapi.verb("passed")))
    db.session.commit()

    done = exporting.write(io.BytesIO(), wanted, folder=None, tell=len_of)

    assert (done.statements, wanted.count) == (1, 1)


def len_of(count):
    assert count == 1


def test_both_are_in_the_audit_record(run, app, tmp_path):
    file, _ = exported(run, tmp_path, 2)
    run("import", file)

    acts = db.session.scalars(sa.select(AuditEntry.act).order_by(AuditEntry.id)).all()
    assert acts == ["xapi.export", "xapi.import"]
