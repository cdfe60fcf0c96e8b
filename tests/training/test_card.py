from __future__ import annotations

import copy
import re
from typing import Any

import pytest

from reinstate.taxonomy import default_taxonomy
from reinstate.training.card import model_card

MANIFEST: dict[str, Any] = {
    "version": "0123456789ab",
    "blocks": [{"kind": "word", "features": 1200}, {"kind": "char_wb", "features": 34}],
    "training": {"rows": 3210, "digest": "f" * 64, "voices": {"forum": 1210, "plain": 2000}},
}
METRICS: dict[str, Any] = {
    "rows": {"patent": 77, "trademark": 88, "unnamed": 5},
    "held_out": {
        "what": "each row scored by a fit that saw nothing of its voice",
        "top1": 0.8125,
        "top1_notices": 0.7654,
        "top3": 0.9432,
        "sure_share": 0.5551,
        "sure_right": 0.9712,
        "stage": 0.8888,
        "per_reason": {"patent": 0.9091, "trademark": 0.6667},
    },
}


@pytest.fixture(scope="module")
def card() -> str:
    return model_card("default", MANIFEST, METRICS, default_taxonomy())


def test_the_card_names_model_and_data(card: str) -> None:
    assert card.startswith("# Model card: default@0123456789ab\n")
    for said in ("1,234 features", "3,210 labelled texts", "f" * 16, "- forum: 1,210", "- plain: 2,000"):
        assert said in card


def test_every_figure_stands_in_the_card(card: str) -> None:
    figures = [value for value in METRICS["held_out"].values() if isinstance(value, float)]
    assert all(f"| {figure:.3f} |" in card for figure in figures)


def test_every_reason_has_a_line_with_its_title_and_rows(card: str) -> None:
    taxonomy = default_taxonomy()
    for reason, share in METRICS["held_out"]["per_reason"].items():
        assert f"| {taxonomy.title_of(reason)} (`{reason}`) | {METRICS['rows'][reason]} | {share:.3f} |" in card


def test_tables_are_well_formed(card: str) -> None:
    rows = [line for line in card.splitlines() if line.startswith("|")]
    assert {row.count("|") for row in rows} == {3, 4}
    assert len([row for row in rows if re.fullmatch(r"[|-]+", row)]) == 2


def test_the_card_tells_the_limits(card: str) -> None:
    assert "## Limits" in card
    assert "Not legal advice" in card
    assert card.endswith("\n")


def test_a_model_that_is_never_sure_has_a_card(card: str) -> None:
    metrics = copy.deepcopy(METRICS)
    metrics["held_out"]["sure_right"] = None
    assert "None" not in model_card("default", MANIFEST, metrics, default_taxonomy())
    assert "None" not in card


def test_training_writes_the_card_of_its_model(small_run: Any) -> None:
    text = (small_run.path / "MODEL_CARD.md").read_text(encoding="utf-8")
    manifest, metrics = small_run.model.manifest, small_run.result.metrics
    assert text == model_card("small", manifest, metrics, default_taxonomy())
