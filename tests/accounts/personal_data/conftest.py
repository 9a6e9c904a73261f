import pytest
from flask import Flask

from academy.certificates import document
from tests.factories import people
from tests.factories.people import Traces


@pytest.fixture
def traces(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Traces:
    monkeypatch.setattr(document, "render", lambda facts: f"%PDF-1.7 {facts.serial} {facts.name}".encode())
    return people.everywhere()
