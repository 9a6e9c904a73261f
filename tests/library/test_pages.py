"""The two libraries: what is found, and by whom."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from academy.accounts.models import Person
from academy.library import services
from tests.factories import accounts

SignIn = Callable[[Person], FlaskClient]


def publish(reference: str, **facts: Any) -> None:
    services.publish(
        reference,
        **{
            "collection": "dialogue",
            "kind": "handbook",
            "title": {"en": f"Title {reference}", "ru": f"Название {reference}"},
            "summary": {"en": "About borders", "ru": "О границах"},
            "year": 2024,
            "themes": ["T1"],
            "states": [],
            "audience": "public",
            "languages": ["en", "ru"],
            **facts,
        },
    )


def shown(client: FlaskClient, address: str) -> set[str]:
    page = client.get(address).get_data(as_text=True)
    return {
        reference for reference in ("PUBLIC", "REGISTERED", "OFFICIALS", "PARTICIPANTS") if reference in page
    }


@pytest.fixture
def four_audiences(app: Flask) -> None:
    for audience in ("public", "registered", "officials", "participants"):
        publish(audience.upper(), audience=audience)


@pytest.mark.parametrize(
    ("reader", "expected"),
    [
        (None, {"PUBLIC"}),
        ({"confirmed": False}, {"PUBLIC", "REGISTERED"}),
        ({}, {"PUBLIC", "REGISTERED", "OFFICIALS"}),
        ({"roles": ("observer",)}, {"PUBLIC", "REGISTERED", "OFFICIALS", "PARTICIPANTS"}),
    ],
)
@pytest.mark.parametrize(
    "address", ["/library/dialogue", "/library/dialogue?q=borders", "/library/dialogue?q=границами"]
)
def test_lists_and_search_hold_only_what_the_reader_may_see(
    client: FlaskClient, sign_in: SignIn, four_audiences: None, reader: Any, expected: set[str], address: str
) -> None:
    reading = client if reader is None else sign_in(accounts.person(**reader))

    assert shown(reading, address) == expected


def test_a_hidden_resource_cannot_be_told_from_a_missing_one(
    client: FlaskClient, four_audiences: None
) -> None:
    assert client.get("/library/dialogue/PUBLIC").status_code == 200
    assert client.get("/library/dialogue/OFFICIALS").status_code == 404
    assert client.get("/library/dialogue/NOWHERE").status_code == 404
    assert client.get("/library/observatory/PUBLIC").status_code == 404


def test_facets_narrow_down_and_count(client: FlaskClient, app: Flask) -> None:
    publish("PUBLIC", kind="handbook", year=2025, states=["XK"])
    publish("OFFICIALS", kind="action_plan", year=2022, title={"en": "OFFICIALS plan"}, languages=["en"])

    assert shown(client, "/library/dialogue?types=handbook") == {"PUBLIC"}
    assert shown(client, "/library/dialogue?years=2022&years=2025") == {"PUBLIC", "OFFICIALS"}
    assert shown(client, "/library/dialogue?languages=ru") == {"PUBLIC"}
    assert shown(client, "/library/dialogue?state=GE") == {"OFFICIALS"}
    assert shown(client, "/library/dialogue?types=nonsense") == set()
    assert "Kosovo declaration" in client.get("/library/dialogue?types=handbook").get_data(as_text=True)
    assert "Kosovo declaration" not in client.get("/library/dialogue?types=action_plan").get_data(
        as_text=True
    )
