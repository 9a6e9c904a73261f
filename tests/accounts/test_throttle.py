from datetime import timedelta

import sqlalchemy as sa

from academy import clock
from academy.accounts import throttle
from academy.accounts.models import SignInAttempt
from academy.db import db

MINE, OTHER = "mine@example.org", "other@example.org"


def attempts(email, address, count, *, minutes_ago=0):
    for _ in range(count):
        throttle.note_sign_in(email, address)
    db.session.execute(
        sa.update(SignInAttempt)
        .where(SignInAttempt.account == throttle.key("account", email))
        .values(at=clock.now() - timedelta(minutes=minutes_ago))
    )


def allowance(email=MINE, address="10.0.0.1", *, known=False):
    return throttle.sign_in_allowance(email, address, known_browser=known)


def test_attempts_from_one_place_run_out_and_come_back(app):
    assert allowance().left == throttle.MOST_HERE
    attempts(MINE, "10.0.0.1", 5, minutes_ago=10)

    spent = allowance()
    assert spent.left == 0
    assert timedelta(minutes=4, seconds=50) < spent.wait <= timedelta(minutes=5)

    attempts(MINE, "10.0.0.1", 0, minutes_ago=16)
    assert allowance().left == throttle.MOST_HERE


def test_strangers_elsewhere_do_not_lock_the_owner_out(app):
    attempts(MINE, "10.6.6.6", throttle.MOST_HERE)

    assert allowance(address="10.6.6.6").left == 0
    assert allowance(address="10.0.0.1").left == throttle.MOST_HERE


def test_many_places_exhaust_an_account_but_not_for_a_known_browser(app):
    for number in range(throttle.MOST_PER_ACCOUNT):
        attempts(MINE, f"10.6.6.{number}", 1)

    assert allowance(address="10.0.0.1").left == 0
    assert allowance(address="10.0.0.1", known=True).left == throttle.MOST_HERE
    assert allowance(OTHER, address="10.0.0.1").left == throttle.MOST_HERE


def test_one_address_cannot_try_every_account(app):
    for number in range(throttle.MOST_PER_ADDRESS):
        attempts(f"p{number}@example.org", "10.6.6.6", 1)

    assert allowance(address="10.6.6.6").left == 0
    assert allowance(address="10.0.0.1").left == throttle.MOST_HERE


def test_forget_sign_ins_leaves_other_places_and_accounts(app):
    attempts(MINE, "10.0.0.1", 2)
    attempts(MINE, "10.6.6.6", 1)
    attempts(OTHER, "10.0.0.1", 1)

    throttle.forget_sign_ins(MINE, "10.0.0.1")

    assert allowance().left == 5
    assert allowance(address="10.6.6.6").left == 4
    assert allowance(OTHER).left == 4


def test_attempts_keep_no_address_in_clear(app):
    throttle.note_sign_in(MINE, "10.0.0.1")

    row = db.session.scalars(sa.select(SignInAttempt)).one()

    assert MINE not in row.account
    assert len(row.account) == len(row.address) == 64
    assert row.account == throttle.key("account", MINE)
    assert row.account != throttle.key("mail to", MINE)


def test_may_mail_stops_after_three_and_only_for_that_address(app):
    assert [throttle.may_mail(MINE, "10.0.0.1") for _ in range(5)] == [True, True, True, False, False]
    assert throttle.may_mail(OTHER, "10.0.0.1")


def test_forget_old_removes_only_what_no_longer_limits(app):
    attempts(OTHER, "10.0.0.1", 2, minutes_ago=20)
    attempts(MINE, "10.0.0.1", 1)

    throttle.forget_old()

    assert db.session.scalars(sa.select(SignInAttempt.account)).all() == [throttle.key("account", MINE)]
