"""Do the highlighted words carry the answer? Remove them, and remove as many random words instead.

    python benchmarks/evidence.py [--draws 5]

For every English notice of the field set whose first answer is a reason: the telling words are
blanked, the text is answered again, and the same is done with random words of the same number. If
the telling words are what moved the answer, blanking them lowers the reason's probability far more
and changes the first answer far more often.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from reinstate.corpus import read_rows
from reinstate.diagnosis import Diagnosis, diagnose
from reinstate.text import clean

FIELD = Path(__file__).parents[1] / "data" / "field" / "notices.jsonl"


def main() -> None:
    """Print both effects side by side."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=5)
    draws = parser.parse_args().draws
    texts = [row.text for row in read_rows(FIELD) if row.language == "en"]
    answers = diagnose(texts)
    kept = [(text, answer) for text, answer in zip(texts, answers, strict=True) if answer.evidence]
    removed = [_removed(text, answer) for text, answer in kept]
    telling = _effect(kept, [_blank(text, spans) for (text, _), spans in zip(kept, removed, strict=True)])
    generator = random.Random(0)
    chance = np.mean(
        [
            _effect(
                kept,
                [_blank(t, generator.sample(_words(t), len(s))) for (t, _), s in zip(kept, removed, strict=True)],
            )
            for _ in range(draws)
        ],
        axis=0,
    )
    share = np.mean([len(spans) / len(_words(text)) for (text, _), spans in zip(kept, removed, strict=True)])
    print(f"{len(kept)} notices; {share:.0%} of their words are removed")
    print(f"{'removed':<24}{'first answer changes':>22}{'mean fall of probability':>26}")
    for name, (flips, fall) in (("the telling words", telling), ("as many random words", chance)):
        print(f"{name:<24}{flips:>22.3f}{fall:>26.3f}")


def _words(text: str) -> list[tuple[int, int]]:
    cleaned = clean(text)
    return list(zip(cleaned.starts, cleaned.ends, strict=True))


def _removed(text: str, answer: Diagnosis) -> list[tuple[int, int]]:
    """The words of a text that lie within its evidence."""
    return [(s, e) for s, e in _words(text) if any(v.start <= s and e <= v.end for v in answer.evidence)]


def _blank(text: str, spans: Sequence[tuple[int, int]]) -> str:
    letters = list(text)
    for start, end in spans:
        letters[start:end] = " " * (end - start)
    return "".join(letters)


def _effect(kept: Sequence[tuple[str, Diagnosis]], changed: Sequence[str]) -> tuple[float, float]:
    flips, falls = [], []
    for (_, before), after in zip(kept, diagnose(changed), strict=True):
        now = {c.reason: c.probability for c in after.candidates}
        flips.append(after.reason != before.reason)
        falls.append(before.probability - now.get(before.reason, 0.0))
    return float(np.mean(flips)), float(np.mean(falls))


if __name__ == "__main__":
    main()
