from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays_of

from reinstate.model.scoring import softmax
from reinstate.training.calibration import set_threshold, sure_threshold, temperature

ROWS = st.integers(1, 60)
PRECISION = st.sampled_from([0.5, 0.9, 0.97, 1.0])


@st.composite
def judged(draw: st.DrawFn) -> tuple[Any, Any]:
    """Confidences, with ties among them, and whether each answer was right."""
    rows = draw(ROWS)
    share = st.floats(0, 1) | st.sampled_from([0.0, 0.25, 0.5, 0.99995, 1.0])
    confidence = draw(arrays_of.arrays(np.float64, rows, elements=share))
    return confidence, draw(arrays_of.arrays(np.bool_, rows))


@st.composite
def held_out(draw: st.DrawFn) -> tuple[Any, Any]:
    """Probabilities of a few labels, and the index of the right one."""
    rows, labels = draw(ROWS), draw(st.integers(2, 6))
    raw = draw(arrays_of.arrays(np.float64, (rows, labels), elements=st.floats(-20, 20)))
    return softmax(raw), draw(arrays_of.arrays(np.int64, rows, elements=st.integers(0, labels - 1)))


def drawn(size: int, heat: float) -> tuple[Any, Any]:
    """Scores, and labels drawn with the probabilities that the scores have at a temperature."""
    generator = np.random.default_rng(0)
    scores = generator.normal(size=(size, 4))
    shares = softmax(scores / heat)
    return scores, np.array([generator.choice(4, p=share) for share in shares])


@pytest.mark.parametrize("heat", [0.1, 0.5, 2.0])
def test_the_temperature_that_made_the_labels_is_found(heat: float) -> None:
    assert temperature(*drawn(5000, heat)) == pytest.approx(heat, rel=0.15)


@pytest.mark.parametrize("factor", [0.5, 3.0])
def test_scores_of_another_scale_get_another_temperature_and_the_same_probabilities(factor: float) -> None:
    scores, truth = drawn(500, 0.5)
    assert temperature(scores * factor, truth) == pytest.approx(temperature(scores, truth) * factor, rel=1e-3)


@given(judged(), PRECISION)
def test_sure_answers_are_right_often_enough(rows: tuple[Any, Any], precision: float) -> None:
    confidence, right = rows
    threshold = sure_threshold(confidence, right, precision)
    sure = right[confidence >= threshold]
    assert threshold == 1.0 or sure.mean() >= precision


@given(judged(), PRECISION)
def test_no_lower_threshold_would_do(rows: tuple[Any, Any], precision: float) -> None:
    confidence, right = rows
    threshold = sure_threshold(confidence, right, precision)
    assume(threshold > 0)
    for lower in np.unique(np.floor(confidence * 10_000) / 10_000):
        sure = right[confidence >= lower]
        assert lower >= threshold or not len(sure) or sure.mean() < precision


@given(judged())
def test_a_stricter_precision_never_lowers_the_threshold(rows: tuple[Any, Any]) -> None:
    thresholds = [sure_threshold(*rows, precision) for precision in (0.5, 0.8, 0.9, 0.97)]
    assert thresholds == sorted(thresholds)


def test_answers_of_the_same_confidence_are_sure_together_or_not_at_all() -> None:
    confidence = np.array([0.99, 0.9, 0.9, 0.9])
    assert sure_threshold(confidence, np.array([True, True, False, False]), 0.97) == 0.99


def test_where_all_is_right_everything_is_sure_and_where_all_is_wrong_nothing() -> None:
    confidence = np.array([0.3, 0.5, 0.9])
    assert sure_threshold(confidence, np.array([True] * 3), 0.97) == 0.3
    assert sure_threshold(confidence, np.array([False] * 3), 0.97) == 1.0


@given(held_out(), st.sampled_from([0.5, 0.8, 0.95, 1.0]))
def test_the_set_holds_the_truth_as_often_as_asked(rows: tuple[Any, Any], coverage: float) -> None:
    probabilities, truth = rows
    threshold = set_threshold(probabilities, truth, coverage)
    hits = 0
    for shares, label in zip(probabilities, truth, strict=True):
        total = 0.0
        for candidate in np.argsort(-shares, kind="stable"):
            if candidate == label:
                hits += total <= threshold + 1e-12
                break
            total += shares[candidate]
    assert hits >= coverage * len(truth) - 1e-9


@given(held_out())
def test_more_coverage_never_makes_a_smaller_set(rows: tuple[Any, Any]) -> None:
    thresholds = [set_threshold(*rows, coverage) for coverage in (0.5, 0.8, 0.95, 1.0)]
    assert thresholds == sorted(thresholds)
    assert all(0 <= threshold <= 1 for threshold in thresholds)


def test_a_model_that_is_always_right_needs_one_label() -> None:
    assert set_threshold(np.array([[0.9, 0.1], [0.2, 0.8]]), np.array([0, 1]), 0.95) == 0.0
