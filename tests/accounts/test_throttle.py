from datetime import timedelta

import pytest
import sqlalchemy as sa

from academy import clock
from academy.accounts import throttle
from academy.accounts.models import SignInAttempt
from academy.db import db

MINE, OTHER = "mine@example.org", "other@example.org"
HERE, ELSEWHERE = "10.0.0.1", "10.6.6.6"


def attempts(count, *, email=MINE, address=HERE, device=None, minutes_ago=0):
    tried = throttle.origin(email, address=address, device=device)
    for _ in range(count):
        throttle.note_sign_in(tried)
    db.session.execute(
        sa.update(SignInAttempt)
        .where(SignInAttempt.account == tried.account)
        .values(at=clock.now() - timedelta(minutes=minutes_ago))
    )


def allowance(email=MINE, *, address=HERE, device=None):
    return throttle.sign_in_allowance(throttle.origin(email, address=address, device=device))


def test_after_some_failures_each_next_one_waits_a_minute(app):
    assert allowance().left == throttle.MOST_HERE
    attempts(throttle.MOST_HERE)

    spent = allowance()

    assert spent.left == 0
    assert timedelta(seconds=55) < spent.wait <= timedelta(minutes=1)


def test_a_slowed_account_can_be_tried_again_and_is_free_after_the_window(app):
    attempts(throttle.MOST_HERE, minutes_ago=2)
    assert allowance().left == 1

    attempts(0, minutes_ago=16)
    assert allowance().left == throttle.MOST_HERE


def test_strangers_elsewhere_do_not_slow_the_owner(app):
    attempts(throttle.MOST_HERE, address=ELSEWHERE)

    assert allowance(address=ELSEWHERE).left == 0
    assert allowance().left == throttle.MOST_HERE


def test_many_places_slow_an_account_but_never_a_known_browser(app):
    for number in range(throttle.MOST_ELSEWHERE):
        attempts(1, address=f"10.6.6.{number}")

    assert allowance().left == 0
    assert allowance().wait <= throttle.PAUSE_ELSEWHERE
    assert allowance(device="a1").left == throttle.MOST_HERE
    assert allowance(OTHER).left == throttle.MOST_HERE


def test_a_hundred_failures_a_day_slow_an_account_further(app):
    attempts(throttle.MOST_A_DAY, address=ELSEWHERE, minutes_ago=20)
    assert allowance().left == 1  # the pause is over

    attempts(0, minutes_ago=4)
    assert 0 < allowance().wait.total_seconds() <= 60


def test_a_colleague_behind_the_same_address_gets_in_while_one_person_fails_everywhere(app):
    for number in range(throttle.MOST_PLACE * 2):
        attempts(1, email=f"p{number}@example.org")

    assert allowance().left == 1
    assert allowance(device="a1").left == throttle.MOST_HERE
    assert allowance("p0@example.org").left == 0  # one try at each account, then a pause
    assert allowance(address=ELSEWHERE).left == throttle.MOST_HERE


def test_a_flood_from_one_address_is_shut_off_except_for_known_browsers(app):
    for number in range(throttle.MOST_PLACE_EVER):
        attempts(1, email=f"p{number}@example.org")

    assert allowance().left == 0
    assert allowance(device="a1").left == throttle.MOST_HERE


def test_a_known_browser_has_a_budget_of_its_own_which_it_can_spend(app):
    attempts(throttle.MOST_HERE, device="a1")

    assert allowance(device="a1").left == 0
    assert allowance(device="b2").left == throttle.MOST_HERE
    assert allowance().left == throttle.MOST_HERE


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8:1:2:3::4", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("::ffff:10.0.0.1", "10.0.0.1", True),
        ("10.0.0.1", "10.0.0.2", False),
    ],
)
def test_a_place_is_an_address_or_the_network_of_a_customer(app, one, other, same):
    attempts(throttle.MOST_HERE, address=one)

    assert (allowance(address=other).left == 0) is same


def test_forget_sign_ins_leaves_other_places_and_accounts(app):
    attempts(2)
    attempts(1, address=ELSEWHERE)
    attempts(1, email=OTHER)

    throttle.forget_sign_ins(throttle.origin(MINE, address=HERE))

    assert allowance().left == 5
    assert allowance(address=ELSEWHERE).left == 4
    assert allowance(OTHER).left == 4


def test_attempts_keep_no_address_in_clear(app):
    attempts(1)

    row = db.session.scalars(sa.select(SignInAttempt)).one()

    assert MINE not in row.account
    assert len(row.account) == len(row.address) == 64
    assert row.account == throttle.key("account", MINE)
    assert row.account != throttle.key("mail to", MINE)


def test_may_mail_stops_after_three_and_only_for_that_address(app):
    assert [throttle.may_mail(MINE, HERE) for _ in range(5)] == [True, True, True, False, False]
    assert throttle.may_mail(OTHER, HERE)


def test_a_class_room_may_register_but_not_a_flood(app):
    answers = [throttle.may_register(HERE) for _ in range(throttle.MOST_PLACE + 1)]

    assert answers == [True] * throttle.MOST_PLACE + [False]
    assert throttle.may_register(ELSEWHERE)


def test_forget_old_removes_only_what_no_longer_limits(app):
    attempts(2, email=OTHER, minutes_ago=60 * 25)
    attempts(1)

    throttle.forget_old()

    assert db.session.scalars(sa.select(SignInAttempt.account)).all() == [throttle.key("account", MINE)]
