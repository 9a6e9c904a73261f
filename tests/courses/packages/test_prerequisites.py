import pytest
from hypothesis import given
from hypothesis import strategies as st

from academy.courses.packages.prerequisites import (
    AtLeast,
    Compared,
    Finished,
    Negated,
    Statuses,
    Unreadable,
    evaluate,
    is_unlocked,
    operands,
    parse,
)

A, B, C = Finished("A"), Finished("B"), Finished("C")
STATUSES = Statuses(
    {"A": "passed", "B": "completed", "C": "failed", "D": "incomplete", "E": "not attempted", "F": "browsed"},
    {"S1": ("A", "B"), "S2": ("A", "C"), "S3": ("S1", "B")},
)


@pytest.mark.parametrize(
    ("text", "expression"),
    [
        ("A", A),
        (" A ", A),
        ("A&B", AtLeast(2, (A, B))),
        ("A|B", AtLeast(1, (A, B))),
        ("A&B|C", AtLeast(1, (AtLeast(2, (A, B)), C))),
        ("A|B&C", AtLeast(1, (A, AtLeast(2, (B, C))))),
        ("(A|B)&C", AtLeast(2, (AtLeast(1, (A, B)), C))),
        ("~A&B", AtLeast(2, (Negated(A), B))),
        ("~(A&B)", Negated(AtLeast(2, (A, B)))),
        ("~~A", Negated(Negated(A))),
        ('A="passed"', Compared("A", "passed", equal=True)),
        ("A=passed", Compared("A", "passed", equal=True)),
        ("A <> 'Failed'", Compared("A", "failed", equal=False)),
        ('A="not attempted"', Compared("A", "not attempted", equal=True)),
        ("A=not attempted", Compared("A", "not attempted", equal=True)),
        ("A=c", Compared("A", "completed", equal=True)),
        ("2*{A,B,C}", AtLeast(2, (A, B, C))),
        ('1*{A="passed",B&C}', AtLeast(1, (Compared("A", "passed", equal=True), AtLeast(2, (B, C))))),
        ("item.1-a_b:c", Finished("item.1-a_b:c")),
        ("Урок", Finished("Урок")),
        ("2", Finished("2")),
    ],
)
def test_expression_is_parsed(text: str, expression: object) -> None:
    assert parse(text) == expression


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("", 1),
        ("A&", 3),
        ("&A", 1),
        ("A B", 3),
        ("(A", 3),
        ("A)", 2),
        ("A=", 3),
        ('A="wrong"', 3),
        ("2*{A,}", 6),
        ("2*A", 3),
        ('A="passed', 3),
        ("A<B", 2),
        ("²*{A}", 2),
        ("9" * 5000 + "*{A}", 5001),
        ("A&" * 20_000 + "A", 20_000),
        ("~" * 60 + "A", 52),
        ("(" * 60 + "A" + ")" * 60, 52),
    ],
)
def test_expression_that_cannot_be_read_names_the_place(text: str, position: int) -> None:
    with pytest.raises(Unreadable) as fault:
        parse(text)

    assert fault.value.position == position


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A", True),
        ("B", True),
        ("C", False),
        ("D", False),
        ("E", False),
        ("F", False),
        ("missing", False),
        ("~missing", True),
        ("S1", True),
        ("S2", False),
        ("S3", True),
        ("A&C", False),
        ("A|C", True),
        ("~C", True),
        ('C="failed"', True),
        ('C<>"failed"', False),
        ('A<>"failed"', True),
        ('missing<>"failed"', False),
        ("2*{A,B,C}", True),
        ("3*{A,B,C}", False),
        ("0*{C}", True),
    ],
)
def test_expression_is_evaluated(text: str, expected: bool) -> None:
    assert evaluate(parse(text), STATUSES) is expected


def test_prerequisites_that_cannot_be_read_lock_nobody_out() -> None:
    assert [is_unlocked(text, STATUSES) for text in (None, "", "  ", "A&&", "A", "C")] == [
        True,
        True,
        True,
        True,
        True,
        False,
    ]


def test_operands_are_all_items_named() -> None:
    assert sorted(operands(parse('A&~B|2*{C,D="passed",(E|F)}'))) == ["A", "B", "C", "D", "E", "F"]


@given(st.text(max_size=60))
def test_any_text_is_parsed_or_refused_with_a_place(text: str) -> None:
    try:
        evaluate(parse(text), STATUSES)
        position = 1
    except Unreadable as fault:
        position = fault.position

    assert 1 <= position <= len(text) + 1
