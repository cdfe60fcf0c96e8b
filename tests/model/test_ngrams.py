from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.feature_extraction.text import CountVectorizer

from reinstate.model.ngrams import CHAR_WB, WORD, Block, Lines, hash_terms

TOKEN = st.text(st.characters(exclude_categories=("Z", "C")), min_size=1, max_size=7)
LINE = st.lists(TOKEN, max_size=6).map(" ".join)
BLOCK = st.one_of(
    st.builds(lambda low, more: Block(WORD, low, low + more), st.integers(1, 6), st.integers(0, 3)),
    st.builds(lambda low, more: Block(CHAR_WB, low, low + more), st.integers(3, 7), st.integers(0, 3)),
)


def counted(lines: list[str], block: Block) -> list[Counter[int]]:
    """For each line the hashes of its n-grams."""
    batch = Lines(lines)
    out: list[Counter[int]] = [Counter() for _ in lines]
    for grams in batch.grams(block):
        for line, value in zip(batch.line_of(grams.starts), grams.hashes, strict=True):
            out[line][int(value)] += 1
    return out


@given(st.lists(LINE, min_size=1, max_size=4), BLOCK)
def test_n_grams_are_those_of_scikit_learn(lines: list[str], block: Block) -> None:
    analyze = CountVectorizer(
        analyzer=block.kind, lowercase=False, token_pattern=r"\S+", ngram_range=(block.low, block.high)
    ).build_analyzer()
    expected = [Counter(map(int, hash_terms(analyze(line), block.kind))) for line in lines]
    assert counted(lines, block) == expected


@given(st.lists(LINE, min_size=1, max_size=5), BLOCK)
def test_a_line_has_the_same_n_grams_in_any_company(lines: list[str], block: Block) -> None:
    assert counted(lines, block) == [counted([line], block)[0] for line in lines]


@given(st.lists(LINE, min_size=1, max_size=4))
def test_positions_name_line_and_words(lines: list[str]) -> None:
    batch = Lines(lines)
    joined = "".join(f" {line} \n" for line in lines)
    starts, ends = batch.words()
    assert [joined[s:e] for s, e in zip(starts, ends, strict=True)] == [w for line in lines for w in line.split()]
    assert batch.line_of(starts).tolist() == [i for i, line in enumerate(lines) for _ in line.split()]


@given(st.lists(TOKEN, unique=True, max_size=20))
def test_different_terms_have_different_hashes(terms: list[str]) -> None:
    both = [*hash_terms(terms, WORD).tolist(), *hash_terms(terms, CHAR_WB).tolist()]
    assert len(set(both)) == len(both)


def test_a_long_batch_hashes_like_a_short_one() -> None:
    line = "seller account number"
    long = " ".join(f"w{i}" for i in range(3000))
    assert counted([long, line], Block(WORD, 1, 2))[1] == counted([line], Block(WORD, 1, 2))[0]


def test_no_lines_have_no_n_grams() -> None:
    for block in (Block(WORD, 1, 2), Block(CHAR_WB, 3, 5)):
        assert sum(len(grams.hashes) for grams in Lines([]).grams(block)) == 0


@pytest.mark.parametrize(
    ("kind", "low", "high"), [("char", 3, 5), ("word", 0, 1), ("word", 3, 2), ("word", 1, 17), ("char_wb", 2, 4)]
)
def test_a_kind_of_n_gram_that_is_not_known_is_refused(kind: str, low: int, high: int) -> None:
    with pytest.raises(ValueError, match="n-gram"):
        Block(kind, low, high)
