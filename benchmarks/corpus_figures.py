"""Counts and near-duplicates of the labelled notices: the figures of data/README.md.

python benchmarks/corpus_figures.py
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from reinstate.corpus import near_duplicates, read_folder
from reinstate.text import clean

DATA = Path(__file__).parents[1] / "data"


def main() -> None:
    """Validate the corpus and print its counts."""
    rows = read_folder(DATA)
    reasons = Counter(row.reason or "(none named)" for row in rows)
    stages = Counter(row.stage or "-" for row in rows)
    voices = Counter(row.voice or "-" for row in rows)
    print(f"{len(rows)} labelled texts, {sum(len(row.text) for row in rows) // len(rows)} characters on average")
    for title, counts in (("reason", reasons), ("stage", stages), ("voice", voices)):
        print(f"\nby {title}")
        for name, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
            print(f"  {name:<24}{count:>5}")
    pairs = near_duplicates([clean(row.text).text for row in rows], 0.3)
    close = sum(pair.resemblance >= 0.5 for pair in pairs)
    print(f"\nnear-duplicates: {close} pairs at or above 0.5, {len(pairs)} at or above 0.3")
    if pairs:
        print(f"  the closest: {rows[pairs[0].first].id} and {rows[pairs[0].second].id}, {pairs[0].resemblance:.2f}")


if __name__ == "__main__":
    main()
