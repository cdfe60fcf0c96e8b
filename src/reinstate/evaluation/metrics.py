"""Metrics over labelled notices, counted by the rules of the field set.

English rows make the figures. A reason in ``accept`` counts as right. A row without a reason is
right when the answer is unsure and the stage is right. A row in another language is right when the
answer is unsure, or right. Intervals are bootstrapped over groups of shared wording.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reinstate.corpus import LabelledNotice
from reinstate.diagnosis import ENGLISH, Diagnosis, diagnose
from reinstate.model import Model
from reinstate.taxonomy import Taxonomy, default_taxonomy

#: Resamples of the bootstrap, its seed, and the interval that is given.
_RESAMPLES = 1000
_SEED = 0
_INTERVAL = (2.5, 97.5)
_BINS = 10


@dataclass(frozen=True, slots=True)
class Judged:
    """One labelled notice beside its answer."""

    notice: LabelledNotice
    answer: Diagnosis
    rank: int | None  # 0 where the first candidate is right; None without a reason to find

    @property
    def right(self) -> bool:
        return self.rank == 0


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure with its 95 % interval and the number of rows behind it; NaN where there are none."""

    name: str
    value: float
    low: float
    high: float
    rows: int


@dataclass(frozen=True, slots=True)
class Report:
    """All figures, the confusions (truth, answer, times), recall by reason, and the judged rows."""

    figures: tuple[Figure, ...]
    confusions: tuple[tuple[str, str, int], ...]
    per_reason: tuple[tuple[str, int, float], ...]
    judged: tuple[Judged, ...]

    def __getitem__(self, name: str) -> Figure:
        return next(figure for figure in self.figures if figure.name == name)

    def as_dict(self) -> dict[str, Any]:
        """Plain data for ``metrics.json``."""
        return {
            "figures": {
                f.name: {"value": _json(f.value), "low": _json(f.low), "high": _json(f.high), "rows": f.rows}
                for f in self.figures
            },
            "confusions": [{"truth": t, "answer": a, "times": n} for t, a, n in self.confusions],
            "per_reason": {reason: {"rows": n, "right": _json(share)} for reason, n, share in self.per_reason},
        }


def judge(
    notices: Sequence[LabelledNotice], *, model: Model | None = None, taxonomy: Taxonomy | None = None
) -> list[Judged]:
    """Answer each notice and set the answer beside its label."""
    answers = diagnose([notice.text for notice in notices], model=model, taxonomy=taxonomy)
    return [Judged(n, a, _rank(n, a)) for n, a in zip(notices, answers, strict=True)]


def evaluate(
    notices: Sequence[LabelledNotice], *, model: Model | None = None, taxonomy: Taxonomy | None = None
) -> Report:
    """All figures for labelled notices.

    Parameters
    ----------
    notices : sequence of LabelledNotice
    model : Model, optional
    taxonomy : Taxonomy, optional
    """
    taxonomy = taxonomy or default_taxonomy()
    judged = judge(notices, model=model, taxonomy=taxonomy)
    english = [j for j in judged if j.notice.language in (None, ENGLISH)]
    named = [j for j in english if j.notice.reason]
    found = [j for j in named if j.notice.origin != "memory"]
    notice = [j for j in named if j.notice.reason != taxonomy.not_a_notice]
    other = [j for j in named if j.notice.reason == taxonomy.not_a_notice]
    unnamed = [j for j in english if not j.notice.reason]
    foreign = [j for j in judged if j.notice.language not in (None, ENGLISH)]
    sure = [j for j in named if not j.answer.unsure]
    staged = [j for j in english if j.notice.stage]

    def category(j: Judged) -> bool:
        accepted = (j.notice.reason, *j.notice.accept)
        return j.answer.category in {taxonomy.category_of(reason) for reason in accepted if reason}

    def in_set(j: Judged) -> bool:
        return bool({j.notice.reason, *j.notice.accept} & set(j.answer.set))

    def stage(j: Judged) -> bool:
        return j.answer.stage.name == j.notice.stage

    def right(j: Judged) -> bool:
        return j.right

    figures = [
        _figure("category", named, category),
        _figure("top1", named, right),
        _figure("top1_found", found, right),
        _figure("top1_notices", notice, right),
        _figure("top3", named, lambda j: j.rank is not None and j.rank < 3),
        _macro_f1(named),
        _figure("sure_share", named, lambda j: not j.answer.unsure),
        _figure("sure_right", sure, right),
        _calibration_error(named),
        _figure("set_coverage", named, in_set),
        _mean("set_size", named, lambda j: float(len(j.answer.set))),
        _figure("stage", staged, stage),
        _figure("other_mail_surely_a_notice", other, lambda j: j.answer.is_notice and not j.answer.unsure),
        _figure("notices_called_other_mail", notice, lambda j: not j.answer.is_notice),
        _figure("unnamed_right", unnamed, lambda j: j.answer.unsure and (not j.notice.stage or stage(j))),
        _figure("foreign_right", foreign, lambda j: j.answer.unsure or j.right),
    ]
    confusions = Counter((str(j.notice.reason), j.answer.reason) for j in named if not j.right)
    by_reason = Counter(str(j.notice.reason) for j in named)
    hits = Counter(str(j.notice.reason) for j in named if j.right)
    return Report(
        tuple(figures),
        tuple((t, a, n) for (t, a), n in sorted(confusions.items(), key=lambda item: (-item[1], item[0]))),
        tuple((reason, n, hits[reason] / n) for reason, n in sorted(by_reason.items())),
        tuple(judged),
    )


def calibration_bins(judged: Sequence[Judged]) -> list[tuple[float, float, int]]:
    """For each filled bin of probability: mean probability, share right, rows."""
    bins: dict[int, list[Judged]] = {}
    for j in judged:
        bins.setdefault(min(int(j.answer.probability * _BINS), _BINS - 1), []).append(j)
    return [
        (float(np.mean([j.answer.probability for j in rows])), float(np.mean([j.right for j in rows])), len(rows))
        for _, rows in sorted(bins.items())
    ]


def _rank(notice: LabelledNotice, answer: Diagnosis) -> int | None:
    accepted = {notice.reason, *notice.accept} - {None}
    return next((i for i, c in enumerate(answer.candidates) if c.reason in accepted), None) if accepted else None


def _figure(name: str, rows: Sequence[Judged], holds: Callable[[Judged], bool]) -> Figure:
    return _mean(name, rows, lambda j: float(holds(j)))


def _mean(name: str, rows: Sequence[Judged], value: Callable[[Judged], float]) -> Figure:
    values = np.array([value(j) for j in rows])
    return _bootstrapped(name, rows, lambda chosen: float(values[chosen].mean()))


def _macro_f1(rows: Sequence[Judged]) -> Figure:
    truth = np.array([j.answer.reason if j.right else str(j.notice.reason) for j in rows])
    answer = np.array([j.answer.reason for j in rows])

    def f1(chosen: NDArray[np.int64]) -> float:
        t, a = truth[chosen], answer[chosen]
        scores = []
        for label in np.unique(t):
            both = np.sum((t == label) & (a == label))
            scores.append(2 * both / (np.sum(t == label) + np.sum(a == label)))
        return float(np.mean(scores))

    return _bootstrapped("macro_f1", rows, f1)


def _calibration_error(rows: Sequence[Judged]) -> Figure:
    def error(chosen: NDArray[np.int64]) -> float:
        bins = calibration_bins([rows[i] for i in chosen])
        return sum(n * abs(mean - share) for mean, share, n in bins) / len(chosen)

    return _bootstrapped("calibration_error", rows, error)


def _bootstrapped(name: str, rows: Sequence[Judged], measure: Callable[[NDArray[np.int64]], float]) -> Figure:
    if not rows:
        return Figure(name, float("nan"), float("nan"), float("nan"), 0)
    groups: dict[str, list[int]] = {}
    for i, j in enumerate(rows):
        groups.setdefault(j.notice.group or f"row {i}", []).append(i)
    members = [np.array(indices) for indices in groups.values()]
    generator = np.random.default_rng(_SEED)
    draws = [
        measure(np.concatenate([members[g] for g in generator.integers(0, len(members), len(members))]))
        for _ in range(_RESAMPLES if len(members) > 1 else 1)
    ]
    low, high = np.percentile(draws, _INTERVAL)
    return Figure(name, measure(np.arange(len(rows))), float(low), float(high), len(rows))


def _json(value: float) -> float | None:
    return None if np.isnan(value) else round(value, 4)
