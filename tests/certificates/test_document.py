"""The PDF: one page, embedded fonts, every letter of fifty states, nothing from outside."""

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import segno
from flask import Flask

from academy.certificates import checking, document, numbering, paving
from academy.certificates.facts import footnotes_for
from tests.factories.certificates import facts

LETTERS_LATIN = "ș ț ğ ı ş č ž ł ő ð Ș Ț Ğ İ Ş Č Ž Ł Ő Ð ă â î ę ą ñ ø å ß ű ů ý þ ć đ ŕ ľ ņ ķ ģ ū ė į"
LETTERS_CYRILLIC = "Қ Ғ Ҳ Ӯ Ұ Ү Ө Ң І Ә қ ғ ҳ ӯ ұ ү ө ң і ә Ӣ ӣ Ҷ ҷ Һ һ Ё ё Є Ї Ґ Ј Љ Њ Ћ Џ Ў"

pytestmark = [
    pytest.mark.only("sqlite"),  # nothing in it depends on the database
    pytest.mark.usefixtures("app"),
    pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler-utils is not installed"),
]


def poppler(tool: str, pdf: bytes, tmp_path: Path, *options: str) -> str:
    path = tmp_path / "certificate.pdf"
    path.write_bytes(pdf)
    arguments = [tool, *options, str(path), *(["-"] if tool == "pdftotext" else [])]
    return subprocess.run(arguments, capture_output=True, text=True, check=True).stdout


def text_of(pdf: bytes, tmp_path: Path) -> str:
    return " ".join(poppler("pdftotext", pdf, tmp_path, "-layout").split())


def test_render_says_the_facts(tmp_path: Path) -> None:
    text = text_of(document.render(facts(taken_in="ru")), tmp_path)

    for said in (
        "Certificate of completion",
        "Elena Russu",
        "has successfully completed the course",
        "Return counselling",
        "13 March 2026",  # in the zone of the holder
        "PPTA-2026-000123-7Y",
        "localhost:5000/verify/PPTA-2026-000123-7Y",
        "Funded by the European Union.",
        "ICMPD",
    ):
        assert said in text, said
    assert "DEMO" not in text.replace(" ", "")


def test_render_in_russian_uses_the_cyrillic_name(tmp_path: Path) -> None:
    text = text_of(document.render(facts(language="ru")), tmp_path)

    for said in (
        "Сертификат о прохождении курса",
        "Слушатель",
        "Елена Руссу",
        "«Консультирование»",
        "13.03.2026",
        "Проверить подлинность",
    ):
        assert said in text, said
    assert "Certificate" not in text
    assert "Финансируется Европейским союзом." in text


@pytest.mark.parametrize("success", ["unknown", "failed"])
def test_render_claims_success_only_for_a_pass(success: str, tmp_path: Path) -> None:
    text = text_of(document.render(facts(success=success)), tmp_path)

    assert "has completed the course" in text
    assert "successfully" not in text


@pytest.mark.parametrize(
    ("language", "letters"), [("en", LETTERS_LATIN), ("ru", LETTERS_CYRILLIC), ("en", LETTERS_CYRILLIC)]
)
@pytest.mark.parametrize("where", ["name", "title"])
def test_render_writes_every_letter_from_embedded_fonts(
    language: str, letters: str, where: str, tmp_path: Path
) -> None:
    words: dict[str, Any] = (
        {"name_latin": letters, "name_cyrillic": letters}
        if where == "name"
        else {"course_title": {language: letters}}
    )
    pdf = document.render(facts(language=language, **words))

    written = text_of(pdf, tmp_path)
    assert set(letters) - set(written) == set()
    fonts = poppler("pdffonts", pdf, tmp_path).splitlines()[2:]
    assert fonts
    for font in fonts:
        name, rest = font.split("+", 1)[1].split()[0], font.split()
        assert name.startswith(("serif-", "sans-")), font
        assert rest[-5:-2] == ["yes", "yes", "yes"], font  # embedded, subset, with Unicode


LONG_NAMES = ["Ж" * 80, "Қасымжомарт-Нұрсұлтан " * 4, "A B"]
LONG_TITLES = ["Щ" * 120, "Международное сотрудничество в области противодействия " * 2 + "Косово*", "X"]


@pytest.mark.parametrize("name", LONG_NAMES)
@pytest.mark.parametrize("title", LONG_TITLES)
@pytest.mark.parametrize("language", ["en", "ru"])
def test_render_is_one_page_and_nothing_overlaps(
    name: str, title: str, language: str, tmp_path: Path
) -> None:
    titles = {language: title}
    pdf = document.render(
        facts(
            language=language,
            name_latin=name[:80],
            name_cyrillic=name[:80],
            course_title=titles,
            footnotes=footnotes_for(titles),
            taken_in="ru",
            demo=True,
        )
    )

    info = poppler("pdfinfo", pdf, tmp_path)
    assert "Pages:           1" in info
    assert "841.89 x 595.276 pts (A4)" in info
    boxes = words_of(poppler("pdftotext", pdf, tmp_path, "-bbox"))
    assert all(box[0] >= 0 and box[2] <= 842 and box[1] >= 0 and box[3] <= 596 for box in boxes)
    foot = ("Secretariat", "Секретариат", "Prague")
    foot_begins = min(box[1] for box in boxes if box[4].startswith(foot) and box[1] > 430)
    facts_end = max(box[3] for box in boxes if box[4] in {"2", "3"} and box[1] < 430)
    assert facts_end < foot_begins


def words_of(page: str) -> list[tuple[float, float, float, float, str]]:
    """Return the words of a page with their boxes: left, top, right, bottom."""
    found = []
    for line in page.splitlines():
        if "<word" in line:
            left, top, right, bottom = (float(part) for part in line.split('"')[1:8:2])
            found.append((left, top, right, bottom, line.split(">")[1].split("<")[0]))
    return found


def test_render_marks_demonstrations(tmp_path: Path) -> None:
    text = text_of(document.render(facts(demo=True)), tmp_path)

    assert "D E M O" in text
    assert "Demonstration document" in text


def test_render_is_the_same_every_time() -> None:
    assert document.render(facts()) == document.render(facts())
    assert document.render(facts()) != document.render(facts(serial="PPTA-2026-000124-7Z"))


def test_render_is_tagged_and_titled_for_readers(tmp_path: Path) -> None:
    pdf = document.render(facts(language="ru"))

    info = poppler("pdfinfo", pdf, tmp_path)
    assert "PPTA-2026-000123-7Y" in info
    assert "Tagged:          yes" in info
    unpacked = b"".join(checking._unpacked(pdf))
    assert b"/Lang (ru)" in unpacked
    assert b"pdfuaid" in unpacked


def test_render_names_its_number_in_the_bytes_for_checking() -> None:
    for language in ("en", "ru"):
        pdf = document.render(facts(language=language))
        assert checking.serials_in(pdf) == ["PPTA-2026-000123-7Y"]


def test_render_reaches_for_nothing_outside(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document, "_font_faces", lambda text: '@import url("http://127.0.0.1:9/x.css");')

    with pytest.raises(document.OutsideFile, match="http://127.0.0.1:9"):
        document.render(facts())


def test_render_takes_no_html_from_names(tmp_path: Path) -> None:
    text = text_of(document.render(facts(name_latin="<img src=x> & Sons")), tmp_path)

    assert "<img src=x> & Sons" in text


def test_band_is_of_its_serial() -> None:
    assert paving.band("a") == paving.band("a")
    assert paving.band("a") != paving.band("b")
    assert all(stone in paving.band("a") for stone in paving.STONES)


def test_qr_holds_the_address() -> None:
    address = numbering.verification_address("PPTA-2026-000123-7Y")

    assert address == "http://localhost:5000/verify/PPTA-2026-000123-7Y"
    assert segno.make(address, error="m", micro=False).version <= 5
    assert b"<svg" in document._qr(address)
