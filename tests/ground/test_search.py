"""Search finds inflected forms."""

import sys
import threading
import uuid

import pytest
import sqlalchemy as sa
from flask import Flask

from academy import search
from academy.db import db


def found(query: str) -> list[uuid.UUID]:
    hits = search.matching("course", query)
    return list(db.session.scalars(sa.select(hits.c.document).order_by(hits.c.score.desc())))


@pytest.mark.parametrize("word", ["граница", "границы", "границами", "ГРАНИЦЕ", "грани"])
def test_matching_finds_every_form_of_a_russian_word(app: Flask, word: str) -> None:
    borders, other = uuid.uuid4(), uuid.uuid4()
    search.index("course", borders, {"Управление границами": 3})
    search.index("course", other, {"Интеграция мигрантов": 3})

    assert found(word) == [borders]


def test_matching_wants_every_word_and_ranks_by_weight(app: Flask) -> None:
    title, summary = uuid.uuid4(), uuid.uuid4()
    search.index("course", title, {"Border management": 3, "Cooperation of agencies": 1})
    search.index("course", summary, {"Returns": 3, "Cooperation at the borders": 1})
    search.index("library", uuid.uuid4(), {"Border cooperation": 3})

    assert found("cooperating borders") == [title, summary]
    assert found("border readmission") == []
    assert found("cooperation cooperation") != []
    assert found("  ") == []


def test_index_replaces_what_was_there(app: Flask) -> None:
    document = uuid.uuid4()
    search.index("course", document, {"Ёлка": 1})
    search.index("course", document, {"Readmission": 1})

    assert found("елка") == []
    assert found("readmission") == [document]


def test_threads_stem_beside_each_other() -> None:
    words = ["границами", "пограничников", "управление", "readmission", "migrations", "cooperating"] * 300
    alone = [search.stems(word) for word in words]
    found: list[list[list[str]]] = []
    switching = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        work = [
            threading.Thread(target=lambda: found.append([search.stems(word) for word in words]))
            for _ in range(4)
        ]
        for thread in work:
            thread.start()
        for thread in work:
            thread.join()
    finally:
        sys.setswitchinterval(switching)

    assert found == [alone] * 4
