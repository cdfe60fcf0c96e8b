"""Near-duplicates: rows of the corpus that are the same text with other names.

MinHash signatures (Broder, "On the resemblance and containment of documents", 1997) of runs of
four words propose pairs; the exact resemblance of their runs decides. The runs are taken from
cleaned text, so that another ASIN, date or sum does not make another notice.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise

import numpy as np

from reinstate.model.ngrams import WORD, Block, Lines

RUN = 4
_HASHES = 96
_BAND = 2
#: In a band shared by more rows than this, a commonplace or a large family, each row meets the next alone.
_MOST_IN_BAND = 60


@dataclass(frozen=True, slots=True)
class NearPair:
    """Two rows and the Jaccard resemblance of their runs of four words."""

    first: int
    second: int
    resemblance: float


def near_duplicates(lines: Sequence[str], least: float = 0.5) -> list[NearPair]:
    """Pairs of cleaned lines that resemble each other.

    Parameters
    ----------
    lines : sequence of str
        Cleaned lines (see :func:`reinstate.text.clean`).
    least : float
        Least Jaccard resemblance of a pair, between 0 and 1. Pairs far above 0.3 are found with
        certainty for all practical purposes, below it some are missed.

    Returns
    -------
    list of NearPair
        Strongest first. Of a family of many dozens of rows only some pairs are named.
    """
    runs = [_runs(line) for line in lines]
    generator = np.random.default_rng(0)
    odd = generator.integers(1, 1 << 63, _HASHES, dtype=np.uint64) | np.uint64(1)
    plus = generator.integers(0, 1 << 63, _HASHES, dtype=np.uint64)
    buckets: dict[tuple[int, bytes], list[int]] = defaultdict(list)
    for row, hashes in enumerate(runs):
        if not len(hashes):
            continue
        signature = np.array([(hashes * a + b).min() for a, b in zip(odd, plus, strict=True)])
        for band in range(0, _HASHES, _BAND):
            buckets[band, signature[band : band + _BAND].tobytes()].append(row)
    proposed = {pair for rows in buckets.values() for pair in _pairs(rows)}
    found = []
    for first, second in proposed:
        shared = len(np.intersect1d(runs[first], runs[second], assume_unique=True))
        resemblance = shared / (len(runs[first]) + len(runs[second]) - shared)
        if resemblance >= least:
            found.append(NearPair(first, second, resemblance))
    return sorted(found, key=lambda pair: (-pair.resemblance, pair.first, pair.second))


def _pairs(rows: Sequence[int]) -> Iterable[tuple[int, int]]:
    return combinations(rows, 2) if len(rows) <= _MOST_IN_BAND else pairwise(rows)


def _runs(line: str) -> np.ndarray[tuple[int], np.dtype[np.uint64]]:
    count = min(RUN, line.count(" ") + 1)
    grams = [g.hashes for g in Lines([line]).grams(Block(WORD, count, count))]
    return np.unique(np.concatenate(grams)) if grams else np.empty(0, dtype=np.uint64)
