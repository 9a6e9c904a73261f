import io
from uuid import uuid4

import pytest
import sqlalchemy as sa
from flask import current_app
from lxml import html

from academy import jobs, storage
from academy.courses.models import Activity, Upload
from academy.courses.services import uploads
from academy.db import db
from tests import stores
from tests.factories import accounts, courses
from tests.packages import scorm12

JSON = {"Accept": "application/json"}


@pytest.fixture
def course(app):
    return courses.course(author=accounts.person(roles=["trainer"]), status="draft")


@pytest.fixture
def author(sign_in, course):
    return sign_in(course.author)


def text(answer):
    return " ".join(html.fromstring(answer.get_data(as_text=True)).text_content().split())


def begin(client, course, size, **more):
    data = {"name": "course.zip", "size": str(size), "language": "en"} | more
    return client.post(f"/teach/courses/{course.code}/uploads", data=data, headers=JSON)


def put(client, url, content, *, start, total, **headers):
    first_last = f"bytes {start}-{start + len(content) - 1}/{total}"
    return client.put(
        url,
        data=content,
        headers=JSON | {"Content-Range": first_last, "Content-Type": "application/octet-stream"} | headers,
    )


def whole(client, course, content, **more):
    data = {"file": (io.BytesIO(content), "course.zip"), "language": "en"} | more
    return client.post(f"/teach/courses/{course.code}/uploads", data=data)


def test_a_package_in_pieces_goes_all_the_way_to_its_report(author, course):
    content = scorm12.package(title="Borders")
    begun = begin(author, course, len(content)).get_json()
    half = len(content) // 2

    assert put(author, begun["url"], content[:half], start=0, total=len(content)).get_json() == {
        "received": half
    }
    state = author.get(begun["status_url"]).get_json()
    assert (state["received"], state["size"], state["done"]) == (half, len(content), False)
    put(author, begun["url"], content[half:], start=half, total=len(content))
    assert "It is read next." in author.get(begun["status_url"]).get_json()["message"]
    jobs.run_due()

    state = author.get(begun["status_url"]).get_json()
    assert (state["done"], state["next"], state["error"]) == (True, begun["url"], None)
    assert "The package can be used" in text(author.get(begun["url"]))


def test_an_upload_that_broke_off_goes_on_where_it_stopped(author, course):
    content = scorm12.package()
    begun = begin(author, course, len(content)).get_json()
    put(author, begun["url"], content[:100], start=0, total=len(content))

    again = begin(author, course, len(content)).get_json()
    refused = put(author, again["url"], content[:100], start=0, total=len(content))

    assert (again["url"], again["received"]) == (begun["url"], 100)
    assert (refused.status_code, refused.get_json()["received"]) == (409, 100)
    assert "has not arrived whole" in text(author.get(begun["url"]))


@pytest.mark.parametrize(
    "content_range",
    [
        "",
        "bytes",
        "bytes 0-1/9",
        "bytes 5-1/9",
        "bytes */9",
        "items 0-3/9",
        "bytes -4/9",
        "bytes 0-999999999/9",
    ],
)
def test_a_piece_with_a_false_range_is_refused_and_nothing_is_kept(author, course, content_range):
    begun = begin(author, course, 9).get_json()

    answer = put(author, begun["url"], b"0123", start=0, total=9, **{"Content-Range": content_range})

    assert answer.status_code == 422
    upload = db.session.scalar(sa.select(Upload))
    assert upload.received == 0
    assert not storage.exists(uploads.key_of(upload.public_id))


def test_a_plain_form_without_scripts_uploads_too(author, course):
    answer = whole(author, course, scorm12.package(title="Borders"))

    upload = db.session.scalar(sa.select(Upload))
    assert (answer.status_code, answer.location) == (
        303,
        f"/teach/courses/{course.code}/uploads/{upload.public_id}",
    )
    assert "It is being read" in text(author.get(answer.location))
    jobs.run_due()
    report = text(author.get(answer.location))
    assert all(part in report for part in ("The package can be used", "First part", "SCORM 1.2", "Publish"))


def test_the_report_tells_what_the_files_hold(author, course):
    page = "<script>1</script><img src='https://cdn.example.net/a.png'><p>для людей и не только</p>"
    whole(author, course, scorm12.package(more={"a.html": page, "exe_jquery.js": "x"}))
    jobs.run_due()
    upload = db.session.scalar(sa.select(Upload))

    report = text(author.get(f"/teach/courses/{course.code}/uploads/{upload.public_id}"))

    assert "The content seems to be in: Russian. You chose: English." in report
    assert "cdn.example.net files are loaded from it; this is blocked a.html" in report
    for part in ("files: 1, in pages: 1", "Made with eXeLearning", "Largest file imsmanifest.xml, 1 kB"):
        assert part in report.replace("\xa0", " ")
    upload.report = {key: value for key, value in upload.report.items() if key != "contents"}
    db.session.commit()
    assert "Made with" not in text(author.get(f"/teach/courses/{course.code}/uploads/{upload.public_id}"))


def test_a_package_replaces_the_variant_it_was_sent_for(author, course):
    whole(author, course, scorm12.package(title="Borders"))
    jobs.run_due()
    activity = db.session.scalar(sa.select(Activity).where(Activity.parent_id.is_(None)))

    answer = whole(author, course, scorm12.package(more={"new.html": "x"}), activity=str(activity.public_id))
    jobs.run_due()

    assert "Version 2 has taken the place of version 1." in text(author.get(answer.location))
    assert db.session.scalar(sa.select(sa.func.count()).where(Activity.parent_id.is_(None))) == 1


def test_a_refused_package_is_reported_and_can_be_read_later_in_russian(author, course):
    answer = whole(author, course, b"this is no zip")
    jobs.run_due()

    english = text(author.get(answer.location))
    assert "The package was refused" in english
    assert "This file is not a zip archive." in english
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Activity)) == 0
    assert author.get(answer.location, headers={"Accept-Language": "ru"}).status_code == 200


def test_the_report_shows_file_and_line_of_a_finding(author, course):
    broken = scorm12.manifest().replace("</manifest>", "")
    answer = whole(author, course, scorm12.package(more={"imsmanifest.xml": broken}))
    jobs.run_due()

    assert "imsmanifest.xml, line" in text(author.get(answer.location))


def test_the_report_escapes_names_from_the_package(author, course):
    evil = scorm12.package([scorm12.Sco(title="<script>alert(1)</script>")], title="<img src=x onerror=y>")
    answer = whole(author, course, evil)
    jobs.run_due()

    source = author.get(answer.location).get_data(as_text=True)
    assert "<script>alert" not in source
    assert "<img src=x" not in source


def test_without_a_file_the_page_asks_for_one(author, course):
    answer = author.post(f"/teach/courses/{course.code}/uploads", data={"language": "en"})

    assert answer.status_code == 422
    assert "Choose a file first." in text(answer)


@pytest.mark.parametrize("size", ["0", "-1", "x", "1e9"])
def test_an_announcement_of_no_size_is_refused(author, course, size):
    assert begin(author, course, size).status_code == 422
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Upload)) == 0


def test_an_announcement_above_the_limit_says_the_limit(author, course):
    answer = begin(author, course, 2_048_000_001)

    assert answer.status_code == 413
    assert "2048 MB" in answer.get_json()["detail"]


def test_a_whole_file_above_the_limit_says_the_limit_and_leaves_nothing(author, course, monkeypatch):
    monkeypatch.setitem(current_app.config, "UPLOAD_LIMIT_MB", 1)
    monkeypatch.setattr(uploads, "MEGABYTE", 1000)

    answer = whole(author, course, b"x" * 1001)

    assert answer.status_code == 413
    assert "1 MB" in text(answer)
    assert stores.kept() == []


def test_an_import_that_failed_on_our_side_says_so(author, course):
    answer = whole(author, course, scorm12.package())
    upload = db.session.scalar(sa.select(Upload))
    storage.delete(uploads.key_of(upload.public_id))
    jobs.run_due()

    state = author.get(f"{answer.location}/state").get_json()
    assert (state["done"], state["error"]) == (
        False,
        "The package could not be read because of a fault on our side. Upload it again.",
    )
    assert "a fault on our side" in text(author.get(answer.location))


def test_a_piece_from_another_site_is_refused(author, course, monkeypatch):
    begun = begin(author, course, 9).get_json()
    monkeypatch.setitem(current_app.config, "WTF_CSRF_ENABLED", True)

    answer = put(author, begun["url"], b"0123", start=0, total=9)

    assert answer.status_code == 400
    assert db.session.scalar(sa.select(Upload.received)) == 0


def large(size):
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.zip"\r\n\r\n'
    body = head + b"x" * size + b"\r\n--x--\r\n"
    return {"data": body, "content_type": "multipart/form-data; boundary=x"}


def test_a_request_above_the_limit_is_cut_short_with_the_limit(author, course, monkeypatch):
    monkeypatch.setitem(current_app.config, "UPLOAD_LIMIT_MB", 1)

    answer = author.post(f"/teach/courses/{course.code}/uploads", **large(2_000_001))

    assert answer.status_code == 413
    assert "1 MB" in text(answer)


def test_only_who_is_signed_in_may_send_more_than_a_form(app, author, course, monkeypatch):
    monkeypatch.setitem(current_app.config, "WTF_CSRF_ENABLED", True)  # its token is looked for in the body
    place = f"/teach/courses/{course.code}/uploads"

    assert app.test_client().post(place, **large(9_000_000)).status_code == 413
    assert app.test_client().post("/verify/file", **large(9_000_000)).status_code == 413
    assert author.post(place, **large(9_000_000)).status_code == 400  # read whole; it lacks the token


@pytest.mark.parametrize("more", [{"language": "fr"}, {"activity": "other"}, {"activity": str(uuid4())}])
def test_a_forged_language_or_place_is_refused(author, course, more):
    courses.activity(course)

    assert begin(author, course, 9, **more).status_code == 422
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Upload)) == 0


def test_an_upload_is_open_to_the_person_who_sends_it_only(author, course, sign_in):
    begun = begin(author, course, 9).get_json()
    administrator = sign_in(accounts.person(roles=["administrator"]))
    trainer = accounts.person(roles=["trainer"])
    other = courses.course(author=trainer)
    foreign = begun["url"].replace(course.code, other.code)

    assert administrator.get(begun["url"]).status_code == 404
    assert put(administrator, begun["url"], b"x", start=0, total=9).status_code == 404
    assert sign_in(trainer).get(foreign).status_code == 404
    assert author.get(begun["url"].rsplit("/", 1)[0] + f"/{uuid4()}").status_code == 404
    assert db.session.scalar(sa.select(Upload.received)) == 0


def test_an_upload_forgotten_after_a_day_is_not_found_and_nothing_is_left(author, course, monkeypatch):
    begun = begin(author, course, 9).get_json()
    put(author, begun["url"], b"0123", start=0, total=9)
    db.session.execute(sa.update(Upload).values(created=course.created - 2 * uploads.UNFINISHED))
    db.session.commit()

    uploads.forget()
    db.session.commit()

    assert put(author, begun["url"], b"4567", start=4, total=9).status_code == 404
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Upload)) == 0
    assert stores.kept("uploads") == []
