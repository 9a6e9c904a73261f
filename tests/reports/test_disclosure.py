"""What is hidden so that small counts cannot be worked out."""

import pytest

from academy.reports.disclosure import hidden, is_small


def test_small_counts_are_those_of_one_to_four():
    assert [is_small(count) for count in (0, 1, 4, 5)] == [False, True, True, False]


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ([], []),
        ([0, 0], [False, False]),
        ([9, 7, 5], [False, False, False]),
        ([9, 7, 3], [False, True, True]),  # 3 alone would be the total minus the rest
        ([9, 2, 3], [False, True, True]),  # together five: nobody knows which is which
        ([9, 7, 1, 2], [False, True, True, True]),  # together three: still small
        ([9, 0, 1], [True, False, True]),
        ([3], [True]),
    ],
)
def test_a_small_count_cannot_be_worked_out_from_the_total(counts, expected):
    assert hidden(counts) == expected


def test_no_column_gives_a_small_remainder():
    for first in range(8):
        for second in range(8):
            counts = [first, second, 11, 6]
            remainder = sum(count for count, hides in zip(counts, hidden(counts), strict=True) if hides)
            assert remainder == 0 or remainder >= 5


@pytest.mark.parametrize(
    ("counts", "of", "expected"),
    [
        ([9, 20], [9, 30], [False, False]),  # all of them, or ten missing
        (
            [9, 20, 15],
            [9, 22, 30],
            [True, True, True],
        ),  # two missing, and nothing that hides them but fifteen
        ([9, 20, 6], [19, 22, 30], [False, True, True]),
        ([9, 20], [9, 22], [True, True]),  # two missing in all
        ([9, 0], [9, 3], [True, True]),
    ],
)
def test_few_who_are_missing_cannot_be_worked_out_from_the_column_beside_it(counts, of, expected):
    assert hidden(counts, of=of) == expected


def test_no_column_gives_a_small_difference_to_the_one_beside_it():
    for first in range(8):
        for second in range(8):
            counts, of = [11 - first, 9 - second, 12], [11, 9, 21]
            hides = hidden(counts, of=of)
            shown = sum(
                whole - count for whole, count, gone in zip(of, counts, hides, strict=True) if not gone
            )
            differences = [
                whole - count for whole, count, gone in zip(of, counts, hides, strict=True) if not gone
            ]
            assert not any(0 < one < 5 for one in differences)
            assert not 0 < sum(of) - sum(counts) - shown < 5 or not any(hides) or all(hides)
