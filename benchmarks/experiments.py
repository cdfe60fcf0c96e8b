"""Variants of features and classifier, compared on wording not seen in training.

    python benchmarks/experiments.py [--only NAME …] [--field]

Every variant is cross-validated over six folds of whole voices, as training does, and given one
temperature. `--field` adds the field set; it is for reporting what ships, not for choosing. The
table of docs/experiments.md comes from here.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import joblib
import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression, RidgeClassifier
from sklearn.naive_bayes import ComplementNB
from sklearn.pipeline import make_union
from sklearn.svm import LinearSVC

from reinstate.corpus import LabelledNotice, folds, read_folder, read_rows
from reinstate.model.scoring import softmax
from reinstate.text import clean
from reinstate.training.calibration import temperature

ROOT = Path(__file__).parents[1]
FOLDS = 6
PRECISION = 0.96
UNNAMED, OTHER = "unnamed", "not_a_notice"


def words(high: int, most: int = 25_000) -> TfidfVectorizer:
    """Word n-grams up to ``high``."""
    return TfidfVectorizer(
        token_pattern=r"\S+", lowercase=False, ngram_range=(1, high), min_df=2, max_features=most, sublinear_tf=True
    )


def letters(low: int, high: int, most: int = 15_000) -> TfidfVectorizer:
    """Runs of letters inside words."""
    return TfidfVectorizer(
        analyzer="char_wb",
        lowercase=False,
        ngram_range=(low, high),
        min_df=2,
        max_features=most,
        sublinear_tf=True,
    )


def weights(labels: Sequence[str], rarity: float) -> dict[str, float]:
    """Class weights: (median count / count) to a power."""
    counts = Counter(labels)
    median = float(np.median(list(counts.values())))
    return {label: (median / count) ** rarity for label, count in counts.items()}


def svm(cost: float, rarity: float) -> Callable[[Sequence[str]], Any]:
    """A linear support vector machine."""
    return lambda labels: LinearSVC(C=cost, class_weight=weights(labels, rarity), tol=1e-3, random_state=0)


def logistic(cost: float, rarity: float) -> Callable[[Sequence[str]], Any]:
    """Multinomial logistic regression."""
    return lambda labels: LogisticRegression(C=cost, class_weight=weights(labels, rarity), max_iter=200, tol=1e-3)


VARIANTS: dict[str, tuple[Callable[[], Any], Callable[[Sequence[str]], Any]]] = {
    "words 1-2 + letters 3-4, SVM C=1 rarity .5 (ships)": (lambda: make_union(words(2), letters(3, 4)), svm(1, 0.5)),
    "the same, rarity 0": (lambda: make_union(words(2), letters(3, 4)), svm(1, 0)),
    "the same, rarity 1 (balanced)": (lambda: make_union(words(2), letters(3, 4)), svm(1, 1)),
    "the same, C=0.3": (lambda: make_union(words(2), letters(3, 4)), svm(0.3, 0.5)),
    "letters 3-5 instead": (lambda: make_union(words(2), letters(3, 5, 27_000)), svm(1, 0.5)),
    "words 1 + letters 3-5": (lambda: make_union(words(1), letters(3, 5, 27_000)), svm(1, 0.5)),
    "words 1-3 + letters 3-4": (lambda: make_union(words(3), letters(3, 4)), svm(1, 0.5)),
    "words 1-2 alone": (lambda: make_union(words(2, 45_000)), svm(1, 0.5)),
    "logistic regression C=10": (lambda: make_union(words(2), letters(3, 4)), logistic(10, 0.5)),
    "ridge": (lambda: make_union(words(2), letters(3, 4)), lambda _: RidgeClassifier(alpha=1.0)),
    "complement naive Bayes": (lambda: make_union(words(2), letters(3, 4)), lambda _: ComplementNB(alpha=0.3)),
}


def main() -> None:
    """Run the variants and print one line each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="*", default=list(VARIANTS))
    parser.add_argument("--field", action="store_true")
    options = parser.parse_args()
    rows = read_folder(ROOT / "data")
    field = [r for r in read_rows(ROOT / "data" / "field" / "notices.jsonl") if r.language == "en"]
    fold_of = folds(rows, FOLDS)
    print(f"{len(rows)} rows, {fold_of.max() + 1} folds of whole voices")
    print(
        f"{'variant':<52}{'top1':>7}{'notices':>9}{'top3':>7}{'sure':>7}{'loss':>7}"
        + "   field top1, top3" * options.field
    )
    for name in options.only:
        print(f"{name:<52}" + _line(*VARIANTS[name], rows, field if options.field else [], fold_of), flush=True)


def _line(
    features: Callable[[], Any],
    classifier: Callable[[Sequence[str]], Any],
    rows: list[LabelledNotice],
    field: list[LabelledNotice],
    fold_of: NDArray[np.int64],
) -> str:
    lines = [clean(row.text).text for row in rows]
    labels = [row.reason or UNNAMED for row in rows]
    classes = sorted(set(labels))
    jobs = [
        (np.flatnonzero(fold_of != k), [lines[i] for i in np.flatnonzero(fold_of == k)])
        for k in range(fold_of.max() + 1)
    ]
    if field:
        jobs.append((np.arange(len(rows)), [clean(row.text).text for row in field]))

    def one(inside: NDArray[np.int64], texts: list[str]) -> NDArray[np.float64]:
        vectorizer = features()
        matrix = vectorizer.fit_transform([lines[i] for i in inside])
        model = classifier([labels[i] for i in inside]).fit(matrix, [labels[i] for i in inside])
        score = getattr(model, "decision_function", None) or model.predict_log_proba
        return np.asarray(score(vectorizer.transform(texts)))

    results = joblib.Parallel(n_jobs=-1)(joblib.delayed(one)(*job) for job in jobs)
    raw = np.empty((len(rows), len(classes)))
    for k in range(fold_of.max() + 1):
        raw[fold_of == k] = results[k]
    truth = np.array([classes.index(label) for label in labels])
    heat = temperature(raw, truth)
    line = _figures(softmax(raw / heat), rows, classes, truth)
    if field:
        line += "   " + _field(results[-1], field, classes)
    return line


def _figures(p: NDArray[np.float64], rows: list[LabelledNotice], classes: list[str], truth: NDArray[np.int64]) -> str:
    loss = -np.log(p[np.arange(len(truth)), truth] + 1e-12).mean()
    unnamed = p[:, classes.index(UNNAMED)].copy()
    visible = p.copy()
    visible[:, classes.index(UNNAMED)] = -1
    order = np.argsort(-visible, axis=1, kind="stable")
    named = np.array([row.reason is not None for row in rows])
    notices = named & np.array([row.reason != OTHER for row in rows])
    right = (order[:, 0] == truth) & named
    top3 = (order[:, :3] == truth[:, None]).any(axis=1)
    confidence = np.where(unnamed > visible.max(axis=1), 0, visible.max(axis=1))
    ranked = np.argsort(-confidence, kind="stable")
    reached = np.flatnonzero(np.cumsum(right[ranked]) / np.arange(1, len(rows) + 1) >= PRECISION)
    sure = (reached[-1] + 1) / len(rows) if len(reached) else 0.0
    return f"{right[named].mean():>7.3f}{right[notices].mean():>9.3f}{top3[named].mean():>7.3f}{sure:>7.2f}{loss:>7.3f}"


def _field(raw: NDArray[np.float64], field: list[LabelledNotice], classes: list[str]) -> str:
    visible = raw.copy()
    visible[:, classes.index(UNNAMED)] = -np.inf
    order = np.argsort(-visible, axis=1, kind="stable")
    named = [i for i, row in enumerate(field) if row.reason]
    accepted = [{field[i].reason, *field[i].accept} for i in named]
    first = np.mean([classes[order[i, 0]] in a for i, a in zip(named, accepted, strict=True)])
    three = np.mean([bool({classes[c] for c in order[i, :3]} & a) for i, a in zip(named, accepted, strict=True)])
    return f"{first:.3f}, {three:.3f}"


if __name__ == "__main__":
    main()
