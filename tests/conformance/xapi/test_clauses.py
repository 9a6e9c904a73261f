"""The tables of docs/conformance.md name code and tests that exist."""

import ast
import re
from functools import cache, reduce
from importlib import import_module
from pathlib import Path

TESTS = Path(__file__).resolve().parents[2]
TEXT = (TESTS.parent / "docs" / "conformance.md").read_text("utf-8")

#: Clauses of 1.0.3 in which something is asked of a store.
DATA = ("2.2", "2.3.1", "2.3.2", "2.4.1", "2.4.2.1", "2.4.2.2", "2.4.2.3", "2.4.2.4", "2.4.3", "2.4.4.1")
DATA += ("2.4.4.2", "2.4.4.3", "2.4.5", "2.4.5.1", "2.4.6", "2.4.6.2", "2.4.7", "2.4.8", "2.4.9", "2.4.10")
DATA += ("2.4.11", "2.5", "2.6", "4.1", "4.2", "4.3", "4.4", "4.5", "4.6")
COMMUNICATION = (
    "1.1",
    "1.3",
    "1.4",
    "1.5.1",
    "1.5.2",
    "2.0",
    "2.1.1",
    "2.1.2",
    "2.1.3",
    "2.1.4",
    "2.2",
    "2.3",
)
COMMUNICATION += ("2.4", "2.5", "2.6", "2.7", "2.8", "3.1", "3.2", "3.3", "4.0", "4.2")


def rows(part: str) -> list[list[str]]:
    """Return the cells of the table below a heading, without its head."""
    section = TEXT.partition(f"#### {part}\n")[2].partition("\n#")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")][2:]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]


PARTS = {
    part: rows(part)
    for part in ("xAPI 1.0.3, Data", "xAPI 1.0.3, Communication", "xAPI 2.0, where it differs")
}
ALL = [row for table in PARTS.values() for row in table]


def names(cell: str) -> list[list[str]]:
    """Return the pairs of place and name that stand in a cell."""
    return [name.split(":") for name in re.findall(r"`([^`]+)`", cell)]


@cache
def functions_of(path: str) -> set[str]:
    """Return the test functions of a file."""
    tree = ast.parse((TESTS / f"{path}.py").read_text("utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def is_there(module: str, name: str) -> bool:
    """Say whether a module of the store has a name, or the attribute of one."""
    first, *more = name.split(".")
    found = getattr(import_module(f"academy.xapi.{module}"), first, None)
    return found is not None and reduce(lambda one, step: getattr(one, step, None), more, found) is not None


def test_each_row_names_code_and_tests():
    assert [row for row in ALL if len(row) != 4 or not names(row[2]) or not names(row[3])] == []


def test_the_code_of_each_row_exists():
    named = [":".join(pair) for row in ALL for pair in names(row[2]) if not is_there(*pair)]

    assert named == []


def test_the_tests_of_each_row_exist():
    named = [":".join(pair) for row in ALL for pair in names(row[3]) if pair[1] not in functions_of(pair[0])]

    assert named == []


def test_every_clause_has_a_row():
    for part, clauses in (("xAPI 1.0.3, Data", DATA), ("xAPI 1.0.3, Communication", COMMUNICATION)):
        told = {clause.strip() for row in PARTS[part] for clause in row[0].split(",")}
        assert told == set(clauses)
    assert len(PARTS["xAPI 2.0, where it differs"]) >= 19
