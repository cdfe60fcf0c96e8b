"""A model made by hand: six words, whose answers can be computed on paper."""

from __future__ import annotations

import numpy as np
import pytest

from reinstate.model import Model
from reinstate.model.ngrams import WORD, hash_terms

REASONS = ("copyright", "not_a_notice", "patent", "trademark", "unnamed")
STAGES = ("account_deactivated", "none", "warning")

#: Word → (label, its score). A score s gives the label e^s / (e^s + 4) of five reasons.
WORDS = {
    "invention": ("patent", 1),
    "letters": ("patent", 5),
    "symbol": ("trademark", 5),
    "song": ("copyright", 5),
    "lunch": ("not_a_notice", 5),
    "again": ("unnamed", 5),
    "closed": ("account_deactivated", 5),
    "beware": ("warning", 5),
    "the": ("none", 0),
}


@pytest.fixture(scope="session")
def handmade() -> Model:
    columns = [*REASONS, *STAGES]
    packed = np.zeros((len(WORDS), len(columns)), dtype=np.int8)
    for row, (label, score) in enumerate(WORDS.values()):
        packed[row, columns.index(label)] = score
    manifest = {
        "version": "1",
        "labels": {"reasons": list(REASONS), "stages": list(STAGES)},
        "blocks": [{"kind": WORD, "low": 1, "high": 1, "features": len(WORDS)}],
        "temperature": {"reasons": 1.0, "stages": 1.0},
        "thresholds": {"sure": 0.9, "notice": 0.5, "known": 0.0, "words": 1, "coverage": 0.6},
    }
    arrays = {
        "hashes": hash_terms(list(WORDS), WORD),
        # "the" makes a text English, and weighs nothing.
        "idf": np.array([1e-9 if word == "the" else 1.0 for word in WORDS], dtype=np.float32),
        "packed": packed,
        "scale": np.ones(len(WORDS), dtype=np.float32),
        "intercept": np.zeros(len(columns)),
    }
    return Model(manifest, arrays, "handmade")
