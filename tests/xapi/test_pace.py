"""How many requests a minute a credential may send."""

import pytest

from academy.xapi import pace as module
from academy.xapi.pace import Pace


@pytest.fixture
def at(monkeypatch):
    """Return a function that sets the seconds which have passed."""

    def set_to(seconds):
        monkeypatch.setattr(module.time, "monotonic", lambda: 1000.0 + seconds)

    set_to(0)
    return set_to


def test_so_many_at_once_and_then_evenly(at):
    pace = Pace()

    assert [pace.wait("a", per_minute=3) for _ in range(4)] == [0, 0, 0, 20]
    at(15)
    assert pace.wait("a", per_minute=3) == 5
    at(20)
    assert [pace.wait("a", per_minute=3) for _ in range(2)] == [0, 20]


def test_refused_requests_do_not_count_and_rest_restores_all(at):
    pace = Pace()
    refused = [pace.wait("a", per_minute=1) for _ in range(50)]

    at(60)

    assert (refused[0], set(refused[1:])) == (0, {60})
    assert pace.wait("a", per_minute=1) == 0


def test_each_credential_for_itself(at):
    pace = Pace()
    pace.wait("a", per_minute=1)

    assert pace.wait("b", per_minute=1) == 0
    assert pace.wait("a", per_minute=1) > 0


def test_who_was_quiet_for_longest_is_forgotten(at, monkeypatch):
    monkeypatch.setattr(module, "MOST_KEPT", 2)
    pace = Pace()
    for key in ("a", "b", "a", "c"):
        pace.wait(key, per_minute=5)

    assert list(pace._rests) == ["a", "c"]
