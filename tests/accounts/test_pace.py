from academy.accounts import pace
from academy.accounts.pace import Pace


def test_a_place_may_come_so_often_a_minute():
    few = Pace(2)

    assert [few.allows("10.0.0.1") for _ in range(3)] == [True, True, False]
    assert few.allows("10.0.0.2")


def test_a_customer_of_ipv6_is_one_place():
    few = Pace(1)

    assert few.allows("2001:db8:1:2::1")
    assert not few.allows("2001:db8:1:2:ffff::9")
    assert few.allows("2001:db8:1:3::1")


def test_a_minute_later_all_is_forgiven(monkeypatch):
    few = Pace(1)
    few.allows("10.0.0.1")
    later = pace.time.monotonic() + 61

    monkeypatch.setattr(pace.time, "monotonic", lambda: later)

    assert few.allows("10.0.0.1")


def test_a_crowd_pushes_out_only_who_was_quiet_for_longest(monkeypatch):
    monkeypatch.setattr(pace, "MOST_PLACES", 3)
    few = Pace(1)
    for number in (1, 2, 3):
        few.allows(f"10.0.0.{number}")
    assert not few.allows("10.0.0.1")  # seen again, so the second is the quiet one

    few.allows("10.0.0.4")

    assert not few.allows("10.0.0.1")
    assert few.allows("10.0.0.2")


def test_guessing_at_links_is_slowed_down(client):
    answers = [
        client.get(f"/password/reset/{number}").status_code for number in range(pace.MOST_BAD_LINKS + 1)
    ]

    assert answers == [400] * pace.MOST_BAD_LINKS + [429]
    assert client.get("/confirm/x").status_code == 429
