"""The scikit-learn pipeline: TF-IDF of words and letters, a linear classifier for each question.

Coefficients are rounded to eight bits here, in the fitted estimators themselves, so that the
pipeline and the portable model are the same function and not merely alike.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.pipeline import FeatureUnion, Pipeline
from sklearn.svm import LinearSVC

from reinstate.errors import LabelError
from reinstate.model.ngrams import WORD
from reinstate.training.settings import BlockSettings, Settings

Floats = NDArray[np.float64]

#: Steps of a coefficient on each side of zero.
_STEPS = 127


@dataclass(frozen=True)
class Fitted:
    """What one fit leaves.

    Attributes
    ----------
    features : FeatureUnion
        Cleaned lines to TF-IDF; shared by both questions.
    reasons, stages : LinearSVC
        With rounded coefficients.
    packed, scale : ndarray
        The coefficients of both, packed: (features, columns) int8 and (features,) float32.
    """

    features: FeatureUnion
    reasons: LinearSVC
    stages: LinearSVC
    packed: NDArray[np.int8]
    scale: NDArray[np.float32]

    def decisions(self, lines: Sequence[str]) -> tuple[Floats, Floats]:
        """Scores before the softmax: (lines, reasons) and (lines, stages)."""
        matrix = self.features.transform(lines)
        return self.reasons.decision_function(matrix), self.stages.decision_function(matrix)

    def pipelines(self) -> dict[str, Pipeline]:
        """The two questions as ordinary scikit-learn pipelines, for notebooks."""
        return {
            name: Pipeline([("features", self.features), ("classifier", classifier)])
            for name, classifier in (("reasons", self.reasons), ("stages", self.stages))
        }


def fit(lines: Sequence[str], reasons: Sequence[str], stages: Sequence[str | None], settings: Settings) -> Fitted:
    """Fit vectoriser and classifiers.

    Parameters
    ----------
    lines : sequence of str
        Cleaned lines.
    reasons : sequence of str
        A label for each line; the inner label where a notice names no reason.
    stages : sequence of str or None
        Rows without a stage teach nothing about stages.
    settings : Settings

    Raises
    ------
    LabelError
        If there are fewer than two reasons or stages, or the lines share too few words.
    """
    known_stages = [stage for stage in stages if stage is not None]
    if len(set(reasons)) < 2 or len(set(known_stages)) < 2:
        raise LabelError("too few rows to learn from: two reasons and two stages have to stay when a fold is held out")
    features = FeatureUnion(
        [(f"{b.block.kind}", _vectorizer(b)) for b in settings.blocks],
    )
    try:
        features.fit(lines)
    except ValueError as error:  # no term stands in enough lines
        raise LabelError(f"too few rows to learn from: they share too few words ({error})") from error
    for _, vectorizer in features.transformer_list:
        # Kept in single precision in the model file; rounded here so that both sides agree.
        vectorizer.idf_ = vectorizer.idf_.astype(np.float32).astype(np.float64)
    matrix = features.transform(lines)
    staged = np.array([stage is not None for stage in stages])
    reason_classifier = _one_row_a_label(_classifier(settings, reasons).fit(matrix, np.array(reasons)))
    stage_classifier = _one_row_a_label(_classifier(settings, known_stages).fit(matrix[staged], np.array(known_stages)))
    coefficients = np.vstack([reason_classifier.coef_, stage_classifier.coef_]).T
    packed, scale = _pack(coefficients)
    rounded = (packed * scale.astype(np.float64)[:, None]).T
    split = len(reason_classifier.classes_)
    for classifier, part in ((reason_classifier, rounded[:split]), (stage_classifier, rounded[split:])):
        classifier.coef_ = np.ascontiguousarray(part)
        classifier.intercept_ = np.round(classifier.intercept_, 6)
    return Fitted(features, reason_classifier, stage_classifier, packed, scale)


def _vectorizer(settings: BlockSettings) -> TfidfVectorizer:
    kind: dict[str, Any] = {"analyzer": settings.block.kind}
    if settings.block.kind == WORD:
        kind["token_pattern"] = r"\S+"
    return TfidfVectorizer(
        lowercase=False,
        ngram_range=(settings.block.low, settings.block.high),
        min_df=settings.least_documents,
        max_features=settings.most,
        sublinear_tf=True,
        **kind,
    )


def _classifier(settings: Settings, labels: Sequence[str]) -> LinearSVC:
    counts = Counter(labels)
    median = float(np.median(list(counts.values())))
    # The dual solver walks single coordinates in plain loops: no BLAS whose kernels differ between
    # processors, so the same data gives the same weights elsewhere too.
    return LinearSVC(
        C=settings.cost,
        class_weight={label: (median / count) ** settings.rarity for label, count in counts.items()},
        dual=True,
        tol=settings.tolerance,
        max_iter=settings.iterations,
        random_state=settings.seed,
    )


def _one_row_a_label(classifier: LinearSVC) -> LinearSVC:
    """Two labels share one row of coefficients in scikit-learn; give each its own, as three have."""
    if len(classifier.coef_) == 1:
        classifier.coef_ = np.vstack([-classifier.coef_, classifier.coef_])
        classifier.intercept_ = np.concatenate([-classifier.intercept_, classifier.intercept_])
    return classifier


def _pack(coefficients: Floats) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Round coefficients to eight bits with one scale a feature.

    The scale keeps eight significant bits only: last-bit differences of the processor's arithmetic
    cannot reach the file.
    """
    largest = np.abs(coefficients).max(axis=1)
    mantissa, exponent = np.frexp(np.where(largest > 0, largest, 1.0) / _STEPS)
    scale = np.ldexp(np.ceil(mantissa * 256) / 256, exponent)
    packed = np.clip(np.rint(coefficients / scale[:, None]), -_STEPS, _STEPS).astype(np.int8)
    return packed, scale.astype(np.float32)
