from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from reinstate.errors import LabelError
from reinstate.model.ngrams import WORD, Block
from reinstate.training import Fitted, fit
from reinstate.training.settings import BlockSettings, Settings

LINES = [
    "your trademark was reported by the rights owner",
    "the rights owner reported your trademark again",
    "your trademark report by the owner stands",
    "your orders were late and your rate is high",
    "late orders again and the rate is too high",
    "the rate of late orders is over target",
    "your invoice is needed for the account",
    "please send an invoice of the account",
    "the account has no invoice please send one",
]
REASONS = ["trademark"] * 3 + ["shipping_performance"] * 3 + ["inauthentic"] * 3
STAGES = ["warning", None, "listing_removed"] * 3


@pytest.fixture
def words(small_settings: Settings) -> Settings:
    return replace(small_settings, blocks=(BlockSettings(Block(WORD, 1, 1), 1, 100),))


def same(first: Fitted, second: Fitted) -> bool:
    return bool(np.array_equal(first.packed, second.packed) and np.array_equal(first.scale, second.scale))


def test_the_estimators_hold_the_numbers_that_are_packed(small_run: Any) -> None:
    fitted = small_run.result.fitted
    coefficients = np.vstack([fitted.reasons.coef_, fitted.stages.coef_]).T
    assert fitted.packed.dtype == np.int8
    assert fitted.scale.dtype == np.float32
    assert np.array_equal(fitted.packed * fitted.scale.astype(np.float64)[:, None], coefficients)


def test_coefficients_use_eight_bits_and_all_of_them(small_run: Any) -> None:
    packed = small_run.result.fitted.packed.astype(int)
    assert np.abs(packed).max() <= 127
    used = np.abs(packed).max(axis=1)
    assert (used[used > 0] >= 126).all()


def test_the_scale_of_a_feature_has_eight_significant_bits(small_run: Any) -> None:
    """So that last-bit differences of a processor's arithmetic cannot reach the file."""
    mantissa, _ = np.frexp(small_run.result.fitted.scale.astype(np.float64))
    assert np.array_equal(mantissa * 256, np.round(mantissa * 256))


def test_the_same_lines_give_the_same_weights(words: Settings) -> None:
    assert same(fit(LINES, REASONS, STAGES, words), fit(LINES, REASONS, STAGES, words))


def test_a_fit_learns_its_rows(words: Settings) -> None:
    fitted = fit(LINES, REASONS, STAGES, words)
    reasons, _ = fitted.decisions(LINES)
    assert fitted.reasons.classes_[reasons.argmax(axis=1)].tolist() == REASONS


def test_the_pipelines_for_notebooks_answer_like_the_fit(small_run: Any) -> None:
    fitted = small_run.result.fitted
    reasons, stages = fitted.decisions(LINES)
    pipelines = fitted.pipelines()
    assert pipelines["reasons"].predict(LINES).tolist() == fitted.reasons.classes_[reasons.argmax(axis=1)].tolist()
    assert pipelines["stages"].predict(LINES).tolist() == fitted.stages.classes_[stages.argmax(axis=1)].tolist()


def test_a_row_without_a_stage_teaches_nothing_about_stages(words: Settings) -> None:
    def stages(reason: str, stage: str | None) -> Any:
        return fit([*LINES, LINES[1]], [*REASONS, reason], [*STAGES, stage], words).decisions(LINES)[1]

    step = 0.02  # a coefficient is rounded in steps that the reasons have a part in
    assert np.allclose(stages("inauthentic", None), stages("trademark", None), rtol=0, atol=step)
    assert not np.allclose(stages("trademark", "warning"), stages("trademark", None), rtol=0, atol=step)


def test_stages_are_learnt_from_the_rows_that_have_one(words: Settings) -> None:
    """Rows without a stage stand first, where they would shift the labels of the others."""
    staged = ["a warning about your account", "the listing was removed from sale"] * 3
    stages = ["warning", "listing_removed"] * 3
    fitted = fit([*LINES, *staged], [*REASONS, *REASONS[:6]], [*[None] * len(LINES), *stages], words)
    decisions = fitted.decisions(staged)[1]
    assert fitted.stages.classes_[decisions.argmax(axis=1)].tolist() == stages


@pytest.mark.parametrize("count", [2, 3])
def test_each_label_has_a_row_of_its_own(words: Settings, count: int) -> None:
    rows = count * 3
    fitted = fit(LINES[:rows], REASONS[:rows], STAGES[:rows], words)
    reasons, stages = fitted.decisions(LINES)
    assert reasons.shape == (len(LINES), count)
    assert stages.shape == (len(LINES), 2)
    assert fitted.packed.shape[1] == count + 2
    assert fitted.reasons.predict(fitted.features.transform(LINES[:rows])).tolist() == REASONS[:rows]


@pytest.mark.parametrize(
    ("reasons", "stages"),
    [
        (["trademark"] * 9, STAGES),
        (REASONS, ["warning"] * 9),
        (REASONS, [None] * 9),
        (REASONS, ["warning", *[None] * 8]),
    ],
)
def test_one_label_alone_cannot_be_learnt(words: Settings, reasons: list[str], stages: list[str | None]) -> None:
    with pytest.raises(LabelError, match="too few rows to learn from"):
        fit(LINES, reasons, stages, words)


def test_lines_that_share_no_word_cannot_be_learnt(small_settings: Settings) -> None:
    lines = [f"w{number}" * 3 for number in range(9)]
    with pytest.raises(LabelError, match="share too few words"):
        fit(lines, REASONS, STAGES, replace(small_settings, blocks=(BlockSettings(Block(WORD, 1, 1), 2, 100),)))
