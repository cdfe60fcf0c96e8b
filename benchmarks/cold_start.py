"""How long one answer takes from a cold start, beside two yardsticks, in one run.

The commands run in turn, A B C A B C …, and the ratios are taken round by round, so that a machine
whose speed drifts does not favour one of them.

    python benchmarks/cold_start.py [--rounds 15]
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
NOTICE = ROOT / "docs" / "example-notice.txt"
PLAIN_SCRIPT = """
import sys, joblib
pipeline = joblib.load(sys.argv[1])
text = open(sys.argv[2], encoding="utf-8").read()
best = pipeline.predict_proba([text])[0].argmax()
print(pipeline.classes_[best])
"""


def main() -> None:
    """Print a table of medians and ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as folder:
        pipeline = Path(folder) / "plain.joblib"
        _train_plain(pipeline)
        script = Path(folder) / "plain.py"
        script.write_text(PLAIN_SCRIPT, encoding="utf-8")
        reinstate = shutil.which("reinstate", path=str(Path(sys.executable).parent)) or "reinstate"
        commands = {
            "reinstate classify": [reinstate, "classify", str(NOTICE)],
            "python -c 'import numpy'": [sys.executable, "-c", "import numpy"],
            "plain scikit-learn + joblib": [sys.executable, str(script), str(pipeline), str(NOTICE)],
        }
        times: dict[str, list[float]] = {name: [] for name in commands}
        for number in range(rounds + 1):
            for name, command in commands.items():
                begun = time.perf_counter()
                subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
                if number:  # the first round warms the disk cache
                    times[name].append(time.perf_counter() - begun)
    ours = times["reinstate classify"]
    print(f"{'command':<30}{'median s':>10}{'classify / it (median, min to max)':>40}")
    for name, theirs in times.items():
        ratios = [a / b for a, b in zip(ours, theirs, strict=True)]
        span = f"{statistics.median(ratios):.2f}   {min(ratios):.2f} to {max(ratios):.2f}"
        print(f"{name:<30}{statistics.median(theirs):>10.3f}{span:>40}")


def _train_plain(path: Path) -> None:
    """What most people would write: TF-IDF of words and letters, logistic regression, a pickle."""
    import joblib
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline, make_union

    texts, labels = [], []
    for file in sorted((ROOT / "data").glob("*.jsonl")):
        for line in file.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            if row["reason"]:
                texts.append(row["text"])
                labels.append(row["reason"])
    features = make_union(
        TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True),
        TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), min_df=2, sublinear_tf=True),
    )
    pipeline = make_pipeline(features, LogisticRegression(C=10, max_iter=300)).fit(texts, labels)
    joblib.dump(pipeline, path)


if __name__ == "__main__":
    main()
