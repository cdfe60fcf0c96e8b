from __future__ import annotations

import math
from pathlib import Path

from reinstate.cli.listing import render_errors, render_report, render_taxonomy
from reinstate.cli.style import Style
from reinstate.corpus import LabelledNotice
from reinstate.evaluation import evaluate
from reinstate.taxonomy import default_taxonomy


def rows(notices: dict[str, Path]) -> list[LabelledNotice]:
    """Sample notices, two of them with a wrong label, and one each without a reason and in German."""
    texts = {reason: path.read_text(encoding="utf-8") for reason, path in notices.items()}
    right = [LabelledNotice(text, reason, id=reason, stage="warning") for reason, text in texts.items()]
    return [
        *right,
        LabelledNotice(texts["trademark"], "patent", id="wrong-1"),
        LabelledNotice(texts["drop_shipping"], "copyright"),
        LabelledNotice(texts["drop_shipping"], "not_a_notice", id="wrong-2"),
        LabelledNotice(texts["drop_shipping"], None),
        LabelledNotice("Guten Tag, wir haben das Konto und die Angebote geprüft.", "patent", id="de", language="de"),
    ]


def test_every_figure_has_a_line_with_its_interval_and_rows(notices: dict[str, Path]) -> None:
    report = evaluate(rows(notices))
    lines = render_report(report).split("\n\n")[0].splitlines()[1:]
    assert len(lines) == len(report.figures)
    for line, figure in zip(lines, report.figures, strict=True):
        interval = [f"{figure.low:.3f}", "to", f"{figure.high:.3f}"]
        assert line.split()[-5:] == [f"{figure.value:.3f}", *interval, str(figure.rows)]


def test_a_figure_without_rows_is_left_out(notices: dict[str, Path]) -> None:
    report = evaluate(rows(notices)[:1])
    shown = render_report(report)
    assert any(math.isnan(figure.value) for figure in report.figures)
    assert "nan" not in shown
    assert "taken for another" not in shown


def test_errors_list_wrong_first_answers_of_english_rows_with_a_reason(notices: dict[str, Path]) -> None:
    shown = render_errors(evaluate(rows(notices)))
    assert "  wrong-1  patent -> trademark" in shown
    assert "  -  copyright -> drop_shipping" in shown
    assert "  wrong-2  not_a_notice -> drop_shipping" in shown
    assert shown.count(" -> ") == 3
    assert "Hello, Your selling privileges have been removed" in shown


def test_the_taxonomy_is_listed_whole_in_its_own_order() -> None:
    taxonomy = default_taxonomy()
    shown = render_taxonomy(taxonomy, Style())
    slugs = [line.strip() for line in shown.splitlines() if line.startswith("  ") and not line.startswith("   ")]
    in_categories = [r.slug for c in taxonomy.categories for r in taxonomy.reasons.values() if r.category == c]
    assert slugs == [*in_categories, *taxonomy.stages]
    joined = " ".join(shown.split())
    assert all(reason.description in joined for reason in taxonomy.reasons.values())
