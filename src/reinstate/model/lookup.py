"""From hashes to feature numbers: a bucketed table that answers whole arrays at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from reinstate.model.ngrams import UInt64s


class Lookup:
    """Finds 64-bit hashes among those of a vocabulary.

    Keys are sorted; their high bits name a bucket, and a bucket holds the few keys that share
    them. With four buckets a key, most foreign hashes meet an empty bucket and are done.

    Parameters
    ----------
    hashes : ndarray of uint64, shape (n,)
        The hash of each feature, all different; feature i is the i-th.
    """

    def __init__(self, hashes: UInt64s) -> None:
        order = np.argsort(hashes, kind="stable")
        self._keys = np.append(hashes[order], np.uint64(0))
        self._features = order.astype(np.int32)
        bits = max(4, len(hashes).bit_length() + 2)
        self._shift = np.uint64(64 - bits)
        slots = self._keys[:-1] >> self._shift
        # An empty bucket points past the keys, at one that is never taken for a find.
        self._first = np.full(1 << bits, len(hashes), dtype=np.int32)
        self._first[slots[::-1]] = np.arange(len(hashes) - 1, -1, -1, dtype=np.int32)
        self._last = np.ones(len(self._keys), dtype=bool)
        self._last[: max(0, len(slots) - 1)] = slots[1:] != slots[:-1]

    def find(self, hashes: UInt64s) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
        """Find hashes.

        Returns
        -------
        where : ndarray of int64
            Indices into ``hashes`` of those that are known, not sorted.
        features : ndarray of int32
            The feature number of each of them.
        """
        place = self._first[hashes >> self._shift]
        hit = self._keys[place] == hashes
        hit &= place < len(self._features)
        where = np.flatnonzero(hit)
        found, features = [where], [self._features[place[where]]]
        # The few whose bucket holds more keys go on to the next one.
        open_ = np.flatnonzero(~(hit | self._last[place]))
        place, wanted = place[open_] + 1, hashes[open_]
        while len(open_):
            hit = self._keys[place] == wanted
            found.append(open_[hit])
            features.append(self._features[place[hit]])
            more = ~(hit | self._last[place])
            open_, place, wanted = open_[more], place[more] + 1, wanted[more]
        return np.concatenate(found), np.concatenate(features)
