import pytest
import sqlalchemy as sa

from academy.courses import services
from academy.courses.models import Enrolment
from academy.courses.services.enrolment import NotOpen
from academy.db import db
from tests.factories import accounts, courses


def seats(course):
    return db.session.scalar(sa.select(sa.func.count()).where(Enrolment.course_id == course.id))


def test_enrol_gives_a_seat_with_a_registration(app):
    course, person = courses.course(), accounts.person()

    seat = services.enrol(course, person=person)

    assert (seat.course, seat.person, seat.withdrawn) == (course, person, None)
    assert seat.registration.version == 7


def test_enrol_twice_is_the_same_seat(app):
    course, person = courses.course(), accounts.person()
    courses.enrolment(course)

    assert services.enrol(course, person=person) is services.enrol(course, person=person)
    assert seats(course) == 2


def test_enrol_after_withdrawing_opens_the_same_seat_again(app):
    seat = services.enrol(courses.course(), person=accounts.person())
    registration, first = seat.registration, seat.enrolled
    services.withdraw(seat)
    assert seat.withdrawn is not None

    again = services.enrol(seat.course, person=seat.person)

    assert (again.registration, again.withdrawn) == (registration, None)
    assert again.enrolled > first


def test_withdraw_twice_keeps_the_first_moment(app):
    seat = courses.enrolment()
    services.withdraw(seat)
    first = seat.withdrawn

    services.withdraw(seat)

    assert seat.withdrawn == first


@pytest.mark.parametrize("status", ["draft", "archived"])
def test_enrol_in_a_course_that_is_not_published_is_refused(app, status):
    course = courses.course(status=status)

    with pytest.raises(NotOpen):
        services.enrol(course, person=accounts.person())

    assert seats(course) == 0
