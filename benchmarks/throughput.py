"""How many notices a second one core scores, beside peers on the same texts, in one run.

    python benchmarks/throughput.py [--texts 20000] [--peer-texts 2000]

The texts are the corpus's own, shuffled and repeated with other ids. Slow peers see a part of them
and are compared by rate. Each contender runs three times; the best run counts, as it is the one
least disturbed. fastText takes part if it is installed.
"""

from __future__ import annotations

import os

for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

import argparse
import json
import random
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

ROOT = Path(__file__).parents[1]
_RUNS = 3


def main() -> None:
    """Print a table of rates and ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--texts", type=int, default=20_000)
    parser.add_argument("--peer-texts", type=int, default=2_000)
    options = parser.parse_args()
    texts, labels = _corpus()
    table = _table(texts, options.texts)
    part = table[: options.peer_texts]
    print(f"{len(table)} texts, {sum(map(len, table)) / len(table):.0f} characters each on average, one core")
    rates = {"reinstate, clean + score": _rate(_ours(), table)}
    rates["reinstate, whole diagnosis (facts, words)"] = _rate(_diagnosis(), table)
    rates["scikit-learn, plain TF-IDF + LR"] = _rate(_plain(texts, labels), part)
    rates["scikit-learn, the shipped pipeline"] = _rate(_shipped(), part)
    if fast := _fasttext(texts, labels):
        rates["fastText"] = _rate(fast, table)
    ours = rates["reinstate, clean + score"]
    print(f"{'contender':<44}{'texts a second':>16}{'clean + score / it':>22}")
    for contender, rate in rates.items():
        print(f"{contender:<44}{rate:>16,.0f}{ours / rate:>22.2f}")


def _rate(run: Callable[[Sequence[str]], object], texts: Sequence[str]) -> float:
    best = float("inf")
    for _ in range(_RUNS):
        begun = time.perf_counter()
        run(texts)
        best = min(best, time.perf_counter() - begun)
    return len(texts) / best


def _corpus() -> tuple[list[str], list[str]]:
    texts, labels = [], []
    for file in sorted((ROOT / "data").glob("*.jsonl")):
        for line in file.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            texts.append(row["text"])
            labels.append(row["reason"] or "unnamed")
    return texts, labels


def _table(texts: Sequence[str], count: int) -> list[str]:
    generator = random.Random(0)
    return [f"{generator.choice(texts)}\nCase ID: {generator.randrange(10**9, 10**10)}" for _ in range(count)]


def _ours() -> Callable[[Sequence[str]], object]:
    from reinstate.model import default_model
    from reinstate.text import clean

    model = default_model()
    return lambda texts: model.score([clean(text).text for text in texts])


def _diagnosis() -> Callable[[Sequence[str]], object]:
    from reinstate.diagnosis import diagnose

    return diagnose


def _plain(texts: Sequence[str], labels: Sequence[str]) -> Callable[[Sequence[str]], object]:
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline, make_union

    features = make_union(
        TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True),
        TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), min_df=2, sublinear_tf=True),
    )
    pipeline = make_pipeline(features, LogisticRegression(C=10, max_iter=200)).fit(texts, labels)
    predict: Callable[[Sequence[str]], object] = pipeline.predict_proba
    return predict


def _shipped() -> Callable[[Sequence[str]], object]:
    from reinstate.corpus import read_folder
    from reinstate.text import clean
    from reinstate.training import default_settings, fit

    rows = read_folder(ROOT / "data")
    lines = [clean(row.text).text for row in rows]
    fitted = fit(lines, [row.reason or "unnamed" for row in rows], [row.stage for row in rows], default_settings())
    return lambda texts: fitted.decisions([clean(text).text for text in texts])


def _fasttext(texts: Sequence[str], labels: Sequence[str]) -> Callable[[Sequence[str]], object] | None:
    try:
        import fasttext
    except ImportError:
        print("fastText is not installed; left out (pip install fasttext-wheel)")
        return None
    lines = [" ".join(text.split()) for text in texts]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "train.txt"
        file.write_text(
            "".join(f"__label__{label} {line}\n" for label, line in zip(labels, lines, strict=True)), encoding="utf-8"
        )
        model = fasttext.train_supervised(str(file), epoch=25, wordNgrams=2, minn=3, maxn=5, thread=1, verbose=0)

    def run(batch: Sequence[str]) -> list[object]:
        # One by one through the bound function: fastText's own batch call fails with numpy 2.
        return [model.f.predict(" ".join(text.split()) + "\n", 3, 0.0, "strict") for text in batch]

    return run


if __name__ == "__main__":
    main()
