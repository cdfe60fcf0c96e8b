"""How far two readers of the corpus agree: share and Cohen's kappa, by reason and by stage.

python benchmarks/label_agreement.py
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from sklearn.metrics import cohen_kappa_score

FILE = Path(__file__).parents[1] / "data" / "audit" / "second_labels.jsonl"
_NONE = "(none named)"


def main() -> None:
    """Print the agreement."""
    rows = [json.loads(line) for line in FILE.read_text(encoding="utf-8").splitlines()]
    print(f"{len(rows)} rows labelled twice")
    for what in ("reason", "stage"):
        first = np.array([row[f"first_{what}"] or _NONE for row in rows])
        second = np.array([row[f"second_{what}"] or _NONE for row in rows])
        print(f"\n{what}: agreement {np.mean(first == second):.3f}, kappa {cohen_kappa_score(first, second):.3f}")
        for label in np.unique(first):
            own = cohen_kappa_score(first == label, second == label)
            print(f"  {label:<24}{np.sum(first == label):>4} rows   kappa {own:.3f}")


if __name__ == "__main__":
    main()
