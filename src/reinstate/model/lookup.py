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
        self._keys = hashes[order]
        self._features = order.astype(np.int32)
        bits = max(4, len(hashes).bit_length() + 2)
        self._shift = np.uint64(64 - bits)
        sizes = np.bincount((self._keys >> self._shift).astype(np.int64), minlength=1 << bits)
        self._bucket = np.concatenate(([0], np.cumsum(sizes))).astype(np.int32)
        self._deepest = int(sizes.max(initial=0))

    def find(self, hashes: UInt64s) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
        """Find hashes.

        Returns
        -------
        where : ndarray of int64
            Indices into ``hashes`` of those that are known, not sorted.
        features : ndarray of int32
            The feature number of each of them.
        """
        slot = (hashes >> self._shift).astype(np.int64)
        begin = self._bucket[slot]
        open_ = np.flatnonzero(self._bucket[slot + 1] > begin)
        if not len(open_):
            return open_, np.empty(0, dtype=np.int32)
        place, end = begin[open_], self._bucket[slot[open_] + 1]
        wanted = hashes[open_]
        found: list[NDArray[np.int64]] = []
        features: list[NDArray[np.int32]] = []
        for _ in range(self._deepest):
            hit = self._keys[place] == wanted
            found.append(open_[hit])
            features.append(self._features[place[hit]])
            place = place + 1
            more = ~hit & (place < end)
            if not more.any():
                break
            open_, place, end, wanted = open_[more], place[more], end[more], wanted[more]
        return np.concatenate(found), np.concatenate(features)
