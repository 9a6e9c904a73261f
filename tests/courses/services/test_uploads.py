import io
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import current_app

from academy import clock, storage
from academy.courses.models import Upload
from academy.courses.services import uploads
from academy.courses.services.uploads import CutOff, Delivery, Empty, OutOfStep
from academy.db import db
from academy.errors import Invalid, TooLarge
from academy.jobs import Job
from tests import stores
from tests.factories import accounts, courses


@pytest.fixture
def delivery(app):
    return Delivery(courses.course().id, accounts.person().id, "package.zip", 10, "en")


def send(upload, content, *, start):
    return uploads.receive_piece(upload, start=start, length=len(content), read=io.BytesIO(content).read)


def kept(upload):
    with storage.on_disk(uploads.key_of(upload.public_id), size=upload.received) as path:
        return path.read_bytes()


def queued():
    return [(job.kind, job.payload) for job in db.session.scalars(sa.select(Job))]


def files():
    return sorted({key.split("/")[1] for key in stores.kept(uploads.FOLDER)})


def test_pieces_in_their_order_make_the_file_and_queue_its_import(delivery):
    upload = uploads.begin(delivery)
    db.session.commit()

    assert send(upload, b"01234", start=0) == 5
    assert queued() == []
    assert send(upload, b"56789", start=5) == 10

    assert kept(upload) == b"0123456789"
    assert queued() == [("packages.import", {"upload": str(upload.public_id)})]
    assert upload.job_id is not None


@pytest.mark.parametrize("start", [0, 4, 6])
def test_a_piece_that_is_not_the_next_one_is_refused_and_says_where_to_go_on(delivery, start):
    upload = uploads.begin(delivery)
    db.session.commit()
    send(upload, b"01234", start=0)

    with pytest.raises(OutOfStep) as refusal:
        send(upload, b"XXXX", start=start)

    assert refusal.value.facts == {"received": 5}
    assert kept(upload) == b"01234"


def test_a_piece_after_the_end_is_refused(delivery):
    upload = uploads.begin(delivery)
    db.session.commit()
    send(upload, b"0123456789", start=0)

    with pytest.raises(OutOfStep):
        send(upload, b"X", start=10)

    assert len(queued()) == 1


def test_a_piece_longer_than_announced_is_refused(delivery):
    upload = uploads.begin(delivery)
    db.session.commit()

    with pytest.raises(Invalid):
        send(upload, b"x" * 11, start=0)

    assert files() == []


def test_a_piece_cut_off_on_the_line_counts_for_nothing(delivery):
    upload = uploads.begin(delivery)
    db.session.commit()

    with pytest.raises(CutOff):
        uploads.receive_piece(upload, start=0, length=8, read=io.BytesIO(b"012").read)

    assert (upload.received, files(), queued()) == (0, [], [])


def test_no_transaction_is_open_while_a_piece_crawls_in(delivery):
    upload = uploads.begin(delivery)
    db.session.commit()
    open_while_reading = []

    def slow_line(length):
        open_while_reading.append(db.session().in_transaction())
        return b"x" * length

    uploads.receive_piece(upload, start=0, length=10, read=slow_line)

    assert open_while_reading == [False]


def test_begin_again_goes_on_with_the_same_file_of_the_same_person_only(delivery):
    upload = uploads.begin(delivery)
    others = [
        uploads.begin(Delivery(**vars(delivery) | change))
        for change in ({"size": 11}, {"language": "ru"}, {"person_id": accounts.person().id})
    ]

    assert uploads.begin(delivery) is upload
    assert upload not in others


def test_begin_above_the_limit_is_refused_with_the_limit(delivery, monkeypatch):
    monkeypatch.setitem(current_app.config, "UPLOAD_LIMIT_MB", 1)

    with pytest.raises(TooLarge, match=r"1 MB") as refusal:
        uploads.begin(Delivery(**vars(delivery) | {"size": 1_000_001}))

    assert "1 MB" in str(refusal.value)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Upload)) == 0


def test_begin_with_an_empty_file_is_refused(delivery):
    with pytest.raises(Empty):
        uploads.begin(Delivery(**vars(delivery) | {"size": 0}))


def test_a_whole_file_is_kept_and_queued(delivery):
    db.session.commit()

    upload = uploads.receive_whole(delivery, file=io.BytesIO(b"0123456789"))

    assert kept(upload) == b"0123456789"
    assert (upload.received, len(queued())) == (10, 1)


def test_a_whole_file_that_breaks_off_leaves_nothing(delivery):
    class Broken(io.BytesIO):
        def read(self, size=-1):
            raise OSError("line down")

    db.session.commit()

    with pytest.raises(OSError, match="line down"):
        uploads.receive_whole(delivery, file=Broken())

    assert (files(), queued()) == ([], [])


def test_a_whole_file_whose_row_cannot_be_written_leaves_nothing(delivery, monkeypatch):
    def no_jobs(*args, **payload):
        raise RuntimeError("database away")

    monkeypatch.setattr(uploads.jobs, "add", no_jobs)
    db.session.commit()

    with pytest.raises(RuntimeError, match="database away"):
        uploads.receive_whole(delivery, file=io.BytesIO(b"0123456789"))

    assert files() == []


def test_forget_removes_unfinished_uploads_after_a_day_and_reports_after_a_month(delivery):
    now = clock.now()
    ages = {"fresh": 23, "stale": 25, "read": 25, "old": 24 * 31}
    made = {}
    for name, hours in ages.items():
        upload = Upload(**vars(delivery), created=now - timedelta(hours=hours))
        if name in {"read", "old"}:
            upload.report = {"accepted": False}
        db.session.add(upload)
        db.session.flush()
        storage.put(uploads.key_of(upload.public_id), b"x")
        made[name] = upload

    assert uploads.forget() == 2

    left = set(db.session.scalars(sa.select(Upload)))
    assert left == {made["fresh"], made["read"]}
    assert files() == sorted(str(made[name].public_id) for name in ("fresh", "read"))


def test_forget_removes_files_that_no_upload_knows(delivery, monkeypatch):
    def aged(folder, listed=storage.listed):
        for one in listed(folder):
            yield one if "arriving" in one.key else replace(one, modified=clock.now() - timedelta(days=2))

    storage.put("uploads/noise.txt", b"x")
    storage.put_piece("uploads/019ab7d2-0000-7000-8000-000000000001", 0, b"x")
    storage.put("uploads/just-arriving", b"x")
    monkeypatch.setattr(uploads.storage, "listed", aged)

    uploads.forget()

    assert files() == ["just-arriving"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("course.zip", "course.zip"),
        ("C:\\Users\\me\\курс.zip", "курс.zip"),
        ("../../etc/passwd", "passwd"),
        ("a\x00b\n.zip", "ab.zip"),
        (None, "package.zip"),
        ("x" * 300, "x" * 200),
    ],
)
def test_clean_name_keeps_the_last_part_without_control_characters(name, expected):
    assert uploads.clean_name(name) == expected
