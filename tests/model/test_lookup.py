from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from reinstate.model.lookup import Lookup

ANY_HASH = st.integers(0, 2**64 - 1)
#: All in one bucket, whatever the number of buckets.
CROWDED_HASH = st.integers(0, 40)
HASHES = st.lists(ANY_HASH | CROWDED_HASH, unique=True, max_size=40)


def found(lookup: Lookup, asked: list[int]) -> dict[int, int]:
    where, features = lookup.find(np.array(asked, dtype=np.uint64))
    assert len(where) == len(set(where.tolist())) == len(features)
    return dict(zip(where.tolist(), features.tolist(), strict=True))


@given(HASHES, HASHES)
def test_known_hashes_get_their_feature_and_others_nothing(known: list[int], foreign: list[int]) -> None:
    asked = [*foreign, *known, *known]
    place = {value: feature for feature, value in enumerate(known)}
    expected = {i: place[value] for i, value in enumerate(asked) if value in place}
    assert found(Lookup(np.array(known, dtype=np.uint64)), asked) == expected


@given(HASHES)
def test_an_empty_vocabulary_knows_nothing(asked: list[int]) -> None:
    assert found(Lookup(np.empty(0, dtype=np.uint64)), asked) == {}


def test_a_large_vocabulary_is_found_again() -> None:
    known = np.random.default_rng(0).integers(0, 2**64, 50_000, dtype=np.uint64)
    known = np.unique(known)[::-1]
    where, features = Lookup(known).find(known)
    assert np.array_equal(np.sort(where), np.arange(len(known)))
    assert np.array_equal(where, features)
