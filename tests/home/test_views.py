import pytest

from academy.accounts.privacy import PRIVACY_VERSION
from academy.library import services as library
from tests.factories import accounts, courses

PAGES = ("/help", "/accessibility", "/privacy", "/contact")


def test_first_page_says_what_this_is(client):
    page = client.get("/").text

    assert "Training for the people who manage migration and borders" in page
    assert page.count("theme-tile--l") == 6
    assert 'href="/register"' in page
    assert 'action="/verify"' in page


def test_first_page_shows_what_is_published_and_open(client):
    for theme in ("T1", "T1", "T2", "T6"):
        courses.course(theme=theme, title={"en": f"Course of {theme}"})
    courses.course(theme="T3", status="draft", title={"en": "Not ready"})
    facts = {
        "kind": "policy_brief",
        "year": 2025,
        "collection": "observatory",
        "themes": ["T2"],
        "languages": ["en"],
    }
    library.publish("OBS-1", title={"en": "Making reintegration last"}, **facts)
    library.publish("OBS-2", title={"en": "For officials only"}, **facts | {"audience": "officials"})

    page = client.get("/").text

    assert "All 4 courses" in page
    assert "2 courses, 0 resources" in page
    assert "1 course, 1 resource" in page
    assert page.count('class="course-card"') == 3
    assert "Making reintegration last" in page
    assert "Policy brief, 2025" in page
    assert "Not ready" not in page
    assert "For officials only" not in page


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
    page = client.get("/privacy").text

    assert PRIVACY_VERSION in page
    assert "demonstration" in page
    assert client.get("/personal-data").location == "/privacy"


def test_contact_names_the_address_of_the_house(client, app):
    app.config["MAIL_FROM"] = "Training Academy <academy@example.org>"

    assert "academy@example.org" in client.get("/contact").text
