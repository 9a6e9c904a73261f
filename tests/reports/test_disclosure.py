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
