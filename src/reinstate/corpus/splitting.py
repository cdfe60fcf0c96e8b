"""Folds for cross-validation that never part rows of shared wording."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from reinstate.corpus.rows import LabelledNotice

#: A label written by fewer voices than this would vanish from training with one of them.
_LEAST_VOICES = 6


def folds(rows: Sequence[LabelledNotice], most: int) -> NDArray[np.int64]:
    """Assign each row to a fold.

    A fold is one or more whole voices; rows without a voice, and rows of a reason that few voices
    wrote, go by their group. A group that stands in two voices joins them. So what is held out is
    worded by nobody in the training part.

    Parameters
    ----------
    rows : sequence of LabelledNotice
    most : int
        Most folds; voices beyond that share one, the smallest together.

    Returns
    -------
    ndarray of int64, shape (len(rows),)
        The number of each row's fold, from 0.
    """
    voices: dict[str | None, set[str]] = {}
    for row in rows:
        voices.setdefault(row.reason, set()).update([row.voice] if row.voice else [])
    units = _joined(
        [
            (row.voice if len(voices[row.reason]) >= _LEAST_VOICES else None) or row.group or f"row {number}"
            for number, row in enumerate(rows)
        ],
        rows,
    )
    sizes = Counter(units)
    load = [0] * min(most, len(sizes))
    fold_of: dict[str, int] = {}
    for unit, size in sorted(sizes.items(), key=lambda item: (-item[1], item[0])):
        lightest = min(range(len(load)), key=load.__getitem__)
        fold_of[unit] = lightest
        load[lightest] += size
    return np.array([fold_of[unit] for unit in units], dtype=np.int64)


def _joined(units: list[str], rows: Sequence[LabelledNotice]) -> list[str]:
    """Join units that share a group (union-find)."""
    parent: dict[str, str] = {unit: unit for unit in units}

    def root(unit: str) -> str:
        while parent[unit] != unit:
            parent[unit] = parent[parent[unit]]
            unit = parent[unit]
        return unit

    seen: dict[str, str] = {}
    for unit, row in zip(units, rows, strict=True):
        if row.group:
            parent[root(unit)] = root(seen.setdefault(row.group, unit))
    return [root(unit) for unit in units]
