"""The model card, written from what training knows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reinstate.taxonomy import Taxonomy


def model_card(name: str, manifest: Mapping[str, Any], metrics: Mapping[str, Any], taxonomy: Taxonomy) -> str:
    """Markdown for ``MODEL_CARD.md``: what the model is, what it was trained on, how it did, its limits."""
    held = metrics["held_out"]
    training = manifest["training"]
    features = sum(block["features"] for block in manifest["blocks"])
    lines = [
        f"# Model card: {name}@{manifest['version']}",
        "",
        "Names the probable reason and the stage of a notice that Amazon sent to a seller. English only; the",
        "answer on other languages is *unsure*. Not legal advice, no promise of an outcome.",
        "",
        "## What it is",
        "",
        f"TF-IDF of words and of runs of letters ({features:,} features), a linear support vector machine for reasons",
        "and one for stages, temperature-scaled probabilities. Coefficients are rounded to eight bits.",
        "",
        "## What it was trained on",
        "",
        f"{training['rows']:,} labelled texts written by the project (SHA-256 of what was read: "
        f"`{training['digest'][:16]}…`), by voice:",
        "",
        *(f"- {voice}: {count:,}" for voice, count in training["voices"].items()),
        "",
        "No notice of the field set is among them, and no threshold was fitted to it.",
        "",
        "## How it did on wording that it had not seen",
        "",
        f"Cross-validation: {held['what']}.",
        "",
        "| figure | value |",
        "|---|---|",
        f"| right reason first, all rows that name one | {held['top1']:.3f} |",
        f"| right reason first, notices only | {held['top1_notices']:.3f} |",
        f"| right reason among the first three | {held['top3']:.3f} |",
        f"| sure answers | {held['sure_share']:.3f} |",
        f"| of those right | {held['sure_right'] or 0:.3f} |",
        f"| right stage | {held['stage']:.3f} |",
        "",
        "Figures on the field set: `reinstate evaluate data/field/notices.jsonl`.",
        "",
        "| reason | rows | right first |",
        "|---|---|---|",
    ]
    for reason, share in held["per_reason"].items():
        lines.append(f"| {taxonomy.title_of(reason)} (`{reason}`) | {metrics['rows'][reason]} | {share:.3f} |")
    lines += [
        "",
        "## Limits",
        "",
        "- The corpus was written by us, after facts and manners of the field; Amazon's next wording may differ.",
        "- Probabilities are calibrated on held-out wording of our own; on Amazon's they tend to be a little too high.",
        "- Replies to appeals often name no reason; then the answer is unsure by design.",
        "- It reads one notice at a time and knows nothing of the account.",
        "",
    ]
    return "\n".join(lines)
