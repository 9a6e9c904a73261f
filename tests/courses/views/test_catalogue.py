import pytest
from lxml import html

from academy.courses import services
from academy.courses.models import Enrolment
from academy.db import db
from tests.factories import accounts, courses


def page(answer):
    return html.fromstring(answer.get_data(as_text=True))


def shown(answer):
    return [
        link.text_content() for link in page(answer).xpath("//*[contains(@class, 'course-card__title')]/a")
    ]


def text(answer):
    return " ".join(page(answer).text_content().split())


def test_catalogue_shows_cards_with_status_size_languages_and_the_demo_badge(client):
    course = courses.course(title={"en": "Borders"}, demo=True, hours=6)
    courses.package_version(courses.activity(course), size=18_000_000)
    courses.course(status="draft", title={"en": "Hidden"})

    answer = client.get("/courses")

    assert shown(answer) == ["Borders"]
    card = page(answer).xpath("//article")[0].text_content()
    assert all(part in card for part in ("Demo", "6\u00a0h", "18\u00a0MB", "EN"))
    assert "RU" not in card


def test_catalogue_in_russian_shows_russian_titles(client):
    courses.course(title={"en": "Borders", "ru": "Границы"})

    assert shown(client.get("/courses", headers={"Accept-Language": "ru"})) == ["Границы"]


def test_catalogue_by_words_and_facets_keeps_them_in_chips_that_take_them_away(client):
    wanted = courses.course(title={"en": "Border law"}, theme="T2", level="advanced")
    for course in (wanted, courses.course(title={"en": "Border work"}, theme="T1")):
        services.index_course(course)

    answer = client.get("/courses?q=borders&theme=T2&level=advanced")

    assert shown(answer) == ["Border law"]
    chips = {
        chip.text_content().strip(): chip.get("href") for chip in page(answer).xpath("//a[@class='chip']")
    }
    assert chips == {
        "“borders”, remove": "/courses?theme=T2&level=advanced",
        "Readmission and return, remove": "/courses?level=advanced&q=borders",
        "Advanced, remove": "/courses?theme=T2&q=borders",
    }
    assert page(answer).xpath("//a[normalize-space()='Clear all']/@href") == ["/courses"]


@pytest.mark.parametrize(
    "query",
    [
        "theme=T9&level=%3Cscript%3E&page=-3&sort=price",
        "page=abc",
        "q=%27%22%3E%3Cscript%3Ealert(1)%3C/script%3E",
        "q=" + "a" * 5000,
        "page=999999999999999999999",
        "theme=" + "&theme=".join(["T1"] * 500),
    ],
)
def test_catalogue_with_a_hostile_query_is_an_ordinary_page(client, query):
    courses.course()

    answer = client.get(f"/courses?{query}")

    assert answer.status_code == 200
    assert "<script>alert" not in answer.get_data(as_text=True)


def test_catalogue_without_a_hit_says_so_and_offers_the_nearest(client):
    courses.course(title={"en": "Borders"}, theme="T1")

    answer = client.get("/courses?theme=T5")

    assert "No course for this choice" in text(answer)
    assert shown(answer) == ["Borders"]


def test_catalogue_without_courses_says_how_they_come(client):
    assert "No courses yet" in text(client.get("/courses"))


def test_catalogue_pages_keep_the_query(client):
    for _number in range(13):
        courses.course(theme="T3")

    answer = client.get("/courses?theme=T3&page=2")

    assert len(shown(answer)) == 1
    assert "/courses?page=1&theme=T3" in page(answer).xpath("//nav[@class='pagination']//a/@href")


@pytest.mark.parametrize("signed_in", [False, True])
def test_catalogue_needs_as_many_queries_for_60_courses_as_for_10(client, sign_in, queries, signed_in):
    person = accounts.person()
    person_id = person.id
    reader = sign_in(person) if signed_in else client
    counts = []
    for more in (10, 50):
        for _number in range(more):
            course = courses.course()
            courses.package_version(courses.activity(course))
            db.session.add(Enrolment(course=course, person_id=person_id))
        services.index_course(course)
        db.session.commit()
        db.session.expunge_all()
        with queries() as seen:
            reader.get("/courses?q=course&theme=T1")
            reader.get("/courses")
        counts.append(len(seen))

    assert counts[0] == counts[1] <= 20


def test_course_page_shows_what_it_is_and_a_button_to_enrol(client):
    made = courses.published_course_with_sco(
        title={"en": "Borders"},
        facts={"target_groups": ["police", "invented"], "modules": [{"en": "Module one"}]},
    )

    answer = client.get(f"/courses/{made.course.code}")

    assert answer.status_code == 200
    assert page(answer).xpath("//h1/text()") == ["Borders"]
    assert all(part in text(answer) for part in ("Module one", "Police", "1.5 MB", "Yes, with a pass mark"))
    assert page(answer).xpath(f"//form[@action='/courses/{made.course.code}/enrol']")


def test_course_page_without_contents_offers_no_enrolment_and_says_why(client):
    course = courses.course()

    answer = client.get(f"/courses/{course.code}")

    assert not page(answer).xpath("//form[contains(@action, 'enrol')]")
    assert "The contents of this course are not here yet" in text(answer)


def test_course_page_escapes_what_its_author_wrote(client):
    course = courses.course(title={"en": "<script>x</script>"}, summary={"en": "<b onclick=x>"})

    source = client.get(f"/courses/{course.code}").get_data(as_text=True)

    assert "<script>x" not in source
    assert "<b onclick" not in source


def test_draft_is_seen_by_its_author_and_administrators_only(client, sign_in):
    author = accounts.person(roles=["trainer"])
    draft = courses.course(status="draft", author=author)
    others = [accounts.person(), accounts.person(roles=["trainer"]), accounts.person(roles=["secretariat"])]
    seers = [author, accounts.person(roles=["administrator"])]
    places = (f"/courses/{draft.code}", f"/courses/{draft.code}/cover.svg")

    for place in places:
        assert client.get(place).status_code == 404
        assert [sign_in(person).get(place).status_code for person in others] == [404, 404, 404]
        assert [sign_in(person).get(place).status_code for person in seers] == [200, 200]


def test_archived_course_stays_for_who_has_a_seat_in_it(client, sign_in):
    made = courses.published_course_with_sco(status="archived")
    seated = courses.enrolment(made.course).person

    assert client.get(f"/courses/{made.course.code}").status_code == 404
    assert sign_in(seated).get(f"/courses/{made.course.code}").status_code == 200


def test_unknown_course_is_not_found(client):
    courses.course(code="KNOWN")

    assert client.get("/courses/UNKNOWN").status_code == 404
    assert client.get("/courses/known").status_code == 404


def test_cover_is_a_drawing_that_may_be_kept_for_ever_at_its_own_address(client):
    course = courses.course(theme="T4")
    place = page(client.get(f"/courses/{course.code}")).xpath("//img[contains(@class, 'cover')]/@src")[0]

    versioned, plain = client.get(place), client.get(f"/courses/{course.code}/cover.svg")

    assert versioned.mimetype == "image/svg+xml"
    assert versioned.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert "immutable" not in plain.headers.get("Cache-Control", "")
    assert versioned.data == plain.data


def test_cover_of_a_draft_is_not_kept_by_caches(sign_in):
    author = accounts.person(roles=["trainer"])
    course = courses.course(status="draft", author=author)

    answer = sign_in(author).get(f"/courses/{course.code}/cover.svg?v=T1-1")

    assert answer.headers["Cache-Control"] == "no-store"
