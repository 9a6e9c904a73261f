import pytest

from academy.courses import rules
from tests.factories import accounts, courses


@pytest.fixture
def people(app):
    return {
        "author": accounts.person(roles=["trainer"]),
        "other trainer": accounts.person(roles=["trainer"]),
        "administrator": accounts.person(roles=["administrator"]),
        "secretariat": accounts.person(roles=["secretariat"]),
        "learner": accounts.person(),
        "nobody": None,
    }


@pytest.mark.parametrize(
    ("status", "seers"),
    [
        ("published", {"author", "other trainer", "administrator", "secretariat", "learner", "nobody"}),
        ("draft", {"author", "administrator"}),
        ("archived", {"author", "administrator"}),
    ],
)
def test_can_see_depends_on_the_status_and_the_author(people, status, seers):
    course = courses.course(status=status, author=people["author"])

    assert {name for name, person in people.items() if rules.can_see(person, course)} == seers


def test_can_see_an_archived_course_with_a_seat_in_it(people):
    archived, draft = courses.course(status="archived"), courses.course(status="draft")

    assert rules.can_see(people["learner"], archived, enrolled=True)
    assert not rules.can_see(people["learner"], draft, enrolled=True)


def test_can_edit_is_for_the_author_and_administrators(people):
    course = courses.course(author=people["author"])

    assert {name for name, person in people.items() if rules.can_edit(person, course)} == {
        "author",
        "administrator",
    }


def test_can_edit_ends_with_the_role_of_trainer(app):
    former = accounts.person()

    assert not rules.can_edit(former, courses.course(author=former))
