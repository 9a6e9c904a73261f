"""The first whole path: a trainer, a learner, a coordinator, the record store, the command line."""

import csv
import io
import json
import re
import shutil
import subprocess
from base64 import b64encode
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit
from urllib.request import Request, urlopen

import openpyxl
import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, Page, expect

from academy.courses.models import Attempt
from academy.db import db
from academy.demo import zipping
from academy.xapi.models import Statement
from tests.journeys import acting
from tests.journeys.acting import DEMO_PASSWORD, RIGHT, WRONG, Newcomer
from tests.journeys.browser import Server, sign_in
from tests.journeys.learning import leave

pytestmark = [pytest.mark.browser, pytest.mark.both_databases]

CODE = "PATH-2026"
TITLES = {"title_en": "Borders that work together", "title_ru": "Граница: служба и сотрудничество"}
SUMMARIES = {"summary_en": "How services meet at a crossing.", "summary_ru": "Как службы встречаются."}
PERSON = Newcomer(
    email="stefan.qahhor@mail.example",
    latin="Ștefan Țurcanu-Qahhorzoda",
    cyrillic="Штефан Қаҳҳорзода-Ғафуров",
    password="three birds over a river",
)
BOM = "\ufeff"
WITHIN = 20_000


@pytest.mark.conformance_on("postgresql")
def test_the_whole_path(academy: Server, chromium: Browser, tmp_path: Path) -> None:
    trainer = window(chromium)
    a_trainer_publishes(academy, trainer, packages(tmp_path))
    learner = window(chromium)
    a_learner_registers_and_enrols(academy, learner)
    place = plays_half_and_the_browser_dies(learner)
    elsewhere = window(chromium)
    serial = goes_on_elsewhere_and_passes(academy, elsewhere, place)
    certificate_is_good(academy, elsewhere, serial, tmp_path)
    anybody_verifies(academy, chromium, serial)
    coordinator = window(chromium)
    a_coordinator_confirms_and_reports(academy, coordinator, serial)
    the_record_store_tells_the_same(academy, serial)
    for page in (trainer, elsewhere, coordinator):
        page.context.close()


def window(chromium: Browser) -> Page:
    return chromium.new_context(viewport={"width": 1280, "height": 800}, locale="en-GB").new_page()


def packages(folder: Path) -> dict[str, Path]:
    found = {}
    for language in ("en", "ru"):
        found[language] = folder / f"borders-{language}.zip"
        found[language].write_bytes(zipping.build("DEMO-C1", language))
    return found


def tracks(server: Server) -> tuple[int, int]:
    with server.database():
        counts = [
            db.session.scalar(sa.select(sa.func.count()).select_from(one)) for one in (Statement, Attempt)
        ]
    return (counts[0] or 0, counts[1] or 0)


def a_trainer_publishes(server: Server, page: Page, package: dict[str, Path]) -> None:
    sign_in(page, server, "trainer@academy.example", DEMO_PASSWORD)
    acting.read_in(page, "en")
    acting.create_course(page, CODE, **TITLES, **SUMMARIES)
    page.click(f"main a[href^='/teach/courses/{CODE}/uploads/new']")
    acting.drop_package(page, package["en"])
    page.select_option("[name=language]", "en")
    report = acting.send_package(page)
    assert "The package can be used" in report
    assert "borders-en.zip" in report
    page.click(f"nav a[href='/teach/courses/{CODE}'], main a[href='/teach/courses/{CODE}'] >> nth=0")
    page.click("a[href*='uploads/new'][href*='language=ru']")
    page.set_input_files("[name=file]", package["ru"])
    assert page.input_value("[name=language]") == "ru"
    acting.send_package(page)
    before = tracks(server)
    page.click("form[action$='/preview'] button")
    frame = acting.lesson(page)
    assert acting.place(frame) == "Страница 1 из 20"
    frame.click("[data-test=next]")
    acting.go_to(frame, "C1-Q1")
    frame.check("[data-test=option-a]")
    frame.click("[data-test=check]")
    page.click("[data-leave]")
    page.wait_for_url(lambda url: "/play/" not in url or url.endswith("/left"))
    assert tracks(server) == before
    page.goto(f"{server.url}/teach/courses/{CODE}")
    page.click("form[action$='/publish'] button")
    expect(page.locator("main")).to_contain_text("Published")


def a_learner_registers_and_enrols(server: Server, page: Page) -> None:
    page.goto(server.url)
    acting.read_in(page, "ru")
    acting.register(page, server, PERSON)
    page.goto(acting.link_mailed_to(server, PERSON.email))
    page.click("form[action*='/confirm/'] button")
    expect(page.locator(".header__who")).to_contain_text(PERSON.cyrillic)
    for language, words in (("en", "borders"), ("ru", "границами")):
        acting.read_in(page, language)
        page.fill("#site-search", words)
        page.press("#site-search", "Enter")
        expect(page.locator("main")).to_contain_text(TITLES[f"title_{language}"])
        expect(page.locator("main")).not_to_contain_text("DEMO-C8")
    page.click(f"main a[href='/courses/{CODE}']")
    page.click("form[action$='/enrol'] button")
    page.wait_for_url(f"**/learn/{CODE}")


def plays_half_and_the_browser_dies(page: Page) -> str:
    page.locator(f"form[action^='/courses/{CODE}/'] button").first.click()
    frame = acting.lesson(page)
    for _ in range(3):
        frame.click("[data-test=next]")
    acting.go_to(frame, "C1-Q1")
    for question in ("Q1", "Q2", "Q3"):
        acting.answer(page, frame, question, RIGHT[question])
        with page.expect_response("**/_api/commit"):
            frame.click("[data-test=next]")
    place = acting.place(frame)
    wait_saved_in_russian(page)
    page.context.close()
    return place


def wait_saved_in_russian(page: Page) -> None:
    expect(page.locator("[data-save-words]")).to_contain_text("Сохранено", timeout=WITHIN)


def goes_on_elsewhere_and_passes(server: Server, page: Page, place: str) -> str:
    page.goto(f"{server.url}/learn/{CODE}")
    page.fill("[name=email]", PERSON.email)
    page.fill("[name=password]", PERSON.password)
    page.press("[name=password]", "Enter")
    page.wait_for_url(f"**/learn/{CODE}")
    expect(page.locator("html")).to_have_attribute("lang", "ru")
    page.locator(f"form[action^='/courses/{CODE}/'] button").first.click()
    frame = acting.lesson(page)
    assert acting.place(frame) == place == "Страница 16 из 20"
    for question in ("Q4", "Q5", "Q6", "Q7"):
        acting.answer(page, frame, question, (RIGHT | WRONG)[question])
        frame.click("[data-test=next]")
    assert frame.inner_text("[data-test=score]") == "86\u00a0%"
    frame.click("[data-test=finish]")
    wait_saved_in_russian(page)
    leave(page)
    page.goto(f"{server.url}/learn/{CODE}")
    expect(page.locator("main")).to_contain_text("86\u00a0%")
    expect(page.locator("main")).to_contain_text("Курс завершён")
    assert re.search(r"Затрачено времени\s+\d+\s(секунд|мин)", page.inner_text("main"))
    return _serial(page)


def _serial(page: Page) -> str:
    link = page.locator("main a[href^='/certificates/']")
    for _ in range(30):
        if link.count():
            break
        page.wait_for_timeout(500)
        page.reload()
    address = str(link.first.get_attribute("href"))
    return address.removeprefix("/certificates/").removesuffix(".pdf")


def certificate_is_good(server: Server, page: Page, serial: str, folder: Path) -> None:
    answer = page.request.get(f"{server.url}/certificates/{serial}.pdf")
    assert (answer.status, answer.headers["content-type"]) == (200, "application/pdf")
    if not shutil.which("pdftotext"):
        return
    (folder / "certificate.pdf").write_bytes(answer.body())
    text = _run("pdftotext", "-layout", str(folder / "certificate.pdf"), "-")
    fonts = _run("pdffonts", str(folder / "certificate.pdf")).splitlines()[2:]
    words = " ".join(text.split()).replace("- ", "-")
    assert PERSON.cyrillic in words
    assert serial in words
    assert TITLES["title_ru"] in words
    assert fonts
    assert {line.split()[-5] for line in fonts} == {"yes"}


def _run(*arguments: str) -> str:
    return subprocess.run(arguments, capture_output=True, text=True, check=True).stdout


def anybody_verifies(server: Server, chromium: Browser, serial: str) -> None:
    page = window(chromium)
    page.goto(f"{server.url}/verify")
    page.fill("[name=number]", serial.lower())
    page.press("[name=number]", "Enter")
    page.wait_for_url(f"**/verify/{serial}")
    told = page.inner_text("main")
    page.fill("main [name=name]", "Ță")
    page.press("main [name=name]", "Enter")
    expect(page.locator("main")).to_contain_text("do not fit")
    page.fill("main [name=name]", "Tu")
    page.press("main [name=name]", "Enter")
    expect(page.locator("main")).to_contain_text(PERSON.latin)
    assert "Valid" in told
    assert TITLES["title_en"] in told
    assert PERSON.latin not in told
    assert page.locator(".header__who").count() == 0
    page.context.close()


def a_coordinator_confirms_and_reports(server: Server, page: Page, serial: str) -> None:
    sign_in(page, server, "coordinator@academy.example", DEMO_PASSWORD)
    acting.read_in(page, "en")
    page.goto(f"{server.url}/reports/completion")
    assert PERSON.latin not in page.inner_text("main")
    page.click("nav.navigation a[href='/people']")
    page.click("main a[href*='tab=waiting']")
    page.locator("tr", has_text=PERSON.email).locator("form[action$='/confirm'] button").click()
    page.click("nav.navigation a[href^='/reports']")
    page.locator("main details summary").first.click()
    page.select_option("[name=course]", CODE)
    page.select_option("[name=status]", "completed")
    page.select_option("[name=period]", "completed")
    page.fill("[name=from]", "2026-01-01")
    page.click("main .form button[type=submit]")
    page.wait_for_url("**/reports/completion?*")
    asked = {name: values[0] for name, values in parse_qs(urlsplit(page.url).query).items()}
    assert {**asked, "course": CODE, "status": "completed", "from": "2026-01-01"} == asked
    assert PERSON.latin in page.inner_text("main table")
    [row] = read_csv(downloaded(page, ".csv"), ",")
    assert (row["E-mail"], row["State code"], row["Certificate number"]) == (PERSON.email, "MD", serial)
    page.click("main a[href='/reports/completion']")
    everybody = read_csv(downloaded(page, ".csv"), ",")
    assert {row["State code"] for row in everybody} == {"MD"}
    assert len({row["E-mail"] for row in everybody}) > 1
    acting.read_in(page, "ru")
    russian = read_csv(downloaded(page, ".csv"), ";")
    assert [list(row.values())[2:4] for row in russian] == [list(row.values())[2:4] for row in everybody]
    sheet = openpyxl.load_workbook(io.BytesIO(downloaded(page, ".xlsx"))).worksheets[0]
    cells = [[cell.value for cell in line] for line in sheet.iter_rows()]
    assert len(cells) == len(russian) + 1
    assert [PERSON.cyrillic in line for line in cells].count(True) == 1


def downloaded(page: Page, ending: str) -> bytes:
    with page.expect_download() as waiting:
        page.click(f"main a[href*='{ending}']")
    return Path(waiting.value.path()).read_bytes()


def read_csv(data: bytes, separator: str) -> list[dict[str, str]]:
    text = data.decode("utf-8")
    assert text.startswith(BOM)
    return list(csv.DictReader(io.StringIO(text.removeprefix(BOM)), delimiter=separator))


def the_record_store_tells_the_same(server: Server, serial: str) -> None:
    asked = ("progress", "show", "--course", CODE, "--email", PERSON.email, "--json")
    shown = json.loads(server.command(*asked))
    key = json.loads(
        server.command("xapi", "credentials", "create", "--name", "Audit", "--scope", "all/read", "--json")
    )
    statements = fetched(server, key, shown["registration"])
    assert server.shell("progress", "rebuild", "--verify").endswith(" 0 differences\n")

    verbs = [one["verb"]["id"].rpartition("/")[2] for one in statements]
    assert verbs[0] == "initialized"
    assert verbs[-1] == "terminated"
    assert verbs.count("responded") == 7
    assert {"suspended", "resumed", "scored", "completed", "passed"} <= set(verbs)
    written = json.dumps(statements, ensure_ascii=False)
    for secret in (PERSON.email, PERSON.latin, PERSON.cyrillic, "Țurcanu", "Қаҳҳорзода", "mailto:"):
        assert secret not in written
    assert {one["actor"]["account"]["homePage"] for one in statements} == {server.url}
    score = next(one["result"]["score"] for one in statements if one["verb"]["id"].endswith("/passed"))
    facts = (shown["completion"], shown["success"], shown["score_scaled"], shown["certificate"])
    assert facts == ("completed", "passed", score["scaled"], serial)
    assert score["raw"] == 86
    assert [(part["completion"], part["success"]) for part in shown["activities"]] == [
        ("completed", "passed")
    ]


def fetched(server: Server, key: dict[str, str], registration: str) -> list[dict[str, Any]]:
    query = urlencode({"registration": registration, "ascending": "true", "limit": 100})
    basic = b64encode(f"{key['key']}:{key['secret']}".encode()).decode()
    headers = {"Authorization": f"Basic {basic}", "X-Experience-API-Version": "1.0.3"}
    with urlopen(Request(f"{server.url}/xapi/statements?{query}", headers=headers)) as answer:
        found: list[dict[str, Any]] = json.load(answer)["statements"]
    return found
