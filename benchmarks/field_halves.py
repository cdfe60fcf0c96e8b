"""The field set by halves: the rows that authors of the corpus read for their manner, and the others.

    python benchmarks/field_halves.py

The halves are drawn by wording family (the parity of the SHA-256 of `group`). Nothing was trained on
either; but who has read a row writes more like it, so the unread half is the nearer estimate of
what happens on notices that nobody here has seen.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from reinstate.corpus import LabelledNotice, read_rows
from reinstate.evaluation import evaluate

FIELD = Path(__file__).parents[1] / "data" / "field" / "notices.jsonl"
FIGURES = ("category", "top1", "top3", "sure_share", "sure_right", "stage")


def main() -> None:
    """Print the main figures for both halves."""
    rows = read_rows(FIELD)
    halves = {"read": [r for r in rows if _read(r)], "unread": [r for r in rows if not _read(r)]}
    reports = {name: evaluate(half) for name, half in halves.items()}
    print(f"{'figure':<14}" + "".join(f"{name + ' half':>28}" for name in halves))
    for figure in FIGURES:
        cells = [reports[name][figure] for name in halves]
        print(f"{figure:<14}" + "".join(f"{c.value:>12.3f} ({c.low:.3f}–{c.high:.3f})" for c in cells))


def _read(row: LabelledNotice) -> bool:
    return int(hashlib.sha256((row.group or "").encode()).hexdigest(), 16) % 2 == 0


if __name__ == "__main__":
    main()
