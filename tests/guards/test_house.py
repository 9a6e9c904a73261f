"""Rules of the house that no reviewer should have to remember."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from academy.security import policy_of

PROJECT = Path(__file__).resolve().parents[2]
SOURCES = sorted(path for path in (PROJECT / "academy").rglob("*.py") if "migrations" not in path.parts)
TEMPLATES = sorted((PROJECT / "academy").rglob("templates/**/*.html"))
OTHER_ORIGIN = {
    "player-api.html",
    "player-expired.html",
    "player-clear.html",
    "emergency.html",
}  # pages of the content origin, and of the worst case, with a policy of their own
COMMITS = {"db.py", "transactions.py", "jobs.py", "workers.py", "commands.py", "operation.py", "wsgi.py"}


def relative(path: Path) -> str:
    return str(path.relative_to(PROJECT))


def test_every_route_has_an_access_policy(app: Flask) -> None:
    missing = [rule.endpoint for rule in app.url_map.iter_rules() if policy_of(rule.endpoint) is None]

    assert missing == []


def test_every_url_for_in_templates_names_an_endpoint(app: Flask) -> None:
    known = {rule.endpoint for rule in app.url_map.iter_rules()}
    named = {
        (relative(path), name)
        for path in TEMPLATES
        for name in re.findall(r"url_for\(\s*[\"']([\w.]+)[\"']", path.read_text("utf-8"))
    }

    assert [pair for pair in sorted(named) if pair[1] not in known] == []


def test_files_and_functions_stay_small() -> None:
    long_files = [relative(path) for path in SOURCES if len(path.read_text("utf-8").splitlines()) > 300]
    long_functions = [
        f"{relative(path)}::{node.name}"
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef) and (node.end_lineno or 0) - node.lineno >= 50
    ]

    assert (long_files, long_functions) == ([], [])


def test_only_the_ground_commits() -> None:
    offenders = [
        relative(path)
        for path in SOURCES
        if re.search(r"session\.commit\(|connection\.commit\(", path.read_text("utf-8"))
        and not (path.parent.name == "academy" and path.name in COMMITS)
    ]

    assert offenders == []


def test_only_the_store_inserts_statements() -> None:
    table = re.compile(r"insert\(\s*(models\.)?Statement\b")
    offenders = [relative(p) for p in SOURCES if table.search(p.read_text("utf-8")) and p.parts[-2] != "xapi"]

    assert offenders == []


@pytest.mark.parametrize("rule", ["style=", "<style", "onclick=", "javascript:", "http://", "https://"])
def test_templates_have_nothing_inline_and_no_outside_host(rule: str) -> None:
    own = [path for path in TEMPLATES if "mail" not in path.parts and path.name not in OTHER_ORIGIN]
    allowed = ("http://www.w3.org/",)
    offenders = [
        relative(path)
        for path in own
        for line in path.read_text("utf-8").splitlines()
        if rule in line and not any(word in line for word in allowed)
    ]

    assert offenders == []


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
        elif isinstance(node, ast.Import):
            yield from (name.name for name in node.names)


def test_only_one_clock_is_asked_for_the_time() -> None:
    asking = re.compile(r"datetime\.(now|utcnow|today)\(|date\.today\(|time\.time\(\)")
    offenders = [relative(p) for p in SOURCES if asking.search(p.read_text("utf-8")) and p.name != "clock.py"]

    assert offenders == []


def test_xapi_can_be_lifted_out() -> None:
    ground = {
        "clock",
        "config",
        "db",
        "transactions",
        "replica",
        "errors",
        "locale",
        "security",
        "commands",
        "storage",
        "audit",
    }
    foreign = {
        (relative(path), name)
        for path in SOURCES
        if "xapi" in path.parts
        for name in imports(path)
        if name.startswith("academy.") and name.split(".")[1] not in {*ground, "storage", "audit", "xapi"}
    }

    assert foreign == set()


def test_no_form_refuses_in_stock_sentences() -> None:
    """A refusal says how to mend it: no validator of WTForms stands without a sentence of ours."""
    stock = re.compile(r"\b(DataRequired|InputRequired|Length|NumberRange|Regexp|EqualTo)\(")
    offenders = [
        f"{relative(path)}:{node.lineno}"
        for path in SOURCES
        if "forms" in str(path.relative_to(PROJECT))
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call)
        and stock.match(ast.unparse(node))
        and not any(
            isinstance(one, ast.Call) for one in [*node.args, *(word.value for word in node.keywords)]
        )
    ]

    assert offenders == []
