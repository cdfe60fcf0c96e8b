r"""All word and character n-grams of cleaned lines, as 64-bit hashes, by numpy alone.

A line of tokens is a row of code points c_0 … c_n. With an odd base B, the prefix sums
P_i = Σ_{j<i} c_j·B^j (modulo 2^64) give the polynomial hash of *any* run of the line in O(1):
(P_e - P_s)·B^{-s} (Karp & Rabin, "Efficient randomized pattern-matching algorithms", IBM J. Res.
Dev. 31(2), 1987). So a thousand lines cost a handful of array operations, not millions of slices.

The n-grams are those of scikit-learn's ``TfidfVectorizer`` with ``analyzer="word"``,
``token_pattern=r"\S+"`` and with ``analyzer="char_wb"`` (n >= 3); the tests hold them together.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

UInt64s = NDArray[np.uint64]
Ints = NDArray[np.int64]

WORD = "word"
CHAR_WB = "char_wb"

_BASE = 0x9E3779B97F4A7C15  # odd, bits well mixed (2^64 divided by the golden ratio)
_BASE_INVERSE = pow(_BASE, -1, 1 << 64)
#: A last odd factor for each kind of n-gram: spreads the first letter over the high bits, and
#: keeps the word "the" apart from the letters "the".
_FACTORS = {WORD: 0xD6E8FEB86659FD93, CHAR_WB: 0xA0761D6478BD642F}
_SPACE = ord(" ")
_BREAK = ord("\n")


@dataclass(frozen=True, slots=True)
class Block:
    """One kind of n-gram: ``word`` or ``char_wb``, from ``low`` to ``high`` words or letters."""

    kind: str
    low: int
    high: int

    def __post_init__(self) -> None:
        if self.kind not in _FACTORS or not 1 <= self.low <= self.high <= 16:
            raise ValueError(f"unknown kind of n-gram: {self}")
        if self.kind == CHAR_WB and self.low < 3:
            raise ValueError("character n-grams start at 3 letters")


@dataclass(frozen=True, slots=True)
class Grams:
    """N-grams of a batch: hash, first and past-the-last position in the joined lines."""

    hashes: UInt64s
    starts: Ints
    ends: Ints


class Lines:
    """A batch of cleaned lines, joined and ready to be cut into n-grams.

    Parameters
    ----------
    lines : sequence of str
        Cleaned lines: tokens joined by single spaces.

    Attributes
    ----------
    first : ndarray of int64, shape (len(lines) + 1,)
        Where the first letter of each line stands in the joined text; the last entry is its end.
    """

    def __init__(self, lines: Sequence[str]) -> None:
        joined = "".join(f" {line} \n" for line in lines)
        codes = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
        lengths = np.fromiter((len(line) + 3 for line in lines), dtype=np.int64, count=len(lines))
        self.first = np.concatenate(([0], np.cumsum(lengths))) + 1
        self._line = np.repeat(np.arange(len(lines)), lengths)
        self._gap = (codes == _SPACE) | (codes == _BREAK)
        size = len(codes)
        powers, self._inverse = _powers(size)
        self._prefix = np.zeros(size + 1, dtype=np.uint64)
        np.cumsum(codes.astype(np.uint64) * powers, out=self._prefix[1:])

    def line_of(self, positions: Ints) -> Ints:
        """The index of the line that each position stands in."""
        return self._line[positions]

    def grams(self, block: Block) -> Iterable[Grams]:
        """The n-grams of a block, one length after the other."""
        return self._word_grams(block) if block.kind == WORD else self._char_grams(block)

    def words(self) -> tuple[Ints, Ints]:
        """First and past-the-last position of each token."""
        gap = self._gap
        starts = np.flatnonzero(gap[:-1] & ~gap[1:]) + 1
        ends = np.flatnonzero(~gap[:-1] & gap[1:]) + 1
        return starts, ends

    def _word_grams(self, block: Block) -> Iterable[Grams]:
        starts, ends = self.words()
        line = self.line_of(starts)
        for n in range(block.low, block.high + 1):
            if len(starts) < n:
                return
            first, last = starts[: len(starts) - n + 1], ends[n - 1 :]
            same = line[: len(line) - n + 1] == line[n - 1 :]
            yield self._hashed(block.kind, first[same], last[same])

    def _char_grams(self, block: Block) -> Iterable[Grams]:
        gaps = np.concatenate(([0], np.cumsum(self._gap, dtype=np.int64)))
        size = len(self._gap)
        for n in range(block.low, block.high + 1):
            # No gap strictly inside: the run lies within one word and the spaces beside it.
            inside = gaps[n - 1 : size] - gaps[1 : max(1, size - n + 2)]
            starts = np.flatnonzero(inside == 0)
            yield self._hashed(block.kind, starts, starts + n)
            if n == block.low > 3:
                # Like scikit-learn: a word shorter than the shortest run is one run, spaces and all.
                first, last = (edge + step for edge, step in zip(self.words(), (-1, 1), strict=True))
                short = last - first < n
                yield self._hashed(block.kind, first[short], last[short])

    def _hashed(self, kind: str, starts: Ints, ends: Ints) -> Grams:
        hashes = self._prefix[ends] - self._prefix[starts]
        hashes *= self._inverse[starts]
        hashes *= np.uint64(_FACTORS[kind])
        return Grams(hashes, starts, ends)


def hash_terms(terms: Sequence[str], kind: str) -> UInt64s:
    """The hash of each term of a vocabulary: the same number that it gets inside a line."""
    out = np.empty(len(terms), dtype=np.uint64)
    mask = (1 << 64) - 1
    for index, term in enumerate(terms):
        value, power = 0, 1
        for letter in term:
            value = (value + ord(letter) * power) & mask
            power = (power * _BASE) & mask
        out[index] = (value * _FACTORS[kind]) & mask
    return out


_table: tuple[UInt64s, UInt64s] = (np.ones(1, dtype=np.uint64), np.ones(1, dtype=np.uint64))


def _powers(size: int) -> tuple[UInt64s, UInt64s]:
    """B^0 … B^(size-1) and their inverses; kept, and grown when a longer batch comes."""
    global _table
    if len(_table[0]) < size:
        length = 1 << max(12, (size - 1).bit_length())
        grown = []
        for base in (_BASE, _BASE_INVERSE):
            powers = np.full(length, base, dtype=np.uint64)
            powers[0] = 1
            np.multiply.accumulate(powers, out=powers)
            grown.append(powers)
        _table = (grown[0], grown[1])
    return _table[0][:size], _table[1][:size]
