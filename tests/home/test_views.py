import pytest

from tests.factories import accounts

PAGES = ("/help", "/accessibility", "/privacy", "/contact")


def test_first_page_says_what_this_is(client):
    page = client.get("/").text

    assert "Training for the people who manage migration and borders" in page
    assert page.count("theme-tile--l") == 6
    assert 'href="/register"' in page
    assert 'action="/verify"' in page


def test_signed_in_people_go_to_their_learning(sign_in):
    assert sign_in(accounts.person()).get("/").location == "/learn"


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("language", ["en", "ru"])
def test_pages_are_open_in_both_languages(client, path, language):
    client.set_cookie("language", language)

    answer = client.get(path)

    assert answer.status_code == 200
    assert f'<html lang="{language}"' in answer.text
    assert len(answer.text) > 3000


@pytest.mark.parametrize("path", ["/", *PAGES])
def test_pages_serve_signed_in_people_too(sign_in, path):
    assert sign_in(accounts.person()).get(path).status_code in {200, 303}


def test_privacy_notice_names_its_version(client):
    from academy.accounts.privacy import PRIVACY_VERSION

    page = client.get("/privacy").text

    assert PRIVACY_VERSION in page
    assert "demonstration" in page
    assert client.get("/personal-data").location == "/privacy"


def test_contact_names_the_address_of_the_house(client, app):
    app.config["MAIL_FROM"] = "Training Academy <academy@example.org>"

    assert "academy@example.org" in client.get("/contact").text
