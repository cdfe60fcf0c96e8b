"""A whole training run: clean, cross-validate, calibrate, fit, write the model directory."""

from __future__ import annotations

import hashlib
import json
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import joblib
import numpy as np
from numpy.typing import NDArray

from reinstate import __version__
from reinstate.corpus import LabelledNotice, digest, folds
from reinstate.errors import LabelError
from reinstate.model import Model, Thresholds, load_model
from reinstate.model.ngrams import hash_terms
from reinstate.model.scoring import softmax
from reinstate.model.storage import VOCABULARY, WEIGHTS, arrays_bytes, check_replaceable, write_directory
from reinstate.taxonomy import Taxonomy, default_taxonomy
from reinstate.text import clean
from reinstate.training import calibration
from reinstate.training.card import model_card
from reinstate.training.fitting import Fitted, fit
from reinstate.training.settings import Settings, default_settings

Floats = NDArray[np.float64]
Progress = Callable[[str], None]

_PACKAGES = ("numpy", "scipy", "sklearn", "joblib")
#: Rows a label needs so that it can be held out and still be learnt.
_LEAST_ROWS = 2


@dataclass(frozen=True)
class TrainingResult:
    """What a run left: the fitted pipeline, the model as written, and the held-out figures."""

    fitted: Fitted
    model: Model
    metrics: dict[str, Any]


@dataclass(frozen=True)
class _HeldOut:
    """Scores of every row by a fit that saw nothing of its voice."""

    reasons: Floats
    stages: Floats


def train(
    rows: Sequence[LabelledNotice],
    out: Path,
    *,
    settings: Settings | None = None,
    taxonomy: Taxonomy | None = None,
    name: str = "default",
    jobs: int = -1,
    progress: Progress = lambda _: None,
) -> TrainingResult:
    """Train a model and write its directory.

    The same rows, settings and package versions give the same bytes of weights.

    Parameters
    ----------
    rows : sequence of LabelledNotice
    out : Path
        The model directory, replaced as a whole.
    settings : Settings, optional
    taxonomy : Taxonomy, optional
    name : str
        The model's name in answers.
    jobs : int
        Processes for the folds; -1 is one a core.
    progress : callable
        Told what is being done.

    Raises
    ------
    LabelError
        If there are too few rows to learn from.
    InputError
        If ``out`` is there and is no model.
    """
    settings = settings or default_settings()
    taxonomy = taxonomy or default_taxonomy()
    labels = [row.reason or taxonomy.unnamed for row in rows]
    stages = [row.stage for row in rows]
    _check_enough(labels, stages)
    check_replaceable(out)
    progress(f"cleaning {len(rows)} texts")
    lines = [clean(row.text).text for row in rows]
    fold_of = folds(rows, settings.most_folds)
    progress(f"cross-validating over {fold_of.max() + 1} folds")
    progress("fitting on all rows")
    fitted = fit(lines, labels, stages, settings)
    held_out = _cross_validate(lines, labels, stages, fold_of, fitted, settings, jobs)
    temperatures, thresholds, metrics = _calibrate(labels, stages, held_out, fitted, settings, taxonomy)
    manifest, contents = _artefact(fitted, temperatures, thresholds, settings)
    manifest["training"] = {"rows": len(rows), "digest": digest(rows), "seed": settings.seed, "voices": _voices(rows)}
    metrics["rows"] = dict(sorted(Counter(labels).items()))
    contents["metrics.json"] = (json.dumps(metrics, indent=1) + "\n").encode()
    contents["MODEL_CARD.md"] = model_card(name, manifest, metrics, taxonomy).encode()
    progress(f"writing {out}")
    write_directory(out, manifest, contents)
    return TrainingResult(fitted, load_model(out, name), metrics)


def _check_enough(labels: Sequence[str], stages: Sequence[str | None]) -> None:
    counts = Counter(labels)
    thin = sorted(label for label, count in counts.items() if count < _LEAST_ROWS)
    if len(counts) < 2:
        raise LabelError("labelled notices of at least two reasons are needed to train")
    if thin:
        raise LabelError(f"too few rows to learn from (at least {_LEAST_ROWS} each): {', '.join(thin)}")
    if len({stage for stage in stages if stage}) < 2:
        raise LabelError("labelled notices of at least two stages are needed to train (column 'stage')")


def _cross_validate(
    lines: Sequence[str],
    labels: Sequence[str],
    stages: Sequence[str | None],
    fold_of: NDArray[np.int64],
    whole: Fitted,
    settings: Settings,
    jobs: int,
) -> _HeldOut:
    def one(fold: int) -> tuple[list[int], Floats, Floats]:
        inside = np.flatnonzero(fold_of != fold).tolist()
        outside = np.flatnonzero(fold_of == fold).tolist()
        part = fit([lines[i] for i in inside], [labels[i] for i in inside], [stages[i] for i in inside], settings)
        reasons, stage = part.decisions([lines[i] for i in outside])
        return (
            outside,
            _spread(reasons, part.reasons.classes_, whole.reasons.classes_),
            _spread(stage, part.stages.classes_, whole.stages.classes_),
        )

    count = int(fold_of.max()) + 1
    if count < 2:
        raise LabelError("all rows share one group or voice; cross-validation needs at least two")
    reasons = np.empty((len(lines), len(whole.reasons.classes_)))
    stage = np.empty((len(lines), len(whole.stages.classes_)))
    for outside, a, b in joblib.Parallel(n_jobs=jobs)(joblib.delayed(one)(fold) for fold in range(count)):
        reasons[outside], stage[outside] = a, b
    return _HeldOut(reasons, stage)


def _spread(decisions: Floats, has: Sequence[str], wanted: Sequence[str]) -> Floats:
    """Columns of a fold in the order of the whole; a label the fold never saw is out of reach."""
    out = np.full((len(decisions), len(wanted)), decisions.min(initial=-1.0) - 1.0)
    position = {label: i for i, label in enumerate(wanted)}
    out[:, [position[label] for label in has]] = decisions
    return out


def _calibrate(
    labels: Sequence[str],
    stages: Sequence[str | None],
    held_out: _HeldOut,
    fitted: Fitted,
    settings: Settings,
    taxonomy: Taxonomy,
) -> tuple[dict[str, float], Thresholds, dict[str, Any]]:
    classes = list(fitted.reasons.classes_)
    truth = np.array([classes.index(label) for label in labels])
    heat = calibration.temperature(held_out.reasons, truth)
    probabilities = softmax(held_out.reasons / heat)
    named = np.array([label != taxonomy.unnamed for label in labels])
    visible = probabilities.copy()
    if taxonomy.unnamed in classes:
        visible[:, classes.index(taxonomy.unnamed)] = -1.0
    best = visible.argmax(axis=1)
    confidence = visible[np.arange(len(best)), best]
    if taxonomy.unnamed in classes:
        # Where no reason being named is likelier still, the answer is unsure at any threshold.
        confidence = np.where(probabilities[:, classes.index(taxonomy.unnamed)] > confidence, 0.0, confidence)
    right = (best == truth) & named
    sure = calibration.sure_threshold(confidence, right, settings.sure_precision)
    coverage = calibration.set_threshold(probabilities[named], truth[named], settings.set_coverage)

    staged = np.array([stage is not None for stage in stages])
    stage_classes = list(fitted.stages.classes_)
    stage_truth = np.array([stage_classes.index(stage) for stage in stages if stage is not None])
    stage_heat = calibration.temperature(held_out.stages[staged], stage_truth)
    stage_right = held_out.stages[staged].argmax(axis=1) == stage_truth

    thresholds = Thresholds(
        sure=sure,
        notice=0.5,
        known=settings.least_known,
        words=settings.least_words,
        coverage=coverage,
    )
    is_sure = confidence >= sure
    notices = named & np.array([label != taxonomy.not_a_notice for label in labels])
    per_reason = {
        label: round(float(right[truth == index].mean()), 4)
        for index, label in enumerate(classes)
        if label != taxonomy.unnamed
    }
    top3 = np.argsort(-visible, axis=1, kind="stable")[:, :3]
    metrics = {
        "held_out": {
            "what": "each row scored by a fit that saw nothing of its voice",
            "top1": _round(right[named].mean()),
            "top1_notices": _round(right[notices].mean()),
            "top3": _round((top3[named] == truth[named, None]).any(axis=1).mean()),
            "sure_share": _round(is_sure[named].mean()),
            "sure_right": _round(right[is_sure].mean()) if is_sure.any() else None,
            "stage": _round(stage_right.mean()),
            "per_reason": per_reason,
        }
    }
    return {"reasons": heat, "stages": stage_heat}, thresholds, metrics


def _artefact(
    fitted: Fitted, temperatures: dict[str, float], thresholds: Thresholds, settings: Settings
) -> tuple[dict[str, Any], dict[str, bytes]]:
    blocks, terms, idf, hashes = [], [], [], []
    for (_, vectorizer), block in zip(fitted.features.transformer_list, settings.blocks, strict=True):
        names = list(vectorizer.get_feature_names_out())
        kind = block.block.kind
        blocks.append({"kind": kind, "low": block.block.low, "high": block.block.high, "features": len(names)})
        terms += names
        idf.append(vectorizer.idf_)
        hashes.append(hash_terms(names, kind))
    arrays: dict[str, NDArray[Any]] = {
        "hashes": np.concatenate(hashes),
        "idf": np.concatenate(idf).astype(np.float32),
        "packed": fitted.packed,
        "scale": fitted.scale,
        "intercept": np.concatenate([fitted.reasons.intercept_, fitted.stages.intercept_]),
    }
    weights = arrays_bytes(arrays)
    manifest = {
        "version": hashlib.sha256(weights).hexdigest()[:12],
        "labels": {
            "reasons": [str(label) for label in fitted.reasons.classes_],
            "stages": [str(label) for label in fitted.stages.classes_],
        },
        "blocks": blocks,
        "temperature": temperatures,
        "thresholds": thresholds.as_dict(),
        "packages": {"reinstate": __version__, "python": ".".join(map(str, sys.version_info[:2]))}
        | {package: sys.modules[package].__version__ for package in _PACKAGES},
    }
    vocabulary = "".join(f"{term}\n" for term in terms).encode()
    return manifest, {WEIGHTS: weights, VOCABULARY: vocabulary}


def _voices(rows: Sequence[LabelledNotice]) -> dict[str, int]:
    return dict(sorted(Counter(row.voice or "-" for row in rows).items()))


def _round(value: Any) -> float:
    return round(float(value), 4)
