"""The check of catalogues names what a Russian reader would miss."""

from babel.messages import Message
from flask.testing import FlaskClient

from academy import catalogues


def faults(source: str | tuple[str, str], translated: str | tuple[str, ...], **options: object) -> list[str]:
    message = Message(source, locations=[("academy/x.py", 0)])
    found = Message(source, string=translated)
    if options.get("fuzzy"):
        found.flags.add("fuzzy")
    return [fault.split(":")[0] for fault in catalogues._faults(message, found)]


def test_faults_are_told_apart() -> None:
    assert faults("Save", "Сохранить") == []
    assert faults("Save", "") == ["not translated"]
    assert faults(("%(num)d page", "%(num)d pages"), ("%(num)d страница", "", "")) == ["not translated"]
    assert faults("Save", "Сохранить", fuzzy=True) == ["fuzzy"]
    assert faults("Hello, %(name)s", "Привет") == ["placeholders differ"]
    assert faults("%(start)sRegister%(end)s", "%(start)sРегистрация%(end)s") == []
    assert (
        faults(("%(num)d page", "%(num)d pages"), ("%(num)d страница", "%(num)d страницы", "%(num)d страниц"))
        == []
    )


def test_nothing_is_left_in_english() -> None:
    assert list(catalogues.faults_of_all()) == []


def test_set_up_leaves_compiled_catalogues_that_pages_read(client: FlaskClient) -> None:
    page = client.get("/courses", headers={"Accept-Language": "ru"}).get_data(as_text=True)

    assert "Каталог курсов" in page
    assert 'lang="ru"' in page
