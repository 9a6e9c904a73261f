import pytest
from flask_babel import force_locale

from academy.courses import services
from academy.courses.queries.catalogue import PAGE, Entry, Filters, catalogue
from academy.courses.queries.contents import contents_of, opened
from tests.factories import courses


def entry_of(course):
    return Entry(course, contents_of(opened(course.code, by=None)).sizes)


def chosen(**values):
    return Filters(chosen={facet: frozenset(some) for facet, some in values.items()})


def codes(found):
    return [entry.course.code for entry in found.entries]


@pytest.fixture
def three(app):
    """Three published courses that differ in every facet, and a draft and an archived one as noise."""
    courses.course(status="draft", code="DRAFT")
    courses.course(status="archived", code="GONE")
    first = courses.course(code="ONE", theme="T1", level="introductory", hours=2)
    courses.package_version(courses.activity(first), language="en", size=5)
    second = courses.course(code="TWO", theme="T1", level="advanced", hours=3, facts={"languages": ["ru"]})
    third = courses.course(code="THREE", theme="T6", level="advanced", hours=8)
    other = courses.activity(third)
    courses.package_version(other, language="en", size=7)
    courses.package_version(other, language="ru", size=9)
    return first, second, third


def test_catalogue_shows_published_courses_only_newest_first(three):
    found = catalogue(Filters())

    assert codes(found) == ["THREE", "TWO", "ONE"]
    assert (found.found, found.total, found.pages) == (3, 3, 1)


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (chosen(theme=["T1"]), ["TWO", "ONE"]),
        (chosen(theme=["T1", "T6"], level=["advanced"]), ["THREE", "TWO"]),
        (chosen(language=["en"]), ["THREE", "ONE"]),
        (chosen(language=["ru"]), ["THREE", "TWO"]),
        (chosen(hours=["short"]), ["ONE"]),
        (chosen(hours=["medium", "long"]), ["THREE", "TWO"]),
        (chosen(theme=["T2"]), []),
    ],
)
def test_catalogue_matches_every_facet_and_any_value_of_it(three, filters, expected):
    assert codes(catalogue(filters)) == expected


def test_catalogue_counts_what_each_value_would_find_beside_the_other_facets(three):
    counts = catalogue(chosen(theme=["T1"], level=["advanced"])).counts

    assert {facet: dict(counted) for facet, counted in counts.items()} == {
        "theme": {"T1": 1, "T6": 1},
        "level": {"introductory": 1, "advanced": 1},
        "language": {"ru": 1},
        "hours": {"medium": 1},
    }


def test_catalogue_with_nothing_found_offers_the_two_nearest(three):
    found = catalogue(chosen(theme=["T2"]))

    assert [entry.course.code for entry in found.nearest] == ["THREE", "TWO"]


@pytest.mark.parametrize("words", ["граница", "границы", "границами", "ГРАНИЦУ", "borders", "border"])
def test_catalogue_finds_inflected_forms_in_both_languages(app, words):
    wanted = courses.course(
        code="IBM", title={"en": "Border management", "ru": "Управление границами"}, summary={}
    )
    noise = courses.course(code="NOISE", title={"en": "Asylum", "ru": "Убежище"}, summary={})
    for course in (wanted, noise):
        services.index_course(course)

    assert codes(catalogue(Filters(words=words))) == ["IBM"]


def test_catalogue_puts_a_hit_in_the_title_before_one_in_the_summary(app):
    in_title = courses.course(code="A", title={"en": "Readmission"}, summary={})
    in_summary = courses.course(code="B", title={"en": "Return"}, summary={"en": "On readmission"})
    for course in (in_title, in_summary):
        services.index_course(course)

    assert codes(catalogue(Filters(words="readmission"))) == ["A", "B"]


def test_catalogue_finds_words_of_modules_and_the_code(app):
    course = courses.course(code="PASS-7", facts={"modules": [{"en": "Travel documents", "ru": "Документы"}]})
    services.index_course(course)

    assert codes(catalogue(Filters(words="document"))) == ["PASS-7"]
    assert codes(catalogue(Filters(words="документов"))) == ["PASS-7"]
    assert codes(catalogue(Filters(words="PASS"))) == ["PASS-7"]


def test_catalogue_sorts_by_title_in_the_language_of_the_reader(app):
    courses.course(code="A", title={"en": "Zebra", "ru": "Арка"})
    courses.course(code="B", title={"en": "apple", "ru": "Яблоко"})

    assert codes(catalogue(Filters(sort="title"))) == ["B", "A"]
    with app.test_request_context(), force_locale("ru"):
        assert codes(catalogue(Filters(sort="title"))) == ["A", "B"]


def test_catalogue_pages_hold_twelve_and_a_page_beyond_the_end_is_the_last(app):
    for _number in range(PAGE + 1):
        courses.course()

    assert [len(catalogue(Filters(page=page)).entries) for page in (1, 2, 99)] == [PAGE, 1, 1]
    assert catalogue(Filters()).pages == 2


def test_entry_of_a_course_takes_the_size_in_the_language_of_the_reader(three):
    _first, second, third = three

    assert entry_of(third).sizes == {"en": 7, "ru": 9}
    assert entry_of(third).size == 7
    assert (entry_of(second).size, entry_of(second).languages) == (0, ["ru"])


def test_entry_of_a_course_leaves_out_removed_activities(app):
    course = courses.course()
    courses.package_version(courses.activity(course, removed=True), size=3)

    assert entry_of(course).sizes == {}
