"""Phrases of the data file found in a cleaned line, with the places they were read from."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import accumulate

from reinstate.text import Cleaned


@dataclass(frozen=True, slots=True)
class Found:
    """A phrase in the text: which one, and its span there."""

    phrase: str
    start: int
    end: int


class PhraseFinder:
    """Finds whole-word phrases in one cleaned text.

    Plain substring search over the line of tokens: for some two hundred phrases that is faster
    than compiling patterns for them would be.
    """

    def __init__(self, cleaned: Cleaned) -> None:
        self._cleaned = cleaned
        self._line = f" {cleaned.text} "
        self._offsets: list[int] | None = None

    def has(self, phrases: Iterable[str]) -> bool:
        """Whether one of the phrases stands in the text."""
        return any(f" {phrase} " in self._line for phrase in phrases)

    def find(self, phrases: Iterable[str]) -> Iterator[Found]:
        """Every place of every phrase, in no particular order."""
        for phrase in phrases:
            wanted = f" {phrase} "
            at = self._line.find(wanted)
            while at >= 0:
                first = self._token(at)
                last = first + phrase.count(" ")
                yield Found(phrase, self._cleaned.starts[first], self._cleaned.ends[last])
                at = self._line.find(wanted, at + 1)

    def _token(self, at: int) -> int:
        """The number of the token that begins after position ``at`` of the padded line."""
        if self._offsets is None:
            lengths = (len(token) + 1 for token in self._cleaned.text.split(" "))
            self._offsets = list(accumulate(lengths, initial=0))
        return bisect_right(self._offsets, at) - 1
