"""Render the same certificate six times in a fresh process; print the seconds of each."""

import time

from academy.app import create_app
from academy.certificates.document import render
from academy.certificates.facts import Facts

FACTS = Facts(
    serial="PPTA-2026-000001-7F",
    language="ru",
    name_latin="Munira Qodirova",
    name_cyrillic="Мунира Қодирова",
    course_code="DEMO-C1",
    course_title={"en": "Integrated Border Management", "ru": "Интегрированное управление границами"},
    course_version=1,
    hours=6,
    completed="2026-11-24T08:00:00.000000Z",
    issued="2026-11-24T08:00:01.000000Z",
    success="passed",
    score_scaled=0.9,
)

with create_app().app_context():
    for _ in range(6):
        begun = time.perf_counter()
        render(FACTS)
        print(time.perf_counter() - begun)
