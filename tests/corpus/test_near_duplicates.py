from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reinstate.corpus import NearPair, near_duplicates
from reinstate.text import clean

LINE = st.lists(st.sampled_from("abcdef"), min_size=6, max_size=14).map(" ".join)


def resemblance(first: str, second: str) -> float:
    """Jaccard resemblance of runs of four words, the plain way."""
    a, b = ({tuple(words[i : i + 4]) for i in range(len(words) - 3)} for words in (first.split(), second.split()))
    return len(a & b) / len(a | b)


@given(st.lists(LINE, max_size=12), st.sampled_from([0.3, 0.5, 0.8]))
def test_what_is_named_does_resemble_and_what_resembles_much_is_named(lines: list[str], least: float) -> None:
    found = {(pair.first, pair.second): pair.resemblance for pair in near_duplicates(lines, least)}
    for first, second in combinations(range(len(lines)), 2):
        truth = resemblance(lines[first], lines[second])
        if (first, second) in found:
            assert found[first, second] == pytest.approx(truth)
            assert truth >= least
        else:
            assert truth < max(least, 0.5)


@given(st.lists(LINE, min_size=2, max_size=10))
def test_the_strongest_pair_stands_first(lines: list[str]) -> None:
    strengths = [pair.resemblance for pair in near_duplicates([*lines, lines[0]], 0.2)]
    assert strengths[0] == 1.0
    assert strengths == sorted(strengths, reverse=True)


def test_the_same_notice_for_another_product_is_a_duplicate() -> None:
    notice = "We removed {} on {} because the rights owner reported it. You owe {} to the buyer."
    lines = [
        clean(notice.format("B07XYZ1234", "May 3, 2021", "$20")).text,
        clean(notice.format("B0ABCDEFGH", "2019-11-30", "EUR 7.50")).text,
        clean("Your credit card could not be charged; please update your payment method in Seller Central.").text,
    ]
    assert near_duplicates(lines) == [NearPair(0, 1, 1.0)]


@pytest.mark.parametrize("size", [2, 59, 60, 61, 150])
def test_a_family_of_any_size_is_found(size: int) -> None:
    lines = ["please send the invoices of your supplier within a week"] * size
    rows = {row for pair in near_duplicates(lines) for row in (pair.first, pair.second)}
    assert rows == set(range(size))


def test_lines_of_a_few_words_are_held_against_each_other_as_a_whole() -> None:
    lines = ["account deactivated", "account deactivated", "account reactivated", "account", "", ""]
    assert near_duplicates(lines, 0.1) == [NearPair(0, 1, 1.0)]


def test_the_same_lines_give_the_same_pairs() -> None:
    lines = [f"word {i} of the line that is {i % 3} and {i % 5} long" for i in range(40)]
    assert near_duplicates(lines, 0.2) == near_duplicates(list(lines), 0.2)


def test_nothing_has_no_duplicates() -> None:
    assert near_duplicates([]) == []
    assert near_duplicates(["one line alone here"]) == []
