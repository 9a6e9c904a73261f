"""The page of an administrator about other record stores."""

import pytest
import sqlalchemy as sa

from academy.db import db
from academy.xapi.forwarding import sealing, selecting
from academy.xapi.forwarding.models import ForwardingTarget as Target
from tests.factories import accounts, xapi

PAGE = "/admin/xapi/forwarding"
FORM = {
    "name": "Ministry",
    "endpoint": "https://lrs.example.org/xapi/",
    "key": "k",
    "secret": "s3cr3t-word",
    "version": "2.0.0",
    "verbs": "https://example.org/a\n https://example.org/b ",
    "activities": "",
}


@pytest.fixture
def admin(sign_in):
    return sign_in(accounts.person(roles=["administrator"]))


def kept():
    db.session.expire_all()
    return db.session.scalars(sa.select(Target)).one_or_none()


def post(admin, act):
    return admin.post(f"{PAGE}/{kept().public_id}/{act}").status_code


def test_from_adding_to_removing(admin):
    assert "Statements are sent to no other store" in admin.get(PAGE).get_data(as_text=True)
    assert "Add a record store" in admin.get(f"{PAGE}/new").get_data(as_text=True)

    assert admin.post(f"{PAGE}/new", data=FORM).status_code == 303

    target = kept()
    assert (target.endpoint, target.version, sealing.opened(target.secret)) == (
        "https://lrs.example.org/xapi",
        "2.0.0",
        "s3cr3t-word",
    )
    assert (target.verbs, target.activities) == (["https://example.org/a", "https://example.org/b"], [])
    page = admin.get(PAGE).get_data(as_text=True)
    assert "Has everything" in page
    assert "s3cr3t-word" not in page
    assert (post(admin, "pause"), kept().paused) == (303, True)
    assert "Paused" in admin.get(PAGE).get_data(as_text=True)
    assert (post(admin, "resume"), kept().paused) == (303, False)
    assert "Ministry: what it has stays" in admin.get(f"{PAGE}/{target.public_id}/remove").get_data(
        as_text=True
    )
    assert (post(admin, "remove"), kept()) == (303, None)


def test_a_refused_statement_is_named_and_can_be_left_out(admin):
    [identifier] = xapi.stored(xapi.statement())
    admin.post(f"{PAGE}/new", data=FORM | {"verbs": ""})
    seq = selecting.following(kept()).upto
    db.session.execute(sa.update(Target).values(refused=seq, error="400 Bad Request: no <score>"))
    db.session.commit()

    page = admin.get(PAGE).get_data(as_text=True)

    assert f"refuses the statement {identifier}" in page
    assert "no &lt;score&gt;" in page
    assert (post(admin, "skip"), post(admin, "skip")) == (303, 409)
    assert (kept().cursor, kept().skipped) == (seq, 1)


@pytest.mark.parametrize(
    ("wrong", "word"),
    [
        ({"endpoint": "ftp://x"}, "begins with https://"),
        ({"name": ""}, "This is needed"),
        ({"verbs": "a"}, "IRI"),
    ],
)
def test_a_form_with_a_fault_says_so_and_keeps_nothing(admin, wrong, word):
    answer = admin.post(f"{PAGE}/new", data=FORM | wrong)

    assert word in answer.get_data(as_text=True)
    assert kept() is None


def test_a_name_that_is_taken_is_refused(admin):
    admin.post(f"{PAGE}/new", data=FORM)

    assert admin.post(f"{PAGE}/new", data=FORM).status_code == 422


@pytest.mark.parametrize("role", ["learner", "secretariat"])
def test_only_administrators(sign_in, role):
    client = sign_in(accounts.person(roles=[role]))

    assert client.get(PAGE).status_code == 403
    assert client.post(f"{PAGE}/new", data=FORM).status_code == 403
