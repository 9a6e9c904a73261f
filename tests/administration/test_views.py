"""The pages of administration are for administrators."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from academy.accounts.models import Person
from tests.factories import accounts

SignIn = Callable[[Person], FlaskClient]
PAGES = ("/admin", "/admin/jobs")


@pytest.mark.parametrize("page", PAGES)
def test_administrators_open_the_pages(app: Flask, sign_in: SignIn, page: str) -> None:
    answer = sign_in(accounts.person(roles=["administrator"])).get(page)

    assert answer.status_code == 200
    assert 'aria-current="page">Administration</a>' in answer.get_data(as_text=True)


@pytest.mark.parametrize("role", ["secretariat", "coordinator", "trainer", "editor", "observer"])
@pytest.mark.parametrize("page", PAGES)
def test_other_staff_do_not(app: Flask, sign_in: SignIn, page: str, role: str) -> None:
    person = accounts.coordinator("MD") if role == "coordinator" else accounts.person(roles=[role])

    assert sign_in(person).get(page, lint=False).status_code == 403
