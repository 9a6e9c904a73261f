import sqlalchemy as sa

from academy.courses.models import Enrolment
from academy.db import db
from tests.factories import accounts, courses


def seats():
    return list(db.session.execute(sa.select(Enrolment.course_id, Enrolment.person_id, Enrolment.withdrawn)))


def test_enrol_takes_one_click_and_leads_to_the_course(sign_in):
    made = courses.published_course_with_sco()
    learner = accounts.person()

    answer = sign_in(learner).post(f"/courses/{made.course.code}/enrol")

    assert (answer.status_code, answer.location) == (303, f"/learn/{made.course.code}")
    assert seats() == [(made.course.id, learner.id, None)]


def test_enrol_without_a_session_signs_in_first_and_comes_back(client):
    made = courses.published_course_with_sco()

    answer = client.post(f"/courses/{made.course.code}/enrol")

    assert (answer.status_code, answer.location) == (303, f"/sign-in?next=/courses/{made.course.code}")
    assert seats() == []


def test_enrol_in_a_draft_of_somebody_else_is_not_found(sign_in):
    draft = courses.course(status="draft")

    assert sign_in(accounts.person()).post(f"/courses/{draft.code}/enrol").status_code == 404
    assert seats() == []


def test_enrol_in_an_archived_course_is_refused(sign_in):
    author = accounts.person(roles=["trainer"])
    course = courses.course(status="archived", author=author)

    answer = sign_in(author).post(f"/courses/{course.code}/enrol")

    assert answer.status_code == 409
    assert "This course is not open for enrolment." in answer.get_data(as_text=True)
    assert seats() == []


def test_enrol_by_get_is_not_possible(sign_in):
    made = courses.published_course_with_sco()

    assert sign_in(accounts.person()).get(f"/courses/{made.course.code}/enrol").status_code == 405
    assert seats() == []


def test_withdraw_gives_back_the_own_seat_only(sign_in):
    seat = courses.enrolment(courses.published_course_with_sco().course)
    other = courses.enrolment(seat.course)

    answer = sign_in(seat.person).post(f"/courses/{seat.course.code}/withdraw")

    assert answer.status_code == 303
    db.session.expire_all()
    assert seat.withdrawn is not None
    assert other.withdrawn is None


def test_withdraw_without_a_seat_is_not_found(sign_in):
    made = courses.published_course_with_sco()
    courses.enrolment(made.course)

    assert sign_in(accounts.person()).post(f"/courses/{made.course.code}/withdraw").status_code == 404


def test_course_page_of_somebody_enrolled_leads_on_instead_of_enrolling(sign_in):
    seat = courses.enrolment(courses.published_course_with_sco().course)

    source = sign_in(seat.person).get(f"/courses/{seat.course.code}").get_data(as_text=True)

    assert f'action="/courses/{seat.course.code}/enrol"' not in source
    assert "You are in this course" in source
